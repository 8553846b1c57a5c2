"""How many planted secrets would be stored, and how many harmless values replaced.

``python -m pytest -s tests/core/test_redaction_rates.py`` prints both rates and each case missed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

import pytest

from k8s_datamodel.redaction.messages import without_credentials
from k8s_datamodel.redaction.redactor import Redactor
from support.planting.cases import Case
from support.planting.lookalikes import harmless
from support.planting.secrets import planted
from support.spellings import spellings

KEY = b"0123456789abcdef0123456789abcdef"
MOST_STORED, MOST_REPLACED = 0.03, 0.02
FEWEST_PLANTED, FEWEST_HARMLESS = 250, 200
HALVES = ("at hand", "held out")


def stored(case: Case) -> bool:
    """Whether a planted secret is still there after redaction, in any spelling."""
    dumped = json.dumps(Redactor(KEY).object(case.obj), ensure_ascii=False)
    return any(spelling in dumped for spelling in spellings(case.value))


def replaced(case: Case) -> bool:
    """Whether redaction changed anything in an object without secrets."""
    return bool(Redactor(KEY).object(case.obj) != case.obj)


def _measure(
    what: str, cases: Sequence[Case], failed: Callable[[Case], bool], most: float
) -> Iterator[str]:
    """Print the rate of each half and the cases that failed; give those halves that are too bad."""
    for half in HALVES:
        ours = [case for case in cases if case.half == half]
        found = [case for case in ours if failed(case)]
        print(f"\n{what}, {half}: {len(found)} of {len(ours)} ({len(found) / len(ours):.1%})")
        print("".join(f"    {case.name}\n" for case in found), end="")
        if len(found) > most * len(ours):
            yield f"{half}: {[case.name for case in found]}"


def test_of_planted_secrets_few_are_stored() -> None:
    cases = list(planted())
    assert len(cases) >= FEWEST_PLANTED
    assert not list(_measure("planted secrets stored", cases, stored, MOST_STORED))


def test_of_harmless_values_few_are_replaced() -> None:
    cases = list(harmless())
    assert len(cases) >= FEWEST_HARMLESS
    assert not list(_measure("harmless values replaced", cases, replaced, MOST_REPLACED))


@pytest.mark.parametrize("cases", [planted, harmless])
def test_each_case_has_a_name_of_its_own_and_a_secret_that_is_there(
    cases: Callable[[], Iterator[Case]],
) -> None:
    made = list(cases())
    assert len({case.name for case in made}) == len(made)
    for case in made:
        dumped = json.dumps(case.obj, ensure_ascii=False)
        assert any(spelling in dumped for spelling in spellings(case.value)), case.name


def test_redacting_twice_is_redacting_once() -> None:
    for case in (*planted(), *harmless()):
        once = Redactor(KEY).object(case.obj)
        assert Redactor(KEY).object(once) is once, case.name


def test_messages_with_planted_secrets_are_stable() -> None:
    for case in planted():
        once = without_credentials(json.dumps(case.obj))
        assert without_credentials(once) == once, case.name
