"""What the definitions of CRDs say beyond their columns: versions, and how large schemas are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from k8s_datamodel.api import Moment, Row
from k8s_datamodel_plugins.crds.schemas import schema_of, versions
from k8s_datamodel_plugins.definitions import versions_of
from k8s_datamodel_plugins.object_parts import mapping, text

CRDS = "crds"
"""The resource type whose definitions these are."""


@dataclass(frozen=True, slots=True)
class CrdVersion:
    """A version of a CRD.

    Attributes:
        served: whether the API serves it.
        storage: whether new objects are stored in it.
        deprecated: whether the CRD says so.
        warning: what the API server tells those who still use it.
        stored: whether stored objects may have it; None if the status does not say.
        schema: bytes of its schema, as JSON without spaces.
    """

    name: str
    served: bool
    storage: bool
    deprecated: bool
    warning: str
    stored: bool | None
    schema: int

    @property
    def to_migrate(self) -> bool:
        """Whether objects may be stored in it although new ones are stored in another one."""
        return bool(self.stored) and not self.storage


@dataclass(frozen=True, slots=True)
class CrdFacts:
    """What a CRD's definition says.

    Attributes:
        versions: in its order.
    """

    name: str
    versions: Sequence[CrdVersion]

    @property
    def schema(self) -> int:
        """Bytes of all its schemas."""
        return sum(each.schema for each in self.versions)


def crd_facts(moment: Moment) -> dict[str, CrdFacts]:
    """What the definitions of a moment say, by name of CRD. One object is in memory at a time."""
    rows = moment.rows(CRDS, objects=True)
    return {str(row.get("name")): CrdFacts(str(row.get("name")), [*_versions(row)]) for row in rows}


def _versions(row: Row) -> Iterator[CrdVersion]:
    crd = mapping(row.get("spec"))
    said = {text(each.get("name")): each for each in versions_of(crd)}
    stored = row.get("stored_versions")
    for name in versions(crd):
        version = said.get(name, {})
        schema = schema_of(crd, name)
        yield CrdVersion(
            name,
            served=version.get("served", True) is True,
            storage=name == row.get("storage_version"),
            deprecated=version.get("deprecated") is True,
            warning=text(version.get("deprecationWarning")) or "",
            stored=None if stored is None else name in stored,
            schema=len(json.dumps(schema, separators=(",", ":"))) if schema else 0,
        )
