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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from k8s_datamodel import hookimpl
from k8s_datamodel.data.columns import Column, ColumnType
from k8s_datamodel.data.objects import Resource
from k8s_datamodel.plugins.validation import faults
from k8s_datamodel.plugins.yamlfiles import Fields, File, read_yaml
from k8s_datamodel.types.resource_types import DeclaredType, Matrix, Read, ResourceType
from k8s_datamodel.types.type_checks import column_faults

API_VERSION = "k8s-datamodel/v1"

_TOP: Fields = {"apiVersion": str, "kind": str, "spec": dict}
_RESOURCE = {**dict.fromkeys(("group", "version", "kind", "plural"), str), "namespaced": bool}
_NAMES = ("name", "command", "singular", "skip", "count", "description", "tells")
_LISTS = ("identity", "foundBy", "noise")
SPEC: Fields = {
    **_RESOURCE,
    **dict.fromkeys(_NAMES, str),
    "order": int,
    "objectShown": bool,
    **dict.fromkeys(_LISTS, list),
    "matrix": dict,
    "columns": list,
}
"""The fields of a type; those of ``NEEDED`` must be there."""

MATRIX: Fields = {"key": list, "version": str, "count": str}
"""The fields of a type's ``matrix``."""

NEEDED = ("version", "kind", "plural", "columns")

_TEXTS = (
    *("name", "jsonPath", "type", "key", "title", "show", "align", "filter", "atLeast"),
    "description",
)
COLUMN: Fields = {**dict.fromkeys(_TEXTS, str), "importance": int, "volatile": bool}
"""The fields of a column; those of ``COLUMN_NEEDED`` must be there."""

COLUMN_NEEDED = ("name", "jsonPath")

_OTHERWISE = {*_RESOURCE, *_LISTS, "matrix", "columns"}
"""Fields of a type that are no attribute, or one of another type."""

_ATTRIBUTES = {
    "jsonPath": "path",
    "atLeast": "at_least",
    "foundBy": "found_by",
    "objectShown": "object_shown",
}
_FIELDS = {attribute: field for field, attribute in _ATTRIBUTES.items()}
_UTC = "k8s_datamodel.types.column_values:utc"
TYPES = (*typing.get_args(ColumnType), "time")
"""What a column's ``type`` may be."""


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
    file.check(("spec",), SPEC, NEEDED)
    return DeclaredPlugin(_resource_type(file))


def _resource_type(file: File) -> ResourceType:
    spec = file.at(("spec",))
    resource = Resource(**{"group": "", **{key: spec[key] for key in _RESOURCE if key in spec}})
    for field in _LISTS:
        _insist_on_texts(file, ("spec", field))
    plain = {key: value for key, value in spec.items() if key not in _OTHERWISE}
    made = DeclaredType(
        **_attributes(plain),
        **_attributes({field: tuple(spec.get(field, ())) for field in _LISTS}),
        columns=tuple(_columns(file)),
        matrix=_matrix(file),
        reads=(Read(resource),),
        declared_in=str(file.path),
    )
    for wrong in faults(made):
        what = wrong.removeprefix(f"type {made.name}: ")
        attribute = what.partition(" ")[0]
        field = _FIELDS.get(attribute, attribute)
        place = "columns" if attribute in ("column", "option") else field
        raise file.fault(("spec", place), f"{field}{what.removeprefix(attribute)}")
    return made


def _insist_on_texts(file: File, place: tuple[str, ...]) -> None:
    """Raise FaultError unless what stands there, if anything does, is a list of texts."""
    *around, field = place
    if not all(isinstance(name, str) for name in file.at(tuple(around)).get(field, ())):
        raise file.fault(place, "must be a list of texts")


def _matrix(file: File) -> Matrix:
    place = ("spec", "matrix")
    given = file.at(("spec",)).get("matrix")
    if given is None:
        return Matrix()
    file.check(place, MATRIX, ())
    _insist_on_texts(file, (*place, "key"))
    return Matrix(**{**given, "key": tuple(given.get("key", ()))})


def _attributes(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The values by the names of the attributes that the fields stand for."""
    return {_ATTRIBUTES.get(field, field): value for field, value in fields.items()}


def _columns(file: File) -> Iterator[Column]:
    for number, given in enumerate(file.at(("spec", "columns"))):
        place = ("spec", "columns", number)
        file.check(place, COLUMN, COLUMN_NEEDED)
        if (kind := given.get("type", "text")) not in TYPES:
            raise file.fault((*place, "type"), f"must be one of {', '.join(TYPES)}")
        attributes = _attributes(given)
        if kind == "time":
            attributes |= {"type": "text", "value": _UTC}
        column = Column(**attributes)
        for wrong in column_faults(column):
            field = ("jsonPath",) if wrong.startswith("path ") else ()
            raise file.fault((*place, *field), wrong.removeprefix("path "))
        yield column
