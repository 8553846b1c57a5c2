"""How sure it is: shown as a number with its word, and asked for by either."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel_plugins.operators import CONFIDENCE
from support.forked import Forked

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"
LEAST = {level.name: level.least for level in CONFIDENCE}


@pytest.fixture(scope="module")
def stored(command: Forked, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stored") / "inventory.db"
    command.ok("database", "store", "--source", SAMPLE, "--db-path", path)
    return path


@pytest.fixture
def where(stored: Path) -> tuple[Any, ...]:
    return ("--snapshot", "latest", "--db-path", stored)


def found(command: Forked, where: tuple[Any, ...], *arguments: str) -> dict[str, float]:
    rows = command.ok("operators", "list", "-o", "json", *arguments, *where).json
    return {row["name"]: row["confidence"] for row in rows}


@pytest.mark.parametrize("least", ["certain", "HIGH", "medium", "low", "0.95", "0"])
def test_at_least(command: Forked, where: tuple[Any, ...], least: str) -> None:
    number = LEAST[least.lower()] if least.isalpha() else float(least)
    every = found(command, where)
    kept = {name: value for name, value in every.items() if value >= number}
    assert len(kept) > 0
    assert found(command, where, "--min-confidence", least) == kept


def test_the_sample_has_operators_of_several_levels(
    command: Forked, where: tuple[Any, ...]
) -> None:
    every = found(command, where)
    assert set(found(command, where, "--min-confidence", "certain")) == {
        "quillstore-controller-manager",
        "tidewatch-operator",
    }
    high = command.ok("operators", "count", "--min-confidence", "high", *where).out
    assert 0 < int(high) < len(every)
    from_files = command.ok(
        "operators", "count", "--min-confidence", "high", "--source", SAMPLE
    ).out
    assert from_files == high


def test_it_goes_with_other_filters_and_commands(command: Forked, where: tuple[Any, ...]) -> None:
    assert set(found(command, where, "--min-confidence", "high", "--framework", "OLM")) == {
        "quillstore-controller-manager",
        "tidewatch-operator",
    }
    rows = command.ok(
        "operators", "managed-crds", "--min-confidence", "1", "-o", "json", *where
    ).json
    assert {row["confidence"] for row in rows} == {1.0}


@pytest.mark.parametrize("wrong", ["sure", "nan"])
def test_what_is_neither_a_number_nor_a_level(command: Forked, wrong: str) -> None:
    done = command.run("operators", "list", "--min-confidence", wrong, "--source", SAMPLE)
    assert (done.code, done.out) == (2, "")
    assert "certain, high, medium, low" in done.err


def test_people_see_the_word_and_programs_the_number(
    command: Forked, where: tuple[Any, ...]
) -> None:
    assert "0.95 (high)" in command.ok("operators", "list", "-o", "wide", *where).out
    assert "0.95" not in command.ok("operators", "list", *where).out
    shown = command.ok("operators", "get", "turnstile", *where).out
    assert "Confidence:      0.95 (high)" in shown
    assert "service account turnstile may" in shown
    assert (
        command.ok("operators", "get", "turnstile", "-o", "json", *where).json["confidence"] == 0.95
    )


def test_wide_is_a_format_and_goes_with_no_other(command: Forked) -> None:
    done = command.run("operators", "list", "--wide", "-o", "json", "--source", SAMPLE)
    assert (done.code, done.out) == (2, "")
    assert "--wide is --output wide" in done.err


def test_every_record_has_evidence_that_says_what_where_and_how_strong(command: Forked) -> None:
    rows = command.ok("operators", "list", "-o", "json", "--source", SAMPLE).json
    for row in rows:
        assert row["evidence"], row["name"]
        for each in row["evidence"]:
            assert {"kind", "strength", "object", "reason", "path"} <= set(each)
            assert each["strength"] in ("certain", "strong", "medium", "weak")
            assert each["path"].startswith(".") or each["kind"] == "note"
