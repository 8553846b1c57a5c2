"""Resource types that a YAML file declares, read and checked without a line of code.

Imported only when there is such a file. The file, in the configuration's folder ``types``::

    apiVersion: k8s-datamodel/v1
    kind: ResourceType
    spec:
      group: cert-manager.io      # empty for the core group
      version: v1
      kind: Certificate
      plural: certificates
      columns:
      - {name: issuer, jsonPath: .spec.issuerRef.name, show: table, filter: issuer}

``namespaced`` (true), ``name`` (the plural), ``command`` and ``singular`` (the kind) and
``identity`` have defaults; the columns ``namespace`` and ``name`` need not be given. A column takes
what ``model.Column`` takes, and the type ``time`` for RFC 3339 times, which become UTC text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from k8s_datamodel import hookimpl
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import Resource
from k8s_datamodel.plugins.declared import TYPES, DeclaredCollector, DeclaredColumn
from k8s_datamodel.plugins.validation import column_faults, faults
from k8s_datamodel.plugins.yamlfiles import Fields, File, read_yaml
from k8s_datamodel.types.jsonpaths import parse
from k8s_datamodel.types.resource_types import Read, ResourceType

API_VERSION = "k8s-datamodel/v1"

_TOP: Fields = {"apiVersion": str, "kind": str, "spec": dict}
_RESOURCE: dict[str, type] = {
    "group": str,
    "version": str,
    "kind": str,
    "plural": str,
    "namespaced": bool,
}
_SPEC: Fields = _RESOURCE | {
    "name": str,
    "command": str,
    "singular": str,
    "skip": str,
    "count": str,
    "order": int,
    "description": str,
    "identity": list,
    "columns": list,
}
_COLUMN: Fields = {
    "name": str,
    "jsonPath": str,
    "type": str,
    "key": str,
    "title": str,
    "show": str,
    "filter": str,
    "atLeast": str,
    "volatile": bool,
    "document": bool,
    "description": str,
}
_OTHERWISE = ("jsonPath", "type", "atLeast")
"""Fields of a column that are not the attribute of that name."""


@dataclass(frozen=True, slots=True)
class DeclaredPlugin:
    """A plugin that registers one declared type."""

    type: ResourceType

    @hookimpl
    def register_resource_types(self) -> tuple[ResourceType]:
        """The type."""
        return (self.type,)


def read(path: Path) -> DeclaredPlugin:
    """The plugin that a type file stands for. Raises FaultError with the line."""
    file = read_yaml(path)
    file.check((), _TOP, tuple(_TOP))
    if file.at(("apiVersion",)) != API_VERSION:
        raise file.fault(("apiVersion",), f"must be {API_VERSION}")
    if file.at(("kind",)) != "ResourceType":
        raise file.fault(("kind",), "must be ResourceType, there is no other")
    file.check(("spec",), _SPEC, ("version", "kind", "plural", "columns"))
    return DeclaredPlugin(_resource_type(file))


def _resource_type(file: File) -> ResourceType:
    spec = file.at(("spec",))
    resource = Resource(
        spec.get("group", ""),
        spec["version"],
        spec["plural"],
        spec["kind"],
        spec.get("namespaced", True),
    )
    if not all(isinstance(name, str) for name in spec.get("identity", ())):
        raise file.fault(("spec", "identity"), "must be a list of texts")
    columns = [*_usual_columns(resource, spec["columns"]), *_own_columns(file)]
    kind = spec.get("singular") or resource.kind
    made = ResourceType(
        name=spec.get("name") or resource.plural.replace("-", "_"),
        command=spec.get("command") or resource.kind.lower(),
        singular=kind,
        plural=_plural(kind, resource),
        columns=tuple(column for column, _ in columns),
        identity=tuple(spec.get("identity") or _usual_identity(resource)),
        collector=DeclaredCollector(
            resource, tuple(collected for _, collected in columns), str(file.path)
        ),
        reads=(Read(resource),),
        skip=spec.get("skip", ""),
        count=spec.get("count", ""),
        order=spec.get("order", 100),
        description=spec.get("description") or f"{resource.kind} objects of {resource.name}",
    )
    for wrong in faults(made):
        what = wrong.removeprefix(f"type {made.name}: ")
        field = what.partition(" ")[0]
        raise file.fault(("spec", "columns" if field in ("column", "filter") else field), what)
    return made


def _usual_identity(resource: Resource) -> tuple[str, ...]:
    return ("namespace", "name") if resource.namespaced else ("name",)


def _plural(kind: str, resource: Resource) -> str:
    """Certificates of Certificate and certificates, Policies of Policy and policies."""
    for length in range(len(kind), 0, -1):
        if resource.plural.startswith(kind[:length].lower()):
            return kind[:length] + resource.plural[length:]
    return resource.plural


def _usual_columns(
    resource: Resource, given: Iterable[Any]
) -> Iterator[tuple[Column, DeclaredColumn]]:
    names = {column.get("name") for column in given if isinstance(column, dict)}
    for name in _usual_identity(resource):
        if name not in names:
            # Every command has --namespace already.
            column = Column(name, show="table", filter="name" if name == "name" else "")
            yield column, DeclaredColumn(name, f".metadata.{name}")


def _own_columns(file: File) -> Iterator[tuple[Column, DeclaredColumn]]:
    for number, given in enumerate(file.at(("spec", "columns"))):
        place = ("spec", "columns", number)
        file.check(place, _COLUMN, ("name", "jsonPath"))
        if (kind := given.get("type", "text")) not in TYPES:
            raise file.fault((*place, "type"), f"must be one of {', '.join(TYPES)}")
        attributes = {key: value for key, value in given.items() if key not in _OTHERWISE}
        at_least = given.get("atLeast", "")
        column = Column(**attributes, type=TYPES[kind][0], at_least=at_least)
        for wrong in column_faults(column):
            raise file.fault(place, wrong)
        try:
            parse(given["jsonPath"])
        except ValueError as error:
            raise file.fault((*place, "jsonPath"), f"{given['jsonPath']!r}: {error}") from None
        yield column, DeclaredColumn(column.name, given["jsonPath"], kind)
