"""What changed between two moments that are open, in words, for commands that tell of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import click

from k8s_datamodel.cli.diffs.diff_lines import gap_sections, said_of
from k8s_datamodel.cli.diffs.diff_options import lacks
from k8s_datamodel.cli.diffs.diff_rules import looks_of
from k8s_datamodel.cli.diffs.stored_sides import sides_of
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.comparing.changes import Change
from k8s_datamodel.comparing.comparisons import Comparison
from k8s_datamodel.comparing.sayings import thing_name
from k8s_datamodel.data.findings import Finding, Severity
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.stored_moments import StoredMoment


@dataclass(frozen=True, slots=True)
class ToldChange:
    """A thing that differs. Fields may be added.

    Attributes:
        type_name: its resource type's.
        name: its identity with slashes between.
        key: its identity by the columns' keys in documents.
        what: added, removed, changed, or recreated: the same identity with another uid.
        said: a line for each field, as ``diff`` says it.
        level: the worst of what it means; None if its type does not grade changes.
        findings: what it means, in order.
    """

    type_name: str
    name: str
    key: Mapping[str, Any]
    what: Literal["added", "removed", "changed", "recreated"]
    said: Sequence[str] = ()
    level: Severity | None = None
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class ToldChanges:
    """What changed between two moments. Fields may be added.

    Attributes:
        old: what documents say of the older moment.
        new: and of the newer one.
        changes: in the order of the types, then of keys.
        numbers: by name of type, how many things are ``added``, ``removed``, ``changed``,
            ``recreated`` and ``unchanged``; None where nobody can say.
        lacks: what was not compared, and what nobody knows: a title each, and texts.
        left_out: how many changes there are beside those in ``changes``.
        lacking: what the comparison failed at, in a line, as ``diff`` says it; empty for nothing.
            What a side was not asked for is in ``lacks`` only.
    """

    old: Mapping[str, Any]
    new: Mapping[str, Any]
    changes: Sequence[ToldChange]
    numbers: Mapping[str, Mapping[str, int | None]]
    lacks: Sequence[tuple[str, Sequence[str]]]
    left_out: int = 0
    lacking: str = ""

    @property
    def complete(self) -> bool:
        """Whether everything could be compared."""
        return not self.lacks


def told_changes(
    ctx: click.Context, old: Moment, new: Moment, *, config: str | None = None, most: int
) -> ToldChanges:
    """What changed between two moments that stores hold, as ``diff`` tells it.

    Args:
        ctx: of the command.
        old: the moment before.
        new: the moment after.
        config: what ``config_option`` gave.
        most: so many changes are told, the first ones; all are counted.

    Raises:
        TypeError: a moment is not in a store.
        PluginError: a plugin's rules cannot be had.
        UsageError: the configuration is invalid.
    """
    if not (isinstance(old, StoredMoment) and isinstance(new, StoredMoment)):
        raise TypeError("only moments that are stored are compared")
    app = ctx.ensure_object(App)
    sides = sides_of(old, new, app.registry.types, None)
    comparison = Comparison(*sides, looks_of(app, config))
    found = _told(comparison)
    changes = list(islice(found, most))
    left_out = sum(1 for _ in found)
    return ToldChanges(
        sides[0].description,
        sides[1].description,
        changes,
        {name: each.document() for name, each in comparison.counts.items()},
        list(gap_sections(comparison)),
        left_out,
        lacks(comparison.gaps, len(comparison.unknown), asked=False),
    )


def _told(comparison: Comparison) -> Iterator[ToldChange]:
    kinds = {each.name: each for each in comparison.types}
    for change in comparison.changes():
        said = said_of(change, kinds[change.type_name], comparison.lens)
        yield _change(change, said)


def _change(change: Change, said: Sequence[str]) -> ToldChange:
    return ToldChange(
        change.type_name,
        thing_name(change),
        change.key,
        change.what,
        said,
        change.level,
        change.findings,
    )
