"""Names that a user may have meant who wrote another one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_NEAR = 3
_TELLING = 3
_CUT = 0.6
"""``difflib`` counts a name as near from here on."""

_WORSE = 0.1
"""What is so much farther than the nearest is not meant."""

_WILDCARDS = str.maketrans("", "", "*?[]")


def near_names(word: str, known: Iterable[str]) -> list[str]:
    """Those of some names that a word may mean, the nearest first, at most three.

    In any case of letters, without wildcards; a name is near by its part before the first dot, too,
    or if it holds the word or the word holds it.
    """
    wanted = word.lower().translate(_WILDCARDS)
    by_lower = {value.lower(): value for value in sorted(known, reverse=True)}
    long = len(wanted) >= _TELLING
    holding = sorted((v for v in by_lower if long and (wanted in v or v in wanted)), key=len)
    heads = {value.partition(".")[0]: value for value in by_lower}
    close = _close(wanted, [*by_lower, *heads])
    found = dict.fromkeys([*(heads.get(each, each) for each in close), *holding])
    return [by_lower[value] for value in found][:_NEAR]


def near_options(option: str, known: Iterable[str]) -> list[str]:
    """Those of some options that one may mean; their dashes make none near."""
    by_name = {each.lstrip("-"): each for each in known if each.startswith("--")}
    return [by_name[each] for each in _close(option.lstrip("-").lower(), list(by_name))]


def hint(word: str, known: Iterable[str]) -> str:
    """``; perhaps X is meant`` of the nearest name; empty where none is near."""
    near = near_names(word, known)
    return f"; perhaps {near[0]} is meant" if near else ""


def _close(wanted: str, known: list[str]) -> list[str]:
    close = difflib.get_close_matches(wanted, known, n=_NEAR, cutoff=_CUT)
    best = max((_ratio(wanted, each) for each in close), default=0.0)
    return [each for each in close if _ratio(wanted, each) >= best - _WORSE]


def _ratio(wanted: str, name: str) -> float:
    return difflib.SequenceMatcher(None, name, wanted).ratio()
