"""A baseline is kept, moved, copied and let go; notes are replaced and added to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.command import Done
from support.forked import run

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., Done]:
    """Runs ``database ...`` on a database with two snapshots."""
    env = {
        "HOME": str(tmp_path),
        "K8S_DATAMODEL_CONFIG_DIR": str(tmp_path / "config"),
        "K8S_DATAMODEL_DB": str(tmp_path / "first.db"),
        "K8S_DATAMODEL_SOURCE": str(SAMPLE),
    }
    for _ in range(2):
        stored = run("database", "store", "--no-operators", "--notes", "nightly", **env)
        assert stored.code == 0
    return lambda *arguments, **more: run("database", *arguments, **{**env, **more})


def test_a_baseline(command: Callable[..., Done], tmp_path: Path) -> None:
    assert "snapshot 2" in command("baseline", "set", "gold").err
    assert "it was snapshot 2" in command("baseline", "set", "gold", "1").err
    assert [row["snapshot"] for row in command("baseline", "list", "-o", "json").json] == [1]

    assert command("show", "gold", "-o", "json").json["snapshot"]["id"] == 1
    refused = command("delete", "1", "2", "--yes")
    assert refused.code == 1
    assert "database baseline unset gold" in refused.err
    assert "gold (1)" in command("cleanup", "--keep", "1").err
    listed = command("list", "-o", "json").json
    assert 1 in [row["id"] for row in listed]

    target = str(tmp_path / "second.db")
    assert command("copy", str(tmp_path / "first.db"), target, "--baselines").code == 0
    names = command("baseline", "list", "-o", "json", K8S_DATAMODEL_DB=target).json
    assert [row["name"] for row in names] == ["gold"]
    assert command("verify", K8S_DATAMODEL_DB=target).code == 0

    assert command("baseline", "unset", "gold").code == 0
    assert command("baseline", "unset", "gold").code == 1
    assert command("delete", "1", "--yes").code == 0


def test_notes(command: Callable[..., Done]) -> None:
    assert command("note", "1", "before the upgrade").code == 0
    assert command("note", "latest", "and after", "--append").code == 0
    rows = command("list", "-o", "json").json
    assert [row["notes"] for row in rows] == ["before the upgrade", "nightly; and after"]
    assert [row["id"] for row in command("list", "--notes", "*AFTER", "-o", "json").json] == [2]
    assert command("list", "--until", "yesterday", "-o", "json").json == []
    assert len(command("list", "--since", "yesterday", "--limit", "1", "-o", "json").json) == 1
    assert command("list", "--since", "some day").code == 2
