"""A moment is named alike wherever it is read: by time, by cluster, in another database, now."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.rows.compared_moments import compared_moments
from seed import sample
from support.forked import Forked

AFTER = sample.FOLDER / "after" / "crds"
BEFORE = sample.FOLDER / "before" / "crds" / "others.yaml"


@pytest.fixture
def db(command: Forked, tmp_path: Path) -> Path:
    path = tmp_path / "inventory.db"
    for name in ("prod", "staging"):
        place = ("--source", BEFORE, "--cluster-name", name, "--db-path", path)
        command.run(*place, "database", "store", "--no-olm")
    return path


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("@today", 2),
        ("@0 days ago", 2),
        ("prod:latest", 1),
        ("prod:@today", 1),
        ("staging:2", 2),
    ],
)
def test_a_snapshot_has_many_names(command: Forked, db: Path, word: str, number: int) -> None:
    shown = command.run("database", "show", word, "--db-path", db, "-o", "json")
    assert shown.json["snapshot"]["id"] == number
    other = command.run("database", "show", f"{db}:{word}", "-o", "json")
    assert other.json["snapshot"]["id"] == number


@pytest.mark.parametrize(
    ("word", "code", "said"),
    [
        ("@1999-01-01", 1, "as old as 1999-01-01 23:59:59 UTC: the oldest is 1"),
        ("prod:2", 1, "snapshot 2 is of staging, not of prod"),
        ("elsewhere:latest", 1, "of elsewhere"),
        ("@soon", 2, "latest~1"),
        ("live", 2, "is read, not stored"),
    ],
)
def test_what_is_not_there_is_said(
    command: Forked, db: Path, word: str, code: int, said: str
) -> None:
    done = command.run("database", "show", word, "--db-path", db)
    assert (done.code, said in done.err) == (code, True), done.err


def test_a_listing_reads_a_path_or_another_database(command: Forked, db: Path) -> None:
    named = command.run("crd", "list", "-o", "name", "--snapshot", BEFORE)
    assert named.out == command.run("crd", "list", "-o", "name", "--source", BEFORE).out != ""
    other = command.run("crd", "list", "-o", "name", "--snapshot", f"{db}:prod:latest")
    assert other.out == named.out
    both = command.run("crd", "list", "--snapshot", BEFORE, "--source", AFTER)
    assert (both.code, "--source" in both.err) == (2, True)


def test_a_word_that_names_two_things_is_refused(
    command: Forked, tmp_path: Path, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prod").write_bytes(db.read_bytes())
    done = command.run("database", "show", "prod:latest", "--db-path", db)
    assert done.code == 2
    assert "a snapshot in prod and a snapshot of prod" in done.err


def test_a_comparison_opens_two_moments_with_one_salt(db: Path) -> None:
    app = App(["--no-external-plugins"])
    app.settings.db_path = str(db)
    context = click.Context(click.Command("diff"), obj=app)
    types = [app.registry.type("crds"), app.registry.type("instances")]
    with compared_moments(context, ("prod:latest", str(BEFORE)), types) as (one, two):
        rows = [[row["name"] for row in each.rows("crds", objects=True)] for each in (one, two)]
        assert rows[0] == rows[1] == sorted(rows[0]) != []
        assert one.snapshot.redaction == two.snapshot.redaction
        assert (one.number, two.number) == (1, None)
        assert [each.name for each in two.types] == ["crds"]


def test_a_baseline_is_a_name(command: Forked, db: Path) -> None:
    command.ok("database", "baseline", "set", "before-upgrade", "1", "--db-path", db)
    for word in ("before-upgrade", f"{db}:before-upgrade"):
        shown = command.run("database", "show", word, "--db-path", db, "-o", "json")
        assert shown.json["snapshot"]["id"] == 1


def test_latest_of_a_listing_is_the_newest_that_has_the_type(command: Forked, db: Path) -> None:
    place = ("--source", BEFORE, "--cluster-name", "staging", "--db-path", db)
    command.run(*place, "database", "store", "--no-crds")
    done = command.run("crd", "count", "--snapshot", "latest", "--db-path", db)
    assert done.out == "3\n"
    assert "Snapshot 3 was stored without CRDs: 2 is the newest with them." in done.err
    exact = command.run("crd", "count", "--snapshot", "3", "--db-path", db)
    assert (exact.code, exact.out) == (3, "unknown\n")
