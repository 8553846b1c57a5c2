"""Compare two sides: all types, thing by thing. This is the way into the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Literal

from k8s_datamodel.comparing.changes import Change, Counts, Gap, Rederived, Unknown
from k8s_datamodel.comparing.comparability import coverage
from k8s_datamodel.comparing.differences import Lens
from k8s_datamodel.comparing.side_by_side import side_by_side
from k8s_datamodel.comparing.sides import Entry, Side, same_redaction
from k8s_datamodel.comparing.type_comparisons import (
    PLAINLY,
    Definitions,
    Looks,
    TypeComparison,
    TypeResult,
)
from k8s_datamodel.types.resource_types import ResourceType


class Comparison:
    """Two sides, compared while ``changes`` is iterated. What it says holds after that.

    Attributes:
        sides: ``from`` and ``to``.
        lens: how they are looked at.
    """

    def __init__(
        self,
        old: Side,
        new: Side,
        looks: Looks = PLAINLY,
        *,
        only: Iterable[str] | None = None,
        certain: bool = False,
    ) -> None:
        """Look at two sides.

        Args:
            old: the side ``from``.
            new: the side ``to``.
            looks: how changes are looked at.
            only: names of the types that are compared; all if None.
            certain: whoever gives the rows knows that what a side lacks is not there.
        """
        self.sides = old, new
        self.lens = Lens(
            looks.rules,
            tuple(looks.ignore),
            looks.everything,
            same_cluster=old.cluster == new.cluster or old.manifest or new.manifest,
            same_redaction=same_redaction(old, new),
            named=_names_only(old, new),
            keyed=looks.keyed,
        )
        self._looks = looks
        self._only = None if only is None else frozenset(only)
        self._certain = certain
        self._definitions = Definitions(self.sides, looks.rules.defined_by)
        self._results: dict[str, TypeResult] = {}

    @property
    def counts(self) -> dict[str, Counts]:
        """By type, in the types' order: how many things are how."""
        return {name: each.counts for name, each in self._results.items()}

    @property
    def gaps(self) -> list[Gap]:
        """What was not compared."""
        return [gap for each in self._results.values() for gap in each.gaps]

    @property
    def unknown(self) -> list[Unknown]:
        """Fields of which nobody knows whether they differ."""
        return [field for each in self._results.values() for field in each.unknown]

    @property
    def rederived(self) -> dict[str, Rederived]:
        """By type, what other rules of ours made of equal objects; without types that have none."""
        found = {name: each.rederived for name, each in self._results.items()}
        return {name: each for name, each in found.items() if each.rows}

    @property
    def complete(self) -> bool:
        """Whether everything could be compared."""
        return not (self.gaps or self.unknown)

    @property
    def types(self) -> Sequence[ResourceType]:
        """The types of either side, in their order."""
        known = {each.name: each for side in self.sides for each in side.types}
        found = sorted(known.values(), key=lambda each: (each.order, each.name))
        return [each for each in found if self._only is None or each.name in self._only]

    def changes(self) -> Iterator[Change]:
        """What differs, in the order of the types, then of keys. Iterated once.

        Raises DatamodelError if a side's rows are not in order of identity.
        """
        for resource_type in self.types:
            yield from self._type(resource_type)

    def document(self, changes: Iterable[Change]) -> dict[str, Any]:
        """All as one JSON document; ``changes`` are those that ``changes()`` gave."""
        told = [change.document() for change in changes]
        return {
            "from": dict(self.sides[0].description),
            "to": dict(self.sides[1].description),
            "complete": self.complete,
            "incomparable": _each_once(self.gaps),
            "unknown": [each.document() for each in self.unknown],
            "summary": {name: each.document() for name, each in self.counts.items()},
            "changes": told,
        }

    def _type(self, resource_type: ResourceType) -> Iterator[Change]:
        name = resource_type.name
        rows = [side.rows(name) if _knows(side, name) else None for side in self.sides]
        streams = [_started(each.entries() if each else iter(())) for each in rows]
        covered = coverage(resource_type, self.sides, self.lens.rules.defined_by)
        if covered.nothing and not any(side.has(name) for side in self.sides):
            return
        result = self._results[name] = TypeResult(covered.gaps)
        if covered.nothing:
            result.counts = Counts(None, None, None, None, None)
            return
        if not covered.whole:
            result.counts.added = result.counts.removed = None
        compared = TypeComparison(
            resource_type,
            self.sides,
            self.lens,
            self._looks,
            covered,
            self._definitions,
            result,
            self._certain,
        )
        yield from compared.changes(side_by_side(*streams), rows)
        if covered.apart and result.counts == Counts():
            result.counts = Counts(None, None, None, None, None)


def _each_once(gaps: Iterable[Gap]) -> list[dict[str, Any]]:
    """Gaps as JSON has them. Two reads of a type may have the same one, and so may both sides."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for each in gaps:
        shown = each.document()
        same = found.setdefault((*(value for key, value in shown.items() if key != "side"),), shown)
        if same["side"] != shown["side"]:
            same["side"] = "both"
    return list(found.values())


def _names_only(old: Side, new: Side) -> Literal["", "from", "to", "both"]:
    if old.manifest and new.manifest:
        return "both"
    return "to" if new.manifest else "from" if old.manifest else ""


def _knows(side: Side, name: str) -> bool:
    return any(each.name == name for each in side.types)


def _started(entries: Iterator[Entry]) -> Iterator[Entry]:
    """The same entries, with the first one read already."""
    first = next(entries, None)
    return iter(()) if first is None else chain((first,), entries)
