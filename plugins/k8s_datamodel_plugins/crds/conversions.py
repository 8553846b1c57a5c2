"""Whether the service that converts a CRD's instances was there."""

from __future__ import annotations

from typing import NamedTuple

from k8s_datamodel.api import INCOMPLETE, KubernetesObject, Moment
from k8s_datamodel_plugins.definitions import (
    NO_OPERATORS,
    conversion_service,
    service_of_conversions,
)

_OPERATORS = "operators"
"""The resource type that reads services; a snapshot without its stamp is from before it told."""

_SERVICES = "services"


class ConversionService(NamedTuple):
    """The service of a CRD's conversion webhook; ``seen`` is None where nobody knows."""

    namespace: str
    name: str
    seen: bool | None
    reason: str


def conversion_service_at(moment: Moment, crd: KubernetesObject) -> ConversionService | None:
    """The service that converts a CRD's instances; None if no service does.

    The moment is read to its end. Nothing stands in the ledger for a service that was seen.
    """
    found = conversion_service(crd)
    return ConversionService(*found, *_seen(moment, *found)) if found else None


def _seen(moment: Moment, namespace: str, name: str) -> tuple[bool | None, str]:
    ledger = {e.read: e.outcome for e in moment.ledger if e.resource_type == _OPERATORS}
    if _SERVICES not in ledger:
        return None, NO_OPERATORS
    if moment.snapshot and _OPERATORS not in moment.snapshot.stamps:
        return None, "the snapshot is from before services were looked for"
    if moment.namespace not in (None, namespace):
        return None, f"services were read in namespace {moment.namespace} only"
    unseen = ledger.get(service_of_conversions(namespace, name))
    if unseen:
        return (False if unseen.status == "absent" else None), unseen.reason
    read = ledger[_SERVICES]
    if read.status in INCOMPLETE - {"partial"}:
        return None, f"services: {read.reason or read.status}"
    return True, ""
