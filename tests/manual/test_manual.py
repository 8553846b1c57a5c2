"""Every block of the user's manual, run to the letter; each with its own check."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from manual import analysis, keeping, recipes, report, storing, viewing
from manual.blocks import Block
from manual.world import Place, Ran

CASES = {**storing.CASES, **viewing.CASES, **keeping.CASES, **analysis.CASES, **recipes.CASES}

pytestmark = pytest.mark.cluster


def test_the_suite_knows_every_block_and_no_other(manual: dict[str, Block]) -> None:
    assert sorted(manual) == sorted(CASES)


@pytest.mark.parametrize("key", CASES)
def test_block(
    key: str,
    manual: dict[str, Block],
    stock: Path,
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
) -> None:
    case, block = CASES[key], manual[key]
    place: Place = request.getfixturevalue("place" if case.new else "stocked")
    ran = case.run(place, block.text)
    as_told(ran, case.fails)
    case.check(place, ran)
    report.note(record_property, key, block.line, case.cause)


def as_told(ran: Ran, fails: tuple[tuple[int, str], ...]) -> None:
    """Only the commands failed that were to, and nothing was told as a crash or a locked file."""
    said = f"{ran.out[-2000:]}\n{ran.err[-2000:]}"
    for word in ("Traceback", "database is locked", "jq: error"):
        assert word not in ran.err, said
    found = [(code, command) for code, command in ran.failed]
    assert len(found) == len(fails), f"{found}\n{said}"
    for (code, command), (expected, beginning) in zip(found, fails, strict=True):
        assert (code, command[: len(beginning)]) == (expected, beginning), said
