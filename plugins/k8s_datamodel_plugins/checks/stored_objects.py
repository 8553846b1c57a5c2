"""The custom resources of a moment, CRD by CRD, and which of them were read wholly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from k8s_datamodel.api import KubernetesObject, LedgerEntry, Moment, Row
from k8s_datamodel.commands import RowsByName
from k8s_datamodel_plugins.definitions import in_namespaces
from k8s_datamodel_plugins.instances import TYPE
from k8s_datamodel_plugins.object_parts import mapping, metadata_of, sequence, text

_KEYS = ("apiVersion", "manager", "operation", "subresource")


@dataclass(frozen=True, slots=True)
class Reading:
    """How the objects of a CRD were read.

    Attributes:
        whole: all of them were.
        some: some were, or may have been.
        why: not all; empty where nobody asked for them.
    """

    whole: bool
    some: bool
    why: str = ""


class StoredObjects:
    """The custom resources of a moment that is in a store; None where none are at hand."""

    def __init__(self, moment: Moment | None) -> None:
        self._moment = moment
        self._rows = RowsByName(moment, TYPE.name, 2) if moment else None
        self._reads: dict[str, LedgerEntry] = {}
        for each in moment.ledger if moment else ():
            if each.resource_type == TYPE.name:
                self._reads[each.read] = each

    @property
    def there(self) -> bool:
        """Whether the moment has any custom resources, or was asked for some."""
        return bool(self._moment and self._moment.asked_for(TYPE))

    def reading(self, crd: str, scope: Any = None) -> Reading:
        """How the objects of a CRD of this scope were read, as the ledger says."""
        entry = self._reads.get(crd)
        if entry is None or self._moment is None:
            return Reading(whole=False, some=False)
        outcome = entry.outcome
        why = f" ({outcome.status}): {outcome.reason}" if outcome.reason else f" ({outcome.status})"
        if outcome.status != "complete":
            return Reading(False, True, f"not all objects of {crd} were read{why}")
        if self._in_part(scope):
            where = self._moment.namespace
            return Reading(False, True, f"objects of {crd} were read in {where} only")
        return Reading(whole=True, some=True)

    def number(self, row: Row) -> int | None:
        """How many objects the CRD of a row has in all namespaces; None if nobody knows."""
        scope = row.get("scope")
        if self.reading(str(row.get("name")), scope).whole:
            return sum(1 for _ in self.of(mapping(row.get("spec"))))
        counted: int | None = row.get("instance_count")
        return None if self._in_part(scope) else counted

    def _in_part(self, scope: Any) -> bool:
        """Whether objects of this scope were read, and counted, in one namespace only."""
        return bool(self._moment and self._moment.namespace) and in_namespaces(scope)

    def of(self, crd: KubernetesObject) -> Iterator[Mapping[str, Any]]:
        """The complete objects of a CRD, with the managers of their fields if known."""
        spec = mapping(crd.get("spec"))
        kind = text(mapping(spec.get("names")).get("kind"))
        for row, beside in self._rows.rows(spec.get("group"), kind) if self._rows else ():
            yield _with_managers(mapping(row.get("spec")), beside)


def _with_managers(complete: Mapping[str, Any], beside: Mapping[str, Any]) -> Mapping[str, Any]:
    """An object whose ``managedFields`` name who wrote it, if that was kept."""
    managers = beside.get("field_managers")
    if managers is None:
        return complete
    entries = [
        {key: value for key, value in zip(_KEYS, sequence(each), strict=False) if value}
        for each in sequence(managers)
    ]
    return {**complete, "metadata": {**metadata_of(complete), "managedFields": entries}}
