"""The managers of a CRD, or since when it has none, and when it last had an instance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from k8s_datamodel.api import INCOMPLETE, LedgerEntry, Moment, Row
from k8s_datamodel_plugins.definitions import NO_OPERATORS
from k8s_datamodel_plugins.definitions import managers_of as managers_read
from k8s_datamodel_plugins.object_parts import full_name

_OPERATORS = "operators"
"""The resource type that knows who manages what; without its plugin nobody does."""

_CRDS = "crds"

_BINDINGS = (
    "clusterrolebindings.rbac.authorization.k8s.io",
    "rolebindings.rbac.authorization.k8s.io",
)
"""Without them nothing says what service accounts may do."""

NO_HISTORY = "no history yet"
"""Why it is not known since when: no stored snapshot of the cluster tells who managed the CRD."""

_Managers = Mapping[str, Sequence[str]]
"""Operators, as ``get`` takes them, by name of CRD."""


def owners(now: Moment, before: Iterator[Moment]) -> Callable[[Row], Mapping[str, Any]]:
    """The values of ``crds.OWNERSHIP`` for a CRD."""
    managed = managers(now)
    past = _Past(now, before)

    def look_up(row: Row) -> Mapping[str, Any]:
        known = managed(row)
        if known["managed_by"] is None:
            return {**known, **past.instance(row)}
        orphan = not known["managed_by"]
        since = past.since(str(row.get("name"))) if orphan else {}
        return {**known, "orphan": orphan, **since, **past.instance(row)}

    return look_up


def managers(moment: Moment) -> Callable[[Row], Mapping[str, Any]]:
    """The values of ``crds.MANAGERS`` for a CRD."""
    by_crd = managers_of(moment)
    unknown = Unknown(moment)

    def look_up(row: Row) -> Mapping[str, Any]:
        name = str(row.get("name"))
        why = "" if name in by_crd else unknown.why(name)
        by = None if why else by_crd.get(name, [])
        return {"managed_by": by, "managed_by_reason": why or None}

    return look_up


def managers_of(moment: Moment) -> _Managers:
    """Who manages which CRD, as far as it is known: the main managers first, then by name."""
    found: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    for operator in moment.rows(_OPERATORS):
        shared = operator.get("shared_crds") or ()
        for crd in operator.get("managed_crds") or ():
            found[crd].append((crd in shared, full_name(operator)))
    return {crd: [name for _, name in sorted(names)] for crd, names in found.items()}


def _why_unknown(moment: Moment) -> str:
    """Why a CRD without a known manager may have one all the same; empty when it has none."""
    if _OPERATORS not in moment.counts:
        return NO_OPERATORS
    if moment.namespace:
        return f"operators were read in namespace {moment.namespace} only"
    reads = [entry for entry in moment.ledger if entry.resource_type == _OPERATORS]
    whole = [entry for entry in moment.ledger if not entry.resource_type and entry.incomplete]
    unread = [*whole, *(entry for entry in reads if _matters(entry))]
    if unread:
        more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
        first = unread[0]
        return f"operators rest on what could be read: {first.read} {first.outcome.status}{more}"
    if moment.counts[_OPERATORS] is None:
        return "operators could not be read"
    complete = {entry.read for entry in reads if entry.outcome.status == "complete"}
    if not complete.intersection(_BINDINGS):
        return "there is no RBAC that says what service accounts may do"
    return ""


def _matters(entry: LedgerEntry) -> bool:
    """Whether a read ended such that managers may be out of sight.

    Services and the like of some namespaces are evidence of those; who is bound to a role there
    and who runs there must be known of all.
    """
    status = entry.outcome.status
    needed = not entry.optional or entry.read in _BINDINGS
    return status in INCOMPLETE and (needed or status != "partial")


class Unknown:
    """Why a CRD without a known manager may have one all the same, at one moment."""

    def __init__(self, moment: Moment) -> None:
        self._all = _why_unknown(moment)
        self._each = {
            entry.read: entry.outcome.reason
            for entry in moment.ledger
            if entry.resource_type == _OPERATORS and entry.optional
        }

    def why(self, crd: str) -> str:
        """Why for a CRD; empty when nobody manages it."""
        each = self._each
        return self._all or each.get(managers_read(crd)) or each.get(managers_read(), "")


@dataclass(slots=True)
class _Snapshot:
    """An earlier snapshot, as far as it matters here; ``whole`` if it holds all CRDs there were."""

    moment: Moment
    instances: Mapping[str, int | None]
    managed: Iterable[str]
    unknown: Unknown
    whole: bool


@dataclass(slots=True)
class _Past:
    """The earlier snapshots, each read once, and only as far back as somebody asks."""

    now: Moment
    unread: Iterator[Moment]
    read: list[_Snapshot] = field(default_factory=list)

    def since(self, crd: str) -> dict[str, Any]:
        """The oldest time from which on no snapshot shows a manager of a CRD that was there.

        What was read just now is the oldest where an earlier snapshot shows a manager, or no such
        CRD; where none tells, the time is not known. Snapshots in which it is not known who
        manages it say nothing and are passed over.
        """
        oldest = self.now
        history = oldest.number is not None
        for snapshot in self._snapshots():
            if crd in snapshot.managed or (snapshot.whole and crd not in snapshot.instances):
                history = True
                break
            if crd in snapshot.instances and not snapshot.unknown.why(crd):
                history = True
                oldest = snapshot.moment
        if not history:
            return {"orphan_since_reason": NO_HISTORY}
        return {"orphan_since": oldest.timestamp, "orphan_since_snapshot": oldest.number}

    def instance(self, row: Row) -> dict[str, Any]:
        """When a CRD was last seen to have an instance."""
        if row.get("instance_count"):
            return self._seen(self.now)
        for snapshot in self._snapshots():
            if snapshot.instances.get(str(row.get("name"))):
                return self._seen(snapshot.moment)
        return {}

    def _seen(self, moment: Moment) -> dict[str, Any]:
        return {"instance_seen": moment.timestamp, "instance_seen_snapshot": moment.number}

    def _snapshots(self) -> Iterator[_Snapshot]:
        yield from self.read
        for moment in self.unread:
            self.read.append(_snapshot(moment, self.read[-1] if self.read else None))
            yield self.read[-1]


def _snapshot(moment: Moment, later: _Snapshot | None) -> _Snapshot:
    """What matters of a moment; memory is shared with the one after it where they are equal."""
    counted = {str(row["name"]): row.get("instance_count") for row in moment.rows(_CRDS)}
    return _Snapshot(
        moment,
        later.instances if later and later.instances == counted else counted,
        managers_of(moment).keys(),
        Unknown(moment),
        moment.counts.get(_CRDS) is not None,
    )
