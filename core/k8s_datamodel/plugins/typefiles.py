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

Everything else has the defaults of a ``ResourceType`` without a collector. A column takes what
``Column`` takes, and the type ``time`` for RFC 3339 times, which become UTC text.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from k8s_datamodel import hookimpl
from k8s_datamodel.data.columns import Column, ColumnType
from k8s_datamodel.data.objects import Resource
from k8s_datamodel.plugins.validation import faults
from k8s_datamodel.plugins.yamlfiles import Fields, File, read_yaml
from k8s_datamodel.types.resource_types import DeclaredType, Read, ResourceType
from k8s_datamodel.types.type_checks import column_faults

API_VERSION = "k8s-datamodel/v1"

_TOP: Fields = {"apiVersion": str, "kind": str, "spec": dict}
_RESOURCE = {**dict.fromkeys(("group", "version", "kind", "plural"), str), "namespaced": bool}
_NAMES = ("name", "command", "singular", "skip", "count", "description")
_SPEC: Fields = {
    **_RESOURCE,
    **dict.fromkeys(_NAMES, str),
    "order": int,
    "identity": list,
    "columns": list,
}
_TEXTS = (
    *("name", "jsonPath", "type", "key", "title", "show", "align", "filter", "atLeast"),
    "description",
)
_COLUMN: Fields = {**dict.fromkeys(_TEXTS, str), "importance": int, "volatile": bool}
_OTHERWISE = {*_RESOURCE, "identity", "columns"}
"""Fields of a type that are not the attribute of that name."""

_ATTRIBUTES = {"jsonPath": "path", "atLeast": "at_least"}
_UTC = "k8s_datamodel.types.column_values:utc"
_TYPES = (*typing.get_args(ColumnType), "time")


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
    resource = Resource(**{"group": "", **{key: spec[key] for key in _RESOURCE if key in spec}})
    if not all(isinstance(name, str) for name in spec.get("identity", ())):
        raise file.fault(("spec", "identity"), "must be a list of texts")
    made = DeclaredType(
        **{key: value for key, value in spec.items() if key not in _OTHERWISE},
        columns=tuple(_columns(file)),
        identity=tuple(spec.get("identity") or ()),
        reads=(Read(resource),),
        declared_in=str(file.path),
    )
    for wrong in faults(made):
        what = wrong.removeprefix(f"type {made.name}: ")
        field = what.partition(" ")[0]
        raise file.fault(("spec", "columns" if field in ("column", "option") else field), what)
    return made


def _columns(file: File) -> Iterator[Column]:
    for number, given in enumerate(file.at(("spec", "columns"))):
        place = ("spec", "columns", number)
        file.check(place, _COLUMN, ("name", "jsonPath"))
        if (kind := given.get("type", "text")) not in _TYPES:
            raise file.fault((*place, "type"), f"must be one of {', '.join(_TYPES)}")
        attributes = {_ATTRIBUTES.get(key, key): value for key, value in given.items()}
        if kind == "time":
            attributes |= {"type": "text", "value": _UTC}
        column = Column(**attributes)
        for wrong in column_faults(column):
            field = ("jsonPath",) if wrong.startswith("path ") else ()
            raise file.fault((*place, *field), wrong.removeprefix("path "))
        yield column
