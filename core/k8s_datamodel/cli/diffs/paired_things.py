"""The things of one type in two moments, side by side, for commands that judge each pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from k8s_datamodel.cli.diffs.diff_scope import Scope
from k8s_datamodel.cli.diffs.stored_sides import sides_of
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.rows.compared_moments import compared_moments
from k8s_datamodel.comparing.side_by_side import EntryPair, key_of, side_by_side, with_rows
from k8s_datamodel.comparing.sides import Side
from k8s_datamodel.data.ledger import STORING, LedgerEntry
from k8s_datamodel.data.objects import Row
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.stored_moments import StoredMoment
from k8s_datamodel.types.resource_types import ResourceType


@dataclass(frozen=True, slots=True)
class Pair:
    """A thing on two sides.

    Attributes:
        key: its identity by the columns' keys in documents.
        old: its row before, with the complete object; None if there was none, or both are equal.
        new: its row after; None if there is none, or both are equal.
        equal: both sides have it, and nothing of it differs; its rows are not read.
    """

    key: Mapping[str, Any]
    old: Row | None
    new: Row | None
    equal: bool = False


@dataclass(frozen=True, slots=True)
class PairedSide:
    """One side.

    Attributes:
        moment: what it is; open as long as the command has it.
        manifest: it is of manifests, which say only what they name: a thing that it lacks need not
            be gone.
        said: what documents say of it.
        unread: what of the type, or of the files that it is in, was not read.
    """

    moment: Moment
    manifest: bool
    said: Mapping[str, Any]
    unread: Sequence[LedgerEntry]


@dataclass(frozen=True, slots=True)
class PairedThings:
    """Both sides, and what they hold of one type."""

    old: PairedSide
    new: PairedSide
    _type: ResourceType
    _moments: tuple[StoredMoment, StoredMoment]
    _sides: tuple[Side, Side]
    _scope: Scope

    def pairs(self) -> Iterator[Pair]:
        """Each thing of either side that is wanted, in order of identity. Each call reads anew."""
        rows = [side.rows(self._type.name) for side in self._sides]
        wanted = self._scope.wanted(self._moments)
        found = (
            each
            for each in side_by_side(rows[0].entries(), rows[1].entries())
            if wanted(self._type, key_of(self._type, each))
        )
        for pair, old, new in with_rows(found, rows, _differs):
            yield Pair(key_of(self._type, pair), old, new, equal=not _differs(pair))


def _differs(pair: EntryPair) -> bool:
    one, other = pair
    return not (one and other and one.content is not None and one.content == other.content)


@contextmanager
def paired_things(
    ctx: click.Context,
    words: tuple[str, str],
    type_name: str,
    *,
    names: Sequence[str] = (),
    groups: Sequence[str] = (),
) -> Iterator[PairedThings]:
    """The things of a type in two moments; use them before this is left, which closes all.

    Args:
        ctx: of the command, for the global options.
        words: two names of moments: snapshots, ``live``, paths, or ``-`` for stdin.
        type_name: of whose things.
        names: patterns of which one matches the name of a wanted thing; all if empty.
        groups: patterns of which one matches its API group; all if empty.

    Raises:
        UsageError: a word means nothing, or two things.
        SourceError, StorageError: a moment cannot be opened.
    """
    app = ctx.ensure_object(App)
    kind = app.registry.type(type_name)
    with compared_moments(ctx, words, [kind]) as moments:
        sides = sides_of(*moments, app.registry.types, None)
        old, new = (
            PairedSide(moment, side.manifest, side.description, _unread(moment, kind))
            for moment, side in zip(moments, sides, strict=True)
        )
        yield PairedThings(old, new, kind, moments, sides, Scope(names, groups))


def _unread(moment: Moment, kind: ResourceType) -> list[LedgerEntry]:
    lists = {"", STORING, *(each.resource.name for each in kind.reads)}
    return [
        each
        for each in moment.ledger
        if each.incomplete
        and each.resource_type in ("", kind.name)
        and (not each.resource_type or each.read in lists)
    ]
