"""What the cluster of a dump is called: by its file, or as the user says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from support.forked import Forked

SAMPLE = Path(__file__).parents[2] / "docs" / "sample-cluster" / "before"


class Case(NamedTuple):
    """Options, environment, and the name that the cluster has."""

    options: tuple[str, ...]
    env: Mapping[str, str]
    name: str


CASES = (
    Case((), {}, "before"),
    Case(("--cluster-name", "prod"), {}, "prod"),
    Case(("--context", "prod"), {}, "prod"),
    Case((), {"K8S_DATAMODEL_CLUSTER_NAME": "prod"}, "prod"),
    # The environment's context is that of live clusters.
    Case((), {"K8S_DATAMODEL_CONTEXT": "staging"}, "before"),
    Case(("--cluster-name", "prod"), {"K8S_DATAMODEL_CONTEXT": "staging"}, "prod"),
    Case(("--cluster-name", "prod", "--context", "alias"), {}, "prod"),
    Case(("--context", "prod"), {"K8S_DATAMODEL_CLUSTER_NAME": "other"}, "prod"),
    Case(
        ("--cluster-name", "arn:aws:eks:eu-west-1:1:cluster/prod"),
        {},
        "arn:aws:eks:eu-west-1:1:cluster/prod",
    ),
    Case(("--cluster-name", ""), {}, "before"),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_name_of_a_dumps_cluster(command: Forked, tmp_path: Path, case: Case) -> None:
    db = ("--db-path", tmp_path / "inventory.db")
    where = ("--source", SAMPLE, *case.options)
    assert command.ok("cluster", "info", "-o", "json", *where, **case.env).json["context"] == (
        case.name
    )
    stored = command.ok("database", "store", *where, *db, **case.env)
    assert f"Stored snapshot 1 of {case.name}:" in stored.err
    only = ("--cluster-context", case.name)
    (row,) = command.ok("database", "list", "-o", "json", *only, *db).json
    assert row["cluster_context"] == case.name
    assert command.ok("database", "list", "-o", "json", "--cluster-context", "none", *db).json == []
    latest = ("crd", "count", "--snapshot", "latest", *db)
    assert int(command.ok(*latest, "--context", case.name).out) > 0


def test_a_name_needs_a_dump(command: Forked) -> None:
    done = command.run("crd", "list", "--cluster-name", "prod")
    assert (done.code, done.out) == (2, "")
    assert "--source" in done.err
    several = command.run("crd", "list", "--cluster-name", "prod", "--all-contexts")
    assert several.code == 2
    assert "--all-contexts cannot be used with --cluster-name" in several.err
