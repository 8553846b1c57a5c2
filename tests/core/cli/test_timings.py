"""``database store --timings``, and what ``database show`` tells of it later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seed.sample import write_state
from support.command import Done
from support.forked import run


@pytest.fixture
def command(tmp_path: Path) -> Any:
    env = {
        "HOME": str(tmp_path),
        "K8S_DATAMODEL_DB": str(tmp_path / "inventory.db"),
        "K8S_DATAMODEL_SOURCE": str(tmp_path / "dump"),
    }
    write_state("before", tmp_path / "dump")

    def call(*arguments: object) -> Done:
        return run("database", *arguments, **env)

    return call


STORE = ("store", "--allow-incomplete")


def timing_lines(done: Done) -> list[str]:
    return [
        line
        for line in done.err.splitlines()
        if line.startswith(("Snapshot 1 took ", "Waited ")) or " of processor time." in line
    ]


def test_where_the_time_went_is_told_and_told_again(command: Any) -> None:
    stored = command(*STORE, "--timings", "-o", "json")
    told = timing_lines(stored)
    assert [line.split()[0] for line in told][::2] == ["Snapshot", "Waited"]
    first = stored.json["timings"]
    stages = [(each["stage"], each["resource_type"]) for each in first["stages"]]
    assert {name for name, _ in stages} <= {
        *("connect", "open", "list", "count", "derive", "write", "commit", "other")
    }
    assert ("derive", "operators") in stages
    assert first["requests"] > 0
    assert first["seconds"] == pytest.approx(
        sum(first[f"{who}_seconds"] for who in ("source", "database", "tool")), abs=0.01
    )
    shown = command("show", "1", "-o", "json", "--no-specs")
    assert len(timing_lines(shown)) == len(told) == 3
    again = shown.json["snapshot"]["timings"]
    assert ("commit", None) not in [(s["stage"], s["resource_type"]) for s in again["stages"]]
    before = {(each["stage"], each["resource_type"]): each for each in first["stages"]}
    for each in again["stages"]:
        if each["stage"] != "other":  # which goes on until the snapshot is visible
            known = before[each["stage"], each["resource_type"]]
            for name in ("seconds", "waiting"):  # that are rounded once more where they are kept
                assert each[name] == pytest.approx(known[name], abs=0.0011)


def test_nobody_is_told_who_did_not_ask(command: Any) -> None:
    stored = command(*STORE, "-o", "json")
    shown = command("show", "1", "-o", "json", "--no-specs", "--ledger")
    assert timing_lines(stored) + timing_lines(shown) == []
    assert "timings" not in {*stored.json, *shown.json["snapshot"]}
    assert not [row for row in shown.json["ledger"] if row["read"].startswith("time: ")]
