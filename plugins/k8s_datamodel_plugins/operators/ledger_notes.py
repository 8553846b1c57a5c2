"""Tell in the ledger what was not seen, and what people say that does not hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence

from k8s_datamodel.api import INCOMPLETE, Outcome, TypeReader
from k8s_datamodel_plugins import operators as of
from k8s_datamodel_plugins.definitions import CRDS, managers_of, service_of_conversions
from k8s_datamodel_plugins.operators.facts.fact_types import Crd, Name, Service
from k8s_datamodel_plugins.operators.judging.idle import (
    Idle,
    why_missing,
    why_unmanaged,
    why_unseen,
)
from k8s_datamodel_plugins.operators.judging.packages import agree
from k8s_datamodel_plugins.operators.judging.told import Objection

_REASONS = 5
"""How many reasons one finding lists."""

UNREAD = INCOMPLETE - {"partial"}
"""The RBAC objects of a dump are evidence, although some may be missing."""


def tell_unknown(reader: TypeReader, idle: Sequence[Idle], managed: Container[str]) -> None:
    """Note in the ledger which workloads are missing, and whose managers they may be."""
    missing = why_missing(idle)
    if missing and not all(reader.whole(resource) for resource in of.WORKLOADS):
        reader.note("workloads", Outcome("partial", missing))
    for crd, why in why_unmanaged(idle).items():
        if crd not in managed:
            reader.note(managers_of(crd), Outcome("skipped", why), optional=True)


def tell_undecided(reader: TypeReader, undecided: Mapping[str, str]) -> None:
    """Note in the ledger of which CRDs nothing tells who manages them, and why."""
    for crd, why in undecided.items():
        reader.note(managers_of(crd), Outcome("skipped", why), optional=True)


def tell_unseen(reader: TypeReader, unseen: Mapping[str, Name]) -> None:
    """Note in the ledger that roles are missing, so the managers of CRDs are unknown."""
    why = why_unseen(unseen)
    if why and not all(reader.whole(resource) for resource in (of.CLUSTER_ROLES, of.ROLES)):
        reader.note(managers_of(), Outcome("skipped", why), optional=True)


def tell_objections(reader: TypeReader, objections: Iterable[Objection]) -> None:
    """Note in the ledger what is told and does not hold, by whom it is told.

    Of what was not read nobody knows whether it is there. Where only one namespace was read,
    bindings in others may grant rights.
    """
    unread = any(reader.status(each) in INCOMPLETE for each in (*of.WORKLOADS, CRDS))
    found: dict[str, list[Objection]] = defaultdict(list)
    for each in objections:
        about = each.saying.workload
        elsewhere = reader.namespace not in (None, about.name.namespace)
        granted = each.by_rights and reader.namespace is not None
        if not (granted or (each.absent and (unread or elsewhere))):
            where = each.saying.path or about.written
            found[of.told_by(each.saying.target, where)].append(each)
    for where, against in found.items():
        absent = all(each.absent for each in against)
        reasons = list(dict.fromkeys(each.reason for each in against))
        more = f"; and {len(reasons) - _REASONS} more" if len(reasons) > _REASONS else ""
        told = "; ".join(reasons[:_REASONS]) + more
        reader.note(where, Outcome("absent" if absent else "skipped", told), optional=True)


def tell_unseen_services(
    reader: TypeReader, crds: Iterable[Crd], services: Iterable[Service]
) -> None:
    """Note in the ledger which services that convert custom resources are not there."""
    status = reader.status(of.SERVICES)
    if status in UNREAD:
        return  # the ledger has it
    seen = defaultdict(set)
    for service in services:
        seen[service.name.name].add(service.name.namespace)
    whole = status == "complete" and reader.whole(of.SERVICES)
    for namespace, name in sorted({crd.webhook for crd in crds if crd.webhook}):
        limited = reader.namespace not in (None, namespace)
        if limited or any(agree(namespace, each) for each in seen[name]):
            continue
        outcome = (
            Outcome("absent", f"there is no service {namespace}/{name}")
            if whole
            else Outcome("skipped", f"there may be a service {namespace}/{name} that was not read")
        )
        reader.note(service_of_conversions(namespace, name), outcome, optional=True)
