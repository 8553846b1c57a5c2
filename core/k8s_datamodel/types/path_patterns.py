"""python-jsonpath with patterns that come to an end.

Python's ``re`` looks for some patterns, such as ``(a+)+b``, for hours in a text of forty letters,
and nothing stops it. The package regex takes a limit of time for each match.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import regex
from jsonpath import JSONPathEnvironment
from jsonpath.function_extensions import Match, Search

from k8s_datamodel.base.errors import DatamodelError

_FLAGS = {re.A: regex.A, re.I: regex.I, re.M: regex.M, re.S: regex.S}

SECONDS = 1.0
"""What one match may take: a hundred thousand times what a sane one does."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern whose matches are limited in time. Its methods raise DatamodelError."""

    compiled: regex.Pattern[str]

    def search(self, value: str) -> bool:
        """Whether the pattern is in a text."""
        return self._within_time(self.compiled.search, value)

    def fullmatch(self, value: str) -> bool:
        """Whether the pattern is a whole text."""
        return self._within_time(self.compiled.fullmatch, value)

    def _within_time(self, match: Any, value: str) -> bool:
        try:
            return match(value, timeout=SECONDS) is not None
        except TimeoutError:
            shown = self.compiled.pattern
            raise DatamodelError(
                f"the pattern {shown!r} took more than {SECONDS:g} s for one text of "
                f"{len(value)} characters: write it without repetitions inside of repetitions"
            ) from None


class _Match(Match):
    def check_cache(self, pattern: str) -> Any:
        return _limited(super().check_cache(pattern))


class _Search(Search):
    def check_cache(self, pattern: str) -> Any:
        return _limited(super().check_cache(pattern))


def _limited(compiled: Any) -> Pattern | None:
    """A pattern that python-jsonpath has compiled, by the package regex as that is there."""
    return None if compiled is None else Pattern(compiled)


class Environment(JSONPathEnvironment):
    """python-jsonpath's, whose ``match``, ``search`` and ``=~`` raise DatamodelError in the end."""

    def setup_function_extensions(self) -> None:
        """Put limited functions in place of the others."""
        super().setup_function_extensions()
        self.function_extensions["match"] = _Match()
        self.function_extensions["search"] = _Search()

    def compare(self, left: object, operator: str, right: object) -> bool:
        """Compare two values in a filter."""
        if operator == "=~" and isinstance(right, re.Pattern) and isinstance(left, str):
            return _of_literal(right).fullmatch(left)
        return super().compare(left, operator, right)


@lru_cache(maxsize=100)
def _of_literal(literal: re.Pattern[str]) -> Pattern:
    flags = sum(ours for theirs, ours in _FLAGS.items() if literal.flags & theirs)
    return Pattern(regex.compile(literal.pattern, flags))
