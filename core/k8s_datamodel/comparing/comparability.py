"""Which rows of a type can be compared, by what the ledgers of both sides say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from k8s_datamodel.comparing.changes import Gap, SideName
from k8s_datamodel.comparing.sides import Side
from k8s_datamodel.data.ledger import INCOMPLETE, STORING, LedgerEntry
from k8s_datamodel.types.comparison_rules import DefinedBy
from k8s_datamodel.types.resource_types import ResourceType

_NAMESPACE = "namespace"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of a type can be compared.

    Attributes:
        gaps: what was not read, on which side.
        whole: all of it was read on both sides; else a thing that one side lacks may be there.
        nothing: nothing can be compared.
        namespaces: the two that limited the sides, where they differ; else None.
        unread: reads of one kind of rows that a side lacks, for types that read one list a kind.
        evidence: the side, or both, that lacks a read which only enriches and the other side has:
            derived columns may differ. Empty if none does.
        silent: sides that say only what they name; what they lack is no change. Two manifests are
            compared as they are.
    """

    gaps: Sequence[Gap] = ()
    whole: bool = True
    nothing: bool = False
    namespaces: tuple[str | None, str | None] | None = None
    unread: frozenset[str] = frozenset()
    evidence: SideName | Literal[""] = ""
    silent: frozenset[SideName] = frozenset()

    @property
    def apart(self) -> bool:
        """Whether the sides read no namespace in common; what has none may be compared."""
        return self.namespaces is not None and None not in self.namespaces

    def sees(self, namespace: str | None) -> bool:
        """Whether both sides read a namespace; what has none is read in any case."""
        if self.namespaces is None or namespace is None:
            return True
        return all(limit in (None, namespace) for limit in self.namespaces)


