"""What the commands of a lake say, and how they end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from lakes import MONDAY, Database, fleet, folder, told

from k8s_datamodel_parquet.lake import commands


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    made = fleet()

    @contextmanager
    def stored(ctx: click.Context, patterns: Sequence[str]) -> Iterator[Database]:
        yield made

    monkeypatch.setattr(commands, "stored_snapshots", stored)
    return made


def run(command: click.Command, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(each) for each in arguments], standalone_mode=False)


def test_a_lake_is_written_compacted_and_listed(database: Database, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    assert run(commands.write, lake).output == "4 snapshots written, 0 there already.\n"
    database.add(MONDAY)
    assert run(commands.write, lake).output == "1 snapshot written, 4 there already.\n"
    said = run(commands.compact, lake, "--since", "2026-11-24").output
    assert said.startswith("0 partitions written anew")
    assert run(commands.compact, lake).output == (
        "1 partitions written anew, 9 files became 3; 0 old files removed.\n"
    )
    removed = run(commands.compact, lake, "--grace-hours", "0").output
    assert removed == "0 partitions written anew, 0 files became 0; 9 old files removed.\n"
    rows = told(folder(tmp_path))
    assert sum(int(each["snapshots"]) for each in rows if each["relation"] == "ships") == 5
    assert all((lake / each["file"]).is_file() for each in rows)


def test_snapshots_with_literals_are_named(database: Database, tmp_path: Path) -> None:
    database.add(MONDAY, redaction="none")
    assert run(commands.write, tmp_path / "lake").output.startswith("4 snapshots written")


def test_what_is_no_lake_is_an_error(tmp_path: Path) -> None:
    assert "there is no lake" in str(run(commands.compact, tmp_path).exception)
