"""Compare the things of one resource type on two sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from k8s_datamodel.comparing.changes import (
    Change,
    Counts,
    FieldChange,
    Gap,
    Rederived,
    Unknown,
    What,
)
from k8s_datamodel.comparing.comparability import Coverage
from k8s_datamodel.comparing.derived_columns import ColumnLens
from k8s_datamodel.comparing.differences import RECREATED, Differences, Lens, object_changes
from k8s_datamodel.comparing.field_paths import Pattern, holds
from k8s_datamodel.comparing.side_by_side import BATCH, EntryPair, key_of, with_rows
from k8s_datamodel.comparing.sides import Entry, Side, TypeRows
from k8s_datamodel.data.findings import Grader, Severity, ordered_findings, reaches, worst
from k8s_datamodel.data.objects import KubernetesObject, Row
from k8s_datamodel.types.comparison_rules import (
    NO_RULES,
    ComparisonRules,
    DefinedBy,
    Schema,
    kind_name,
)
from k8s_datamodel.types.resource_types import ResourceType

Wanted = Callable[[ResourceType, Mapping[str, Any]], bool]
"""Function of a type and a key, as ``Change.key``, that says whether a thing is compared."""


def _all(_type: ResourceType, _key: Mapping[str, Any]) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Looks:
    """How changes are looked at, and which of them are told.

    Attributes:
        rules: what plugins and the configuration say of objects.
        ignore: fields that are left out.
        paths: the only fields that are told of things that both sides have; all if empty.
        everything: noise is told, and what other rules of ours derived.
        wanted: which things are compared.
        objects: changes have the complete objects.
        graders: what says what changes mean, by the name of a type.
        severity: changes that are graded milder are not told, and are counted apart.
        keyed: what the user says of lists, see ``Lens``.
    """

    rules: ComparisonRules = NO_RULES
    ignore: Sequence[Pattern] = ()
    paths: Sequence[Pattern] = ()
    everything: bool = False
    wanted: Wanted = _all
    objects: bool = False
    graders: Mapping[str, Grader] = field(default_factory=dict)
    severity: Severity | None = None
    keyed: Mapping[str, Schema] = field(default_factory=dict)

    def narrow(self, found: Differences) -> None:
        """Leave out the fields that nobody asked for."""
        if self.paths:
            found.fields = [each for each in found.fields if self._asked(each)]
            found.unknown = [
                each
                for each in found.unknown
                if any(pattern.touches(each.steps) for pattern in self.paths)
            ]

    def _asked(self, change: FieldChange) -> bool:
        """Whether a pattern names a field, or a part that it has on a side."""
        asked = (each.steps for each in self.paths if each.touches(change.steps))
        below = [steps[len(change.steps) :] for steps in asked]
        return any(holds(value, steps) for value in (change.old, change.new) for steps in below)

    def tells(self, level: Severity | None) -> bool:
        """Whether changes of a level are told."""
        return level is None or self.severity is None or reaches(level, self.severity)


PLAINLY = Looks()
"""By no rules; everything is told."""


class Definitions:
    """The objects that define others, such as CRDs: of the side ``to``, else of ``from``."""

    def __init__(self, sides: tuple[Side, Side], defined_by: DefinedBy | None) -> None:
        self._sides = sides
        self._by = defined_by
        self._found: dict[tuple[Any, ...], KubernetesObject | None] = {}

    def schema(self, resource_type: ResourceType, row: Row, api_version: str) -> Schema | None:
        """The schema of the object of a row at a version; None if nothing is known to define it."""
        identity = self._by.identity(row) if self._by else None
        if self._by is None or identity is None or resource_type.name == self._by.type_name:
            return None
        if identity not in self._found:
            if len(self._found) > BATCH:
                self._found.clear()
            found = (side.find(self._by.type_name, identity) for side in reversed(self._sides))
            self._found[identity] = next((each for each in found if each is not None), None)
        defining = self._found[identity]
        return None if defining is None else self._by.schema(defining, api_version)


@dataclass(slots=True)
class TypeResult:
    """What the comparison of one type says beside its changes; it holds after them.

    Attributes:
        gaps: what was not compared.
        counts: how many things are how.
        unknown: fields of which nobody knows whether they differ.
        rederived: what other rules of ours made of equal objects.
    """

    gaps: Sequence[Gap] = ()
    counts: Counts = field(default_factory=Counts)
    unknown: list[Unknown] = field(default_factory=list)
    rederived: Rederived = field(default_factory=Rederived)


@dataclass(frozen=True, slots=True)
class TypeComparison:
    """The comparison of one resource type.

    Attributes:
        type: whose things.
        sides: ``from`` and ``to``.
        lens: how they are looked at.
        looks: what is told.
        coverage: what can be compared.
        definitions: what defines the objects.
        result: what is found beside changes goes there.
        certain: what a side lacks is known not to be there.
    """

    type: ResourceType
    sides: tuple[Side, Side]
    lens: Lens
    looks: Looks
    coverage: Coverage
    definitions: Definitions
    result: TypeResult
    certain: bool = False

    def changes(
        self, pairs: Iterable[EntryPair], rows: Sequence[TypeRows | None]
    ) -> Iterator[Change]:
        """What differs, in the order of the pairs.

        Args:
            pairs: the things of both sides.
            rows: of each side; None for a side that does not know the type.
        """
        reads_all = self.looks.objects or self._grader is not None or bool(self.coverage.unread)
        found = with_rows(
            filter(self._differs, pairs), rows, lambda pair: reads_all or None not in pair
        )
        for pair, old, new in found:
            change = self._pair(pair, old, new)
            if change:
                yield change

    @property
    def _grader(self) -> Grader | None:
        return self.looks.graders.get(self.type.name)

    def _differs(self, pair: EntryPair) -> bool:
        """Whether a pair is compared, and its digests do not say already that it is unchanged."""
        key = key_of(self.type, pair)
        if not (self.coverage.sees(key.get("namespace")) and self.looks.wanted(self.type, key)):
            return False
        one, other = pair
        if one and other and one.whole is not None and one.whole == other.whole:
            self.result.counts.count("unchanged")
            return False
        return True

    def _pair(self, pair: EntryPair, old: Row | None, new: Row | None) -> Change | None:
        one, other = pair
        if one and other and old is not None and new is not None:
            return self._both(one, other, old, new)
        what: What = "removed" if one else "added"
        if ("from" if what == "added" else "to") in self.coverage.silent:
            self.result.counts.count("unnamed")
            return None
        if not self._certain(old or new):
            return None
        return self._change(pair, what, (), old, new)

    def _certain(self, row: Row | None) -> bool:
        """Whether a thing that one side lacks is not there."""
        if self.certain:
            return True
        if not self.coverage.whole:
            return False
        defined_by = self.lens.rules.defined_by
        if row is None or defined_by is None or not self.coverage.unread:
            return True
        identity = defined_by.identity(row) or ()
        return not self.coverage.unread.intersection(identity)

    def _both(self, one: Entry, other: Entry, old: Row, new: Row) -> Change | None:
        mine, theirs = old.get("spec") or {}, new.get("spec") or {}
        uids = {_uid(mine), _uid(theirs)}
        recreated = self.lens.same_cluster and None not in uids and len(uids) > 1
        own_identity = recreated or None in uids
        equal = one.content is not None and one.content == other.content
        schema = None
        if not equal:
            schema = self.definitions.schema(self.type, new, str(theirs.get("apiVersion") or ""))
        found = (
            Differences()
            if equal
            else object_changes(mine, theirs, self.lens, schema=schema, recreated=own_identity)
        )
        if not self.lens.named:
            self._columns(found, old, new, schema, RECREATED if own_identity else ())
        self.looks.narrow(found)
        if found.unknown:
            key = key_of(self.type, (one, other))
            self.result.unknown += [Unknown(self.type.name, key, each) for each in found.unknown]
        if recreated or found.fields:
            what: What = "recreated" if recreated else "changed"
            return self._change((one, other), what, found.fields, old, new)
        self.result.counts.count("unknown" if found.unknown else "unchanged")
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
        shape = self.lens.shape(kind, schema)
        lens = self._column_lens()
        by_others = lens.add(found, lens.differences(old, new, kind, shape, more))
        if self.lens.everything:
            found.fields += by_others
        elif by_others:
            self.result.rederived.count(by_others)
        found.sort()

    def _column_lens(self) -> ColumnLens:
        elsewhere = ""
        if self.coverage.namespaces is not None and "namespace" not in self.type.identity:
            elsewhere = "the sides were read with different namespaces"
        old, new = (side.stamps.get(self.type.name) for side in self.sides)
        return ColumnLens(self.type, self.lens, elsewhere, self.coverage.evidence, old != new)

    def _change(
        self,
        pair: EntryPair,
        what: What,
        fields: Sequence[FieldChange],
        old: Row | None,
        new: Row | None,
    ) -> Change | None:
        """The change, counted; None if it means less than was asked for."""
        change = Change(self.type.name, key_of(self.type, pair), what, fields)
        if self.looks.objects:
            before, after = ((row or {}).get("spec") for row in (old, new))
            change = replace(change, old=before, new=after)
        if self._grader:
            findings = ordered_findings(self._grader(old, new))
            level = worst(each.level for each in findings)
            change = replace(change, level=level, findings=findings)
        told = self.looks.tells(change.level)
        self.result.counts.count(what if told else "milder")
        return change if told else None


def _uid(thing: KubernetesObject) -> Any:
    return (thing.get("metadata") or {}).get("uid")