def _not_asked_for(kind: str) -> Gap | None:
    return Gap("", "from", "uncovered", f"{kind} was not asked for")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one side read of a type, whatever it is compared with.

    Attributes:
        gaps: what was not read.
        kinds: reads of one kind of rows that ended well, for types that read one list a kind;
            else None.
        namespace: the one that limited it, for types whose things are in namespaces.
        unended: function of a kind that is not among ``kinds``, nor named by a gap: why there may
            be things of it; None if there are none.
    """

    gaps: Sequence[Gap] = ()
    kinds: frozenset[str] | None = None
    namespace: str | None = None
    unended: Callable[[str], Gap | None] = _not_asked_for

    @property
    def nothing(self) -> bool:
        """Whether nothing was read."""
        return any(gap.whole for gap in self.gaps)

    def lacks(self, namespace: str | None, kind: str = "") -> Gap | None:
        """Why a thing that it has not may be there all the same; None if it is not there.

        ``kind`` is the read that a thing comes from, for types that read one list a kind.
        """
        if kind and self.kinds is not None and not self.nothing:
            if kind in self.kinds:
                return self._outside(namespace)
            named = (gap for gap in self.gaps if gap.read == kind)
            return next(named, None) or self.unended(kind)
        return next(iter(self.gaps), None) or self._outside(namespace)

    def _outside(self, namespace: str | None) -> Gap | None:
        if self.namespace is None or namespace in (None, self.namespace):
            return None
        why = f"only the namespace {self.namespace} was read"
        return Gap("", "from", "namespace", why, self.namespace)


def reading(
    resource_type: ResourceType,
    side: Side,
    unended: Callable[[str], Gap | None] = _not_asked_for,
) -> Reading:
    """What one side read of a type; ``unended`` as in ``Reading``."""
    name = resource_type.name
    missing = list(_without_type(resource_type, (side,)))
    if missing:
        return Reading(missing)
    kinds = None
    if resource_type.on_request:
        own = (each for each in side.ledger if each.resource_type == name)
        ended = (each for each in own if each.outcome.status in ("complete", "absent"))
        kinds = frozenset(each.read for each in ended)
    limit = side.namespace if _NAMESPACE in resource_type.identity else None
    return Reading(list(_unread(resource_type, side, "from")), kinds, limit, unended)


def unended(
    resource_type: ResourceType, side: Side, defined_by: DefinedBy | None, kind: str
) -> Gap | None:
    """Why a side may have things of a kind of which no read ended well.

    None if it surely has none, as it read all that defines kinds, and nothing defines this one.
    """
    for each in side.ledger:
        if each.resource_type == resource_type.name and each.read == kind:
            reason = each.outcome.reason or f"{kind} was not read"
            return Gap("", "from", each.outcome.status, reason, read=kind)
    if defined_by is None:
        return _not_asked_for(kind)
    return _unasked(side, "from", kind, defined_by)


def coverage(
    resource_type: ResourceType, sides: tuple[Side, Side], defined_by: DefinedBy | None
) -> Coverage:
    """What of a type can be compared, once the first rows of both sides were asked for."""
    name = resource_type.name
    missing = list(_without_type(resource_type, sides))
    if missing:
        return Coverage(missing, whole=False, nothing=True)
    gaps = [gap for side, who in _both(sides) for gap in _unread(resource_type, side, who)]
    if any(gap.whole for gap in gaps):
        return Coverage(gaps, whole=False, nothing=True)
    by_kind = [*_kinds_gaps(resource_type, sides, defined_by)]
    reads = frozenset(gap.read for gap in (*gaps, *by_kind) if resource_type.on_request)
    general = [] if resource_type.on_request else gaps
    evidence = list(_evidence(name, sides))
    uncovered = [] if gaps else list(_uncovered(name, sides))
    limits = sides[0].namespace, sides[1].namespace
    limited = list(_namespaces(resource_type, sides)) if limits[0] != limits[1] else []
    return Coverage(
        [*gaps, *by_kind, *evidence, *uncovered, *limited],
        whole=not (general or evidence or uncovered),
        namespaces=limits if limits[0] != limits[1] else None,
        unread=reads,
        evidence=_side_of(evidence),
        silent=frozenset(_silent(name, sides)),
    )


def _silent(type_name: str, sides: tuple[Side, Side]) -> Iterator[SideName]:
    """Manifests beside a full side; of two manifests those that hold nothing of the type."""
    two = all(side.manifest for side in sides)
    for side, who in _both(sides):
        held = side.counts.get(type_name) is not None or _is_broken(side)
        if side.manifest and not (two and held):
            yield who


def _is_broken(side: Side) -> bool:
    """Whether a part of its source could not be read: nobody knows of which types that is."""
    return any(not each.resource_type and each.incomplete for each in side.ledger)


def _both(sides: Sequence[Side]) -> Iterator[tuple[Side, SideName]]:
    names: tuple[SideName, SideName] = ("from", "to")
    yield from zip(sides, names, strict=False)


def _without_type(resource_type: ResourceType, sides: Sequence[Side]) -> Iterator[Gap]:
    for side, who in _both(sides):
        if not side.has(resource_type.name):
            why = f"it has no {resource_type.plural}"
            if resource_type.on_request:
                why += f", which --with-{resource_type.on_request} asks for"
            unasked = bool(resource_type.on_request)
            yield Gap(resource_type.name, who, "no-type", why, whole=True, unasked=unasked)


def _unread(resource_type: ResourceType, side: Side, who: SideName) -> Iterator[Gap]:
    """Reads of a type that a side lacks.

    What a manifest does not hold is no gap; what it may hold in a file that could not be read is.
    """
    type_name = resource_type.name
    reads = [
        each
        for each in side.ledger
        if each.resource_type == type_name
        and not each.optional
        and _gives_rows(resource_type, each)
    ]
    uncounted = type_name in side.counts and side.counts[type_name] is None
    none_read = bool(reads) and not any(
        each.outcome.status in ("complete", "absent", "partial", "inconsistent") for each in reads
    )
    for entry in reads:
        outcome = entry.outcome
        silent = side.manifest and not _is_broken(side) and outcome.status in ("partial", "skipped")
        if not silent and (outcome.status in INCOMPLETE or outcome.status == "skipped"):
            reason = outcome.reason or f"{entry.read} was not read"
            yield Gap(type_name, who, outcome.status, reason, read=entry.read, whole=none_read)
    if uncounted and not reads and not side.manifest:
        unasked = bool(resource_type.on_request)
        yield Gap(type_name, who, "skipped", "it was left out", whole=True, unasked=unasked)


def _gives_rows(resource_type: ResourceType, entry: LedgerEntry) -> bool:
    """Whether a read gives rows; others only give values, such as counts, which are then null."""
    named = {each.resource.name for each in resource_type.reads}
    return resource_type.on_request != "" or not named or entry.read in {*named, STORING}


def _kinds_gaps(
    resource_type: ResourceType, sides: tuple[Side, Side], defined_by: DefinedBy | None
) -> Iterator[Gap]:
    """Kinds that one side was not asked for, though it has, or may have, what defines them."""
    if not resource_type.on_request or defined_by is None:
        return
    reads = [
        {each.read for each in side.ledger if each.resource_type == resource_type.name}
        for side in sides
    ]
    for index, (side, who) in enumerate(_both(sides)):
        if side.manifest:
            continue
        for read in sorted(reads[1 - index] - reads[index]):
            if gap := _unasked(side, who, read, defined_by):
                yield replace(gap, type_name=resource_type.name)


def _unasked(side: Side, who: SideName, read: str, defined_by: DefinedBy) -> Gap | None:
    """Why a side may have things of a kind of which it has no read; None if it has none."""
    unsure = _may_lack(defined_by.type_name, side, who)
    if not unsure and side.find(defined_by.type_name, (read,)) is None:
        return None
    why = f"{read} was not asked for"
    why += f", or is not known, as not all {unsure} were read" if unsure else ""
    return Gap("", who, "uncovered", why, read=read, unasked=not unsure)


def _may_lack(type_name: str, side: Side, who: SideName) -> str:
    """The plural of a type of which a side did not read everything; else empty."""
    for each in side.types:
        if each.name == type_name:
            unread = side.counts.get(type_name) is None or any(_unread(each, side, who))
            return each.plural if unread else ""
    return type_name


def _evidence(type_name: str, sides: tuple[Side, Side]) -> Iterator[Gap]:
    """Reads that only enrich, and that one side has and the other has not."""
    ended: list[dict[str, Any]] = [
        {
            each.read: each.outcome
            for each in side.ledger
            if each.resource_type == type_name and each.optional
        }
        for side in sides
    ]
    for index, (side, who) in enumerate(_both(sides)):
        for read, outcome in ended[index].items():
            other = ended[1 - index].get(read)
            missing = outcome.status in INCOMPLETE or outcome.status == "skipped"
            if missing and not side.manifest and other and other.status in ("complete", "absent"):
                reason = outcome.reason or f"{read} was not read"
                yield Gap(type_name, who, outcome.status, reason, read=read)


def _side_of(gaps: Sequence[Gap]) -> SideName | Literal[""]:
    sides = {each.side for each in gaps}
    return "both" if len(sides) > 1 else next(iter(sides), "")


def _uncovered(type_name: str, sides: tuple[Side, Side]) -> Iterator[Gap]:
    """A dump beside a cluster; two dumps hold the same kinds of files."""
    if sides[0].dump is sides[1].dump or any(side.manifest for side in sides):
        return
    for side, who in _both(sides):
        if side.dump:
            yield Gap(type_name, who, "uncovered", "a dump need not hold all of them")


def _namespaces(resource_type: ResourceType, sides: tuple[Side, Side]) -> Iterator[Gap]:
    if _NAMESPACE not in resource_type.identity:
        return
    for side, who in _both(sides):
        if side.namespace is not None:
            reason = f"only the namespace {side.namespace} was read"
            yield Gap(resource_type.name, who, "namespace", reason, side.namespace)
