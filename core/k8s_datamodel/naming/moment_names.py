"""The grammar of the words that name a moment. A word may have two readings.

``moment_meanings`` chooses the one that names something that exists.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from k8s_datamodel.naming.moment_times import is_time

_LATEST = re.compile(r"latest(?:~([0-9]+))?\Z")
_TIME = re.compile(r"(?:\A|:)(?:@(?=\d)|\d{4}-\d\d-\d\d[T ]\d\d?(?::\d\d)?\Z)", re.ASCII)
_SEPARATORS = tuple(filter(None, ("/", os.sep, os.altsep)))


@dataclass(frozen=True, slots=True)
class Number:
    """A snapshot by its number."""

    text: str


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest snapshot, or one so many before it."""

    back: str = "0"


@dataclass(frozen=True, slots=True)
class At:
    """The newest snapshot not later than a time."""

    time: str


@dataclass(frozen=True, slots=True)
class Within:
    """A snapshot of one cluster, or in one database, which the prefix names."""

    prefix: str
    moment: str


@dataclass(frozen=True, slots=True)
class Live:
    """A cluster as it is now; None for the context that the settings name."""

    context: str | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """Manifests or a dump."""

    path: str


SnapshotWord = Number | Latest | At
"""A word that names a snapshot of the database and cluster that are known already."""


def snapshot_word(word: str) -> SnapshotWord | None:
    """The snapshot that a word names without a prefix; None for another word."""
    if word.isascii() and word.isdecimal():
        return Number(word)
    if match := _LATEST.match(word):
        return Latest(match[1] or "0")
    if word.startswith("@") and is_time(word[1:]):
        return At(word[1:])
    return None


def readings(
    word: str, suffixes: Sequence[str] = ()
) -> list[SnapshotWord | Within | Live | Location]:
    """What a word may mean; nothing where it has no form of a name.

    ``suffixes`` are those of files that sources read: a word that ends so is a path.
    """
    if found := snapshot_word(word):
        return [found]
    if word == "live":
        return [Live()]
    if word.startswith("live:") and word != "live:":
        return [Live(word.removeprefix("live:"))]  # a context is whole, whatever it holds
    split = _split(word)
    return [*([split] if split else []), *([Location(word)] if _is_path(word, suffixes) else [])]


def time_in(word: str) -> str | None:
    """What stands where a word has a time, right or wrong; None where it has none."""
    if word.startswith("@"):
        return word[1:]
    _, found, text = word.rpartition(":@")
    return text if found else None


def _split(word: str) -> Within | None:
    """Before the last colon after which a whole moment follows, but not within a time."""
    colons = [at for at, letter in enumerate(word) if letter == ":" and at]
    whole = [at for at in colons if snapshot_word(word[at + 1 :]) and not _within_time(word, at)]
    times = [at for at in whole if word[at + 1] == "@"]
    if not whole:
        return None
    at = (times or whole)[-1]
    return Within(word[:at], word[at + 1 :])


def _within_time(word: str, at: int) -> bool:
    """Whether a colon is one of a time, such as ``@2026-11-01 8:00``, which is a wrong one.

    Or of one that lacks its ``@``.
    """
    return word[at + 1 :].isdecimal() and bool(_TIME.search(word, 0, at))


def _is_path(word: str, suffixes: Sequence[str]) -> bool:
    if word == "-" or any(each in word for each in _SEPARATORS) or word.startswith("."):
        return True
    return word.lower().endswith(tuple(suffixes))
