"""Every block of the user's manual, run to the letter; each with its own check."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from manual import analysis, keeping, recipes, report, storing, viewing
from manual.blocks import Block
from manual.case import as_told
from manual.world import Place

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
