"""A snapshot that was stored without a type says so: it does not say that there is none."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from support.forked import Forked

SAMPLE = Path(__file__).parents[2] / "docs" / "sample-cluster" / "before"


class Case(NamedTuple):
    """A command, what the snapshot was stored without, and what the command prints."""

    words: tuple[str, ...]
    without: str
    plural: str
    out: str


CASES = (
    Case(("operators", "list", "-o", "json"), "--no-operators", "operators", "[]\n"),
    Case(("operators", "list", "-o", "name"), "--no-operators", "operators", ""),
    Case(("operators", "count"), "--no-operators", "operators", "unknown\n"),
    Case(("operators", "get", "certwright"), "--no-operators", "operators", ""),
    Case(("operators", "get", "no-such"), "--no-operators", "operators", ""),
    Case(("crd", "list", "-o", "json"), "--no-crds", "CRDs", "[]\n"),
    Case(("crd", "list", "--orphans", "-o", "json"), "--no-crds", "CRDs", "[]\n"),
    Case(("crd", "count", "--group", "*"), "--no-crds", "CRDs", "unknown\n"),
    Case(("crd", "get", "sailings.fleet.skerrywater.example"), "--no-crds", "CRDs", ""),
    Case(("olm", "list", "-o", "json"), "--no-olm", "CSVs", "[]\n"),
    Case(("olm", "count"), "--no-olm", "CSVs", "unknown\n"),
    Case(("olm", "get", "tidewatch"), "--no-olm", "CSVs", ""),
    # Stored on request only: a run without the request is a run without the type.
    Case(("instances", "list", "-o", "json"), "--no-olm", "instances", "[]\n"),
    Case(("instances", "count"), "--no-olm", "instances", "unknown\n"),
    Case(("instances", "get", "north"), "--no-olm", "instances", ""),
)


Stored = Callable[..., Path]


@pytest.fixture(scope="module")
def stored(command: Forked, tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """Gives the database with one snapshot that was stored with these options."""

    @cache
    def made(*options: str) -> Path:
        db = tmp_path_factory.mktemp("stored") / "inventory.db"
        command.ok("database", "store", *options, "--source", SAMPLE, "--db-path", db)
        return db

    return made


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case.words))
def test_a_type_that_a_snapshot_lacks(command: Forked, stored: Stored, case: Case) -> None:
    ask = (*case.words, "--snapshot", "latest", "--db-path", stored(case.without))
    done = command.run(*ask)
    assert (done.code, done.out) == (3, case.out)
    assert f"snapshot 1 was stored without {case.plural}" in done.err
    assert ("; database store --with-instances keeps them" in done.err) == (
        case.plural == "instances"
    )
    assert "there is no " not in done.err
    allowed = command.ok(*ask, "--allow-incomplete")
    assert (allowed.out, allowed.err) == (done.out, done.err)


def test_a_document_says_that_there_may_be_more(command: Forked, stored: Stored) -> None:
    done = command.run("crd", "export-all", "--snapshot", "1", "--db-path", stored("--no-crds"))
    assert done.code == 3
    assert "0 CRDs of before. Not all CRDs could be read: there may be more." in done.out


def test_what_it_has_is_as_ever(command: Forked, stored: Stored) -> None:
    where = ("--snapshot", "1", "--db-path", stored("--no-operators"))
    assert int(command.ok("crd", "count", *where).out) > 10
    missing = command.run("crd", "get", "sailing.harbour.example", *where)
    assert missing.code == 1
    assert "there is no CRD" in missing.err


def test_what_could_not_be_read_is_not_said_to_be_missing(command: Forked, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_bytes((SAMPLE / "crds" / "sailings.yaml").read_bytes())
    (tmp_path / "cut.yaml").write_text("kind: [")
    where = ("--db-path", tmp_path / "inventory.db", "--source", tmp_path)
    assert command.run("database", "store", *where).code == 3
    for place in (where, (*where[:2], "--snapshot", "1")):
        done = command.run("crd", "get", "berths.fleet.skerrywater.example", *place)
        assert (done.code, done.out) == (3, "")
        assert "CRD 'berths.fleet.skerrywater.example' is not among what could be read" in done.err
        command.ok("crd", "get", "sailings.fleet.skerrywater.example", "--allow-incomplete", *place)


@pytest.mark.parametrize(
    ("option", "value"),
    [("--source", str(SAMPLE)), ("--namespace", "default"), ("--cluster-name", "prod")],
)
@pytest.mark.parametrize(
    "words", [("crd", "list"), ("cluster", "summary"), ("cluster", "export"), ("olm", "status")]
)
def test_what_is_read_anew_does_not_go_with_a_snapshot(
    command: Forked, stored: Stored, words: tuple[str, ...], option: str, value: str
) -> None:
    where = ("--db-path", stored())
    done = command.run(*words, "--snapshot", "latest", option, value, *where)
    assert (done.code, done.out) == (2, "")
    assert option in done.err
    assert "--snapshot" in done.err
    name = option.removeprefix("--").replace("-", "_").upper()
    command.ok(*words, "--snapshot", "latest", *where, **{f"K8S_DATAMODEL_{name}": value})
