"""The two sides of a check: what words name, what of them was not read, what cannot be judged."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from k8s_datamodel.api import DatabaseNotFoundError, DatamodelError, LedgerEntry, Row, UsageError
from k8s_datamodel.commands import Pair, PairedSide, PairedThings, matching, missed
from k8s_datamodel_plugins.checks import check_lacks
from k8s_datamodel_plugins.checks.checked import unjudgeable
from k8s_datamodel_plugins.crds import TYPE
from k8s_datamodel_plugins.definitions import CRDS
from k8s_datamodel_plugins.harmless_files import (
    ARCHIVE,
    NO_OBJECT,
    NOTHING,
    NOWHERE,
    OTHER_CONTENT,
    SPECIAL,
    is_harmless,
)

STDIN = "-"
"""The word for what can be read once."""

_SNAPSHOT = re.compile(r"[0-9]+|latest(~[0-9]+)?|@.*|live(:.*)?")
_UNSEEN = (ARCHIVE, NOWHERE, SPECIAL)
"""Why a file was not looked into, though it may hold a CRD."""

_SEVERAL = re.compile(r" and [0-9,]+ more$")
"""At the end of an entry on several files, which have the reason of the first."""


def as_path(word: str) -> str:
    """A word that is no snapshot's, and names a file or folder, as a path.

    Raises UsageError for an empty one, such as a variable of a pipeline that is not set.
    """
    if not word:
        raise UsageError("an empty argument names nothing: write a file, a folder or a snapshot")
    bare = not (_SNAPSHOT.fullmatch(word) or is_path(word))
    return f"{os.curdir}{os.sep}{word}" if bare and Path(word).exists() else word


def is_path(word: str) -> bool:
    """Whether a word is a path or stdin, whatever is there."""
    return word == STDIN or os.sep in word


def not_found(words: Iterable[str], error: DatabaseNotFoundError) -> DatamodelError:
    """The error about words that no path and no database explains."""
    unknown = [word for word in words if not is_path(word)]
    return DatamodelError(f"there is no file or folder {' or '.join(unknown)}; {error}")


def names_of(side: PairedSide) -> Iterator[tuple[str, str]]:
    """Name and API group of each CRD of a side."""
    for row in side.moment.rows(TYPE.name):
        yield str(row.get("name")), str(row.get("group_name"))


def some_wanted(rows: Iterable[Row], given: Mapping[str, Any]) -> None:
    """Raise UsageError if ``--name`` and ``--group`` keep none: what nothing meets, what is near.

    Args:
        rows: all CRDs, of both sides if there are two.
        given: what the options gave, by their names.
    """
    if not (given["name"] or given["group"]):
        return
    test = matching(TYPE, given)
    if not any(map(test, rows)):
        raise UsageError("; ".join(missed(TYPE, test)))


def crds_of(things: PairedThings) -> Iterator[Row]:
    """All CRDs of both sides, whether they are wanted or not."""
    for side in (things.old, things.new):
        yield from side.moment.rows(TYPE.name)


def lacks_of(ctx: click.Context, things: PairedThings, words: tuple[str, str]) -> list[str]:
    """What of both sides was not read, a text each, once that is said.

    Raises DatamodelError if a side holds no CRD.
    """
    sides = (things.old, words[0]), (things.new, words[1])
    for side, word in sides:
        if side.moment.counts.get(TYPE.name) is None and not any(names_of(side)):
            reasons = [each.outcome.reason for each in side.unread if each.outcome.reason]
            raise DatamodelError(": ".join((f"{word} holds no CRD", *reasons[:1])))
    return [text for side, word in sides for text in _unread(ctx, side, word)]


def _unread(ctx: click.Context, side: PairedSide, word: str) -> Iterator[str]:
    """What of a side was not read, once that is said."""
    check_lacks.unread(ctx, side.unread, word)
    for each in side.unread:
        reason = f": {each.outcome.reason}" if each.outcome.reason else ""
        yield f"{word}: {each.read} could not be read ({each.outcome.status}){reason}"
    for each in filter(_doubtful, side.moment.ledger if side.manifest else ()):
        colon = ":" if each.outcome.reason in _UNSEEN else ""
        text = f"{word}: {each.read}{colon} {each.outcome.reason}"
        check_lacks.lacks(ctx, text)
        yield text


def _doubtful(entry: LedgerEntry) -> bool:
    """Whether an entry is of a file that gave nothing and might have held a CRD, or of two CRDs."""
    if entry.read == CRDS.name and OTHER_CONTENT in entry.outcome.reason:
        return True
    if entry.incomplete:
        return False  # it is among what could not be read
    several = _SEVERAL.search(entry.read)
    if entry.outcome.reason in _UNSEEN:
        return bool(several) or not is_harmless(entry.read)
    if entry.outcome.status != "unrecognised":
        return False
    if entry.outcome.reason == NOTHING:
        return not entry.outcome.bytes  # with some it has comments only
    return entry.outcome.reason != NO_OBJECT or not (several or is_harmless(entry.read))


def judged(
    ctx: click.Context, pairs: Iterable[Pair], words: tuple[str, str], lacks: list[str]
) -> Iterator[Pair]:
    """The pairs; a CRD that nobody can judge is told, and what it lacks is noted."""
    for pair in pairs:
        for row, word in zip((pair.old, pair.new), words, strict=True):
            if row is not None and (why := unjudgeable(row)):
                text = f"{word}: {pair.key['name'] or 'a CRD'} cannot be judged: {why}"
                lacks.append(text)
                check_lacks.lacks(ctx, text)
        yield pair


def unnamed_crds(old: PairedSide, new: PairedSide) -> frozenset[str]:
    """CRDs of the old side of which the new one says nothing.

    Manifests, beside a cluster, have none of their API group. What could not be read of the new
    side may hold any that it lacks.
    """
    if not new.unread and (old.manifest or not new.manifest):
        return frozenset()
    there = set(names_of(new))
    names, groups = {name for name, _ in there}, {group for _, group in there}
    return frozenset(
        name
        for name, group in names_of(old)
        if group not in groups or (new.unread and name not in names)
    )
