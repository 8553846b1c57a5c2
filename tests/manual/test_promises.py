"""What the manual's blocks imply and none of them shows."""

from __future__ import annotations

import json
import subprocess

import pytest

from manual.world import Place, Ran
from support.command import PROGRAM

pytestmark = pytest.mark.cluster


def product(place: Place, *arguments: str) -> Ran:
    return place.run([str(PROGRAM), *arguments])


def test_cleanup_without_a_rule_is_wrong_usage(stocked: Place) -> None:
    for arguments in ((), ("--keep", "0"), ("--cluster-context", "dev-cluster")):
        assert product(stocked, "database", "cleanup", *arguments).code == 2
    assert len(stocked.listed()) == 3


def test_cleanup_with_both_rules_needs_both(stocked: Place) -> None:
    stocked.rows("UPDATE kdm_snapshots SET timestamp = '2024-03-15 10:30:15' WHERE id IN (1, 2)")
    both = ("database", "cleanup", "--keep", "1", "--older-than", "2 weeks")
    assert stocked.ok(*both, "--dry-run").split("\t")[0] == "1"
    assert len(stocked.listed()) == 3
    stocked.ok(*both)
    assert [row["id"] for row in stocked.listed()] == [2, 3]
    stocked.ok("database", "cleanup", "--older-than", "12h")
    assert [row["id"] for row in stocked.listed()] == [3]


def test_delete_refuses_without_a_terminal_and_gives_space_back(stocked: Place) -> None:
    assert product(stocked, "database", "delete", "1").code == 2
    assert len(stocked.listed()) == 3
    size = stocked.database.stat().st_size
    stocked.ok("database", "delete", "1", "2", "3", "--yes")
    assert stocked.database.stat().st_size < size


def test_export_without_specs(stocked: Place) -> None:
    document = json.loads(stocked.ok("database", "export", "1", "--no-specs"))
    assert not any(
        "spec" in row for name in ("crds", "operators", "csvs") for row in document[name]
    )


def test_two_stores_at_once_both_succeed(place: Place) -> None:
    started = [
        subprocess.Popen(
            [PROGRAM, "--context", context, "database", "store"],
            env=place.environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        for context in ("prod", "dev")
    ]
    for process in started:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
        assert "locked" not in said
    assert {row["cluster_context"] for row in place.listed()} == {"prod", "dev"}
    assert product(place, "database", "verify").code == 0
