"""Compare two sides: all types, thing by thing. This is the way into the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Literal

from k8s_datamodel.comparing.changes import (
    Change,
    Counts,
    FieldChange,
    Gap,
    Rederived,
    SideName,
    Unknown,
    UnknownField,
    What,
)
from k8s_datamodel.comparing.comparability import Coverage, coverage
from k8s_datamodel.comparing.derived_columns import ColumnLens
from k8s_datamodel.comparing.differences import RECREATED, Differences, Lens, object_changes
from k8s_datamodel.comparing.field_paths import Pattern, holds
from k8s_datamodel.comparing.side_by_side import side_by_side
from k8s_datamodel.comparing.sides import Entry, Side, same_redaction
from k8s_datamodel.data.findings import Finding, Grader, Severity, ordered_findings, reaches, worst
from k8s_datamodel.data.objects import KubernetesObject, Row
from k8s_datamodel.types.comparison_rules import NO_RULES, ComparisonRules, Schema, kind_name
from k8s_datamodel.types.resource_types import ResourceType

_BATCH = 64
"""How many rows of each side are read at a time, and are in memory."""

_Pair = tuple[Entry | None, Entry | None]
Wanted = Callable[[ResourceType, Mapping[str, Any]], bool]
"""Function of a type and a key, as ``Change.key``, that says whether a thing is compared."""


def _all(_type: ResourceType, _key: Mapping[str, Any]) -> bool:
    return True


class Comparison:
    """Two sides, compared while ``changes`` is iterated. What it says holds after that.

    Attributes:
        counts: by type, in the types' order: how many things are how.
        gaps: what was not compared.
        unknown: fields of which nobody knows whether they differ.
        rederived: by type, what other rules of ours made of equal objects.
        certain: what a side lacks is known not to be there.
    """

    def __init__(  # noqa: PLR0913 - what is compared can be narrowed in many ways
        self,
        old: Side,
        new: Side,
        rules: ComparisonRules = NO_RULES,
        *,
        ignore: Sequence[Pattern] = (),
        paths: Sequence[Pattern] = (),
        everything: bool = False,
        only: Iterable[str] | None = None,
        wanted: Wanted = _all,
        objects: bool = False,
        graders: Mapping[str, Grader] | None = None,
        severity: Severity | None = None,
        keyed: Mapping[str, Schema] | None = None,
        certain: bool = False,
    ) -> None:
        """Look at two sides.

        Args:
            old: the side ``from``.
            new: the side ``to``.
            rules: what plugins and the configuration say of objects.
            ignore: fields that are left out.
            paths: the only fields that are told of things that both sides have; all if empty.
            everything: noise is told, and what other rules of ours derived.
            only: names of the types that are compared; all if None.
            wanted: which things are compared.
            objects: changes have the complete objects.
            graders: what says what changes mean, by the name of a type.
            keyed: what the user says of lists, see ``Lens``.
            severity: changes that are graded milder are not told, and are counted apart.
            certain: whoever gives the rows knows that what a side lacks is not there.
        """
        self.sides = old, new
        self.counts: dict[str, Counts] = {}
        self.gaps: list[Gap] = []
        self.unknown: list[Unknown] = []
        self.rederived: dict[str, Rederived] = {}
        self._only = None if only is None else frozenset(only)
        self._wanted = wanted
        self._objects = objects
        self._graders = dict(graders or {})
        self._severity = severity
        self.certain = certain
        self._paths = tuple(paths)
        self._schemas: dict[tuple[Any, ...], KubernetesObject | None] = {}
        self.lens = Lens(
            rules,
            tuple(ignore),
            everything,
            same_cluster=old.cluster == new.cluster or old.manifest or new.manifest,
            same_redaction=same_redaction(old, new),
            named=_names_only(old, new),
            keyed=keyed or {},
        )

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
        self.gaps += covered.gaps
        counts = self.counts[name] = Counts()
        if covered.nothing:
            self.counts[name] = Counts(None, None, None, None, None)
            return
        if not covered.whole:
            counts.added = counts.removed = None
        yield from _Type(self, resource_type, covered).changes(side_by_side(*streams), rows)
        if covered.apart and counts == Counts():
            self.counts[name] = Counts(None, None, None, None, None)

    def defining(self, resource_type: ResourceType, row: Row, api_version: str) -> Schema | None:
        """The schema of an object, of what defines it on ``to``, else on ``from``."""
        defined_by = self.lens.rules.defined_by
        identity = defined_by.identity(row) if defined_by else None
        if defined_by is None or identity is None or resource_type.name == defined_by.type_name:
            return None
        if identity not in self._schemas:
            if len(self._schemas) > _BATCH:
                self._schemas.clear()
            found = (side.find(defined_by.type_name, identity) for side in reversed(self.sides))
            self._schemas[identity] = next((each for each in found if each is not None), None)
        defining = self._schemas[identity]
        return None if defining is None else defined_by.schema(defining, api_version)

    def wants(self, resource_type: ResourceType, key: Mapping[str, Any]) -> bool:
        """Whether a thing is compared."""
        return self._wanted(resource_type, key)

    def narrow(self, found: Differences) -> None:
        """Leave out the fields that nobody asked for."""
        if self._paths:
            found.fields = [each for each in found.fields if self._asked(each)]
            found.unknown = [
                each
                for each in found.unknown
                if any(pattern.touches(each.steps) for pattern in self._paths)
            ]

    def _asked(self, field: FieldChange) -> bool:
        """Whether a pattern names a field, or a part that it has on a side."""
        asked = (each.steps for each in self._paths if each.touches(field.steps))
        below = [steps[len(field.steps) :] for steps in asked]
        return any(holds(value, steps) for value in (field.old, field.new) for steps in below)

    @property
    def keeps_objects(self) -> bool:
        """Whether changes have the complete objects."""
        return self._objects

    def grades(self, resource_type: ResourceType) -> bool:
        """Whether changes of a type have a level."""
        return resource_type.name in self._graders

    def findings(
        self, resource_type: ResourceType, old: Row | None, new: Row | None
    ) -> Sequence[Finding]:
        """What the change of a thing of a type that is graded means."""
        return ordered_findings(self._graders[resource_type.name](old, new))

    def tells(self, level: Severity | None) -> bool:
        """Whether changes of a level are told."""
        return level is None or self._severity is None or reaches(level, self._severity)


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


@dataclass(frozen=True, slots=True)
class _Type:
    """The comparison of one resource type."""

    all: Comparison
    type: ResourceType
    coverage: Coverage

    def changes(self, pairs: Iterator[_Pair], rows: Sequence[Any]) -> Iterator[Change]:
        waiting: list[_Pair] = []
        for pair in pairs:
            if not self._compared(pair):
                continue
            one, other = pair
            if one and other and one.whole is not None and one.whole == other.whole:
                self._count("unchanged")
                continue
            waiting.append(pair)
            if len(waiting) == _BATCH:
                yield from self._read(waiting, rows)
                waiting = []
        yield from self._read(waiting, rows)

    def _compared(self, pair: _Pair) -> bool:
        entry = pair[0] or pair[1]
        if entry is None:
            return False
        key = self._key(entry)
        return self.coverage.sees(key.get("namespace")) and self.all.wants(self.type, key)

    def _key(self, entry: Entry) -> dict[str, Any]:
        names = (self.type.column(name).key for name in self.type.identity)
        return dict(zip(names, entry.identity, strict=True))

    def _count(self, what: Any) -> None:
        self.all.counts[self.type.name].count(what)

    def _read(self, pairs: Sequence[_Pair], rows: Sequence[Any]) -> Iterator[Change]:
        """The changes among some pairs, whose rows are read together where they are needed."""
        graded = self.all.grades(self.type)
        reads_all = self.all.keeps_objects or graded or bool(self.coverage.unread)
        needed = [pair for pair in pairs if reads_all or None not in pair]
        found: list[Iterator[Row]] = []
        for index, each in enumerate(rows):
            entries = [pair[index] for pair in needed if pair[index]]
            found.append(iter(each.rows(entries) if entries else ()))
        for pair in pairs:
            read = reads_all or None not in pair
            old = next(found[0]) if read and pair[0] else None
            new = next(found[1]) if read and pair[1] else None
            change = self._pair(pair, old, new)
            if change:
                yield change

    def _pair(self, pair: _Pair, old: Row | None, new: Row | None) -> Change | None:
        one, other = pair
        if one and other and old is not None and new is not None:
            return self._both(one, other, old, new)
        what: What = "removed" if one else "added"
        entry = one or other
        if entry is None:
            return None
        if ("from" if what == "added" else "to") in self.coverage.silent:
            self._count("unnamed")
            return None
        if not self._certain(old or new):
            return None
        return self._change(entry, what, (), old, new)

    def _certain(self, row: Row | None) -> bool:
        """Whether a thing that one side lacks is not there."""
        if self.all.certain:
            return True
        if not self.coverage.whole:
            return False
        defined_by = self.all.lens.rules.defined_by
        if row is None or defined_by is None or not self.coverage.unread:
            return True
        identity = defined_by.identity(row) or ()
        return not self.coverage.unread.intersection(identity)

    def _both(self, one: Entry, other: Entry, old: Row, new: Row) -> Change | None:
        mine, theirs = old.get("spec") or {}, new.get("spec") or {}
        uids = {_uid(mine), _uid(theirs)}
        recreated = self.all.lens.same_cluster and None not in uids and len(uids) > 1
        own_identity = recreated or None in uids
        equal = one.content is not None and one.content == other.content
        schema = None
        if not equal:
            schema = self.all.defining(self.type, new, str(theirs.get("apiVersion") or ""))
        found = (
            Differences()
            if equal
            else object_changes(mine, theirs, self.all.lens, schema=schema, recreated=own_identity)
        )
        if not self.all.lens.named:
            self._columns(found, old, new, schema, RECREATED if own_identity else ())
        self.all.narrow(found)
        key = self._key(one)
        self.all.unknown += [Unknown(self.type.name, key, each) for each in found.unknown]
        if recreated or found.fields:
            what: What = "recreated" if recreated else "changed"
            return self._change(one, what, found.fields, old, new)
        self._count("unknown" if found.unknown else "unchanged")
        return None

    def _columns(
        self,
        found: Differences,
        old: Row,
        new: Row,
        schema: Schema | None,
        more: Sequence[Pattern],
    ) -> None:
        """Add the columns that differ to the fields of the object that do."""
        kind = kind_name(new.get("spec") or {})
        shape = self.all.lens.shape(kind, schema)
        columns = self._lens().differences(old, new, kind, shape, more)
        same_object = not found
        found.fields += columns.volatile
        others = self._made_otherwise()
        found.unknown += columns.unknown if others else columns.told_as_unknown()
        by_others = list(columns.unexplained) if others else []
        if side := self.coverage.evidence:
            for each in columns.derived:
                if self._told_by_object(each, found.fields):
                    found.fields.append(each)
                else:
                    found.unknown.append(_unfounded(each, side))
        elif same_object and others:
            by_others += columns.derived
        else:
            found.fields += columns.derived
        if self.all.lens.everything:
            found.fields += by_others
        else:
            self._rederived(by_others)
        found.sort()

    def _told_by_object(self, column: FieldChange, fields: Sequence[FieldChange]) -> bool:
        """Whether a derived column differs because of the object, whatever else it is made of."""
        if any(each.key == column.steps[0] and each.path for each in self.type.columns):
            return True
        pairs = ((each.old, each.new) for each in fields if each.place == "object")
        return (column.old, column.new) in pairs

    def _lens(self) -> ColumnLens:
        elsewhere = ""
        if self.coverage.namespaces is not None and "namespace" not in self.type.identity:
            elsewhere = "the sides were read with different namespaces"
        return ColumnLens(self.type, self.all.lens, elsewhere)

    def _made_otherwise(self) -> bool:
        old, new = (side.stamps.get(self.type.name) for side in self.all.sides)
        return old != new

    def _rederived(self, columns: Sequence[FieldChange]) -> None:
        if not columns:
            return
        noted = self.all.rederived.setdefault(self.type.name, Rederived())
        noted.rows += 1
        for name in {str(each.steps[0]) for each in columns}:
            noted.columns[name] = noted.columns.get(name, 0) + 1

    def _change(
        self,
        entry: Entry,
        what: What,
        fields: Sequence[FieldChange],
        old: Row | None,
        new: Row | None,
    ) -> Change | None:
        """The change, counted; None if it means less than was asked for."""
        change = Change(self.type.name, self._key(entry), what, fields)
        if self.all.keeps_objects:
            before, after = ((row or {}).get("spec") for row in (old, new))
            change = replace(change, old=before, new=after)
        if self.all.grades(self.type):
            findings = self.all.findings(self.type, old, new)
            level = worst(each.level for each in findings)
            change = replace(change, level=level, findings=findings)
        told = self.all.tells(change.level)
        self._count(what if told else "milder")
        return change if told else None


def _unfounded(change: FieldChange, side: SideName) -> UnknownField:
    return UnknownField("column", change.steps, side, "it was read with less evidence there")


def _uid(thing: KubernetesObject) -> Any:
    return (thing.get("metadata") or {}).get("uid")
