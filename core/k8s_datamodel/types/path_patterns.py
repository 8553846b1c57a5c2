"""Limit the time that a pattern in a JSONPath may take.

Python's ``re`` can search hours for a pattern such as ``(a+)+b`` in forty letters, and nothing can
stop it. The package regex has a limit of time for each match.
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
"""The limit for one match: a hundred thousand times what a sane pattern needs."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern with a time limit for each match. Its methods raise DatamodelError."""

    compiled: regex.Pattern[str]

    def search(self, value: str) -> bool:
        """Whether the pattern occurs in a text."""
        return self._within_time(self.compiled.search, value)

    def fullmatch(self, value: str) -> bool:
        """Whether the pattern matches a whole text."""
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
    """Wrap a pattern that python-jsonpath compiled; it uses the package regex where installed."""
    return None if compiled is None else Pattern(compiled)


class Environment(JSONPathEnvironment):
    """python-jsonpath with time limits for ``match``, ``search`` and ``=~``."""

    def setup_function_extensions(self) -> None:
        """Replace the functions by limited ones."""
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
