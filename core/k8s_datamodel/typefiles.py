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

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from k8s_datamodel import hookimpl
from k8s_datamodel.declared import TYPES, DeclaredCollector, DeclaredColumn
from k8s_datamodel.isolation import FaultError, shown
from k8s_datamodel.jsonpaths import parse
from k8s_datamodel.model import Column, Read, Resource, ResourceType
from k8s_datamodel.validation import column_faults, faults

API_VERSION = "k8s-datamodel/v1"
_LARGEST = 1 << 20  # bytes; a type is a page of text

_Place: TypeAlias = tuple[str | int, ...]
_Fields: TypeAlias = Mapping[str, type]

_TOP: _Fields = {"apiVersion": str, "kind": str, "spec": dict}
_RESOURCE: dict[str, type] = {
    "group": str,
    "version": str,
    "kind": str,
    "plural": str,
    "namespaced": bool,
}
_SPEC: _Fields = _RESOURCE | {
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
_COLUMN: _Fields = {
    "name": str,
    "jsonPath": str,
    "type": str,
    "key": str,
    "title": str,
    "show": str,
    "filter": str,
    "volatile": bool,
    "document": bool,
    "description": str,
}
_WORDS = {str: "a text", bool: "true or false", int: "a whole number", dict: "a mapping"}


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
    file = _read(path)
    file.check((), _TOP, tuple(_TOP))
    if file.at(("apiVersion",)) != API_VERSION:
        raise file.fault(("apiVersion",), f"must be {API_VERSION}")
    if file.at(("kind",)) != "ResourceType":
        raise file.fault(("kind",), "must be ResourceType, there is no other")
    file.check(("spec",), _SPEC, ("version", "kind", "plural", "columns"))
    return DeclaredPlugin(_resource_type(file))


@dataclass(frozen=True, slots=True)
class _File:
    """A YAML document and where in it everything stands."""

    path: Path
    value: Any
    lines: Mapping[_Place, int]

    def at(self, place: _Place) -> Any:
        value = self.value
        for step in place:
            value = value[step]
        return value

    def fault(self, place: _Place, reason: str) -> FaultError:
        """The fault at a place, or at the nearest thing around it that stands in the file."""
        around = next(place[:n] for n in range(len(place), -1, -1) if place[:n] in self.lines)
        name = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in place)
        return FaultError(
            f"{name.lstrip('.') or 'the file'}: {reason}", str(self.path), self.lines[around]
        )

    def check(self, place: _Place, known: _Fields, needed: Iterable[str]) -> None:
        """Check a mapping's keys and the types of its values."""
        value = self.at(place)
        if not isinstance(value, dict):
            raise self.fault(place, f"must be a mapping, not {shown(value)}")
        for key, item in value.items():
            if key not in known:
                near = difflib.get_close_matches(str(key), known, n=1)
                hint = f"perhaps {near[0]} is meant" if near else f"known are {', '.join(known)}"
                raise self.fault((*place, key), f"is no field of this; {hint}")
            self._check_value((*place, key), item, known[key])
        for key in needed:
            if value.get(key) in (None, "", []):
                raise self.fault(place, f"needs {key}")

    def _check_value(self, place: _Place, value: Any, kind: type) -> None:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            hint = "" if isinstance(value, dict | list) or kind is not str else "; put it in quotes"
            raise self.fault(
                place, f"must be {_WORDS.get(kind, 'a list')}, not {shown(value)}{hint}"
            )


def _read(path: Path) -> _File:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise FaultError(f"it is larger than {_LARGEST} bytes", str(path))
        loader = yaml.SafeLoader(content)
        node = loader.get_single_node()
        if node is None:
            raise FaultError("it is empty", str(path), 1)
        lines: dict[_Place, int] = {}
        _note_lines(node, (), lines, set(), path)
        return _File(path, loader.construct_document(node), lines)
    except OSError as error:
        raise FaultError(f"cannot be read: {error.strerror}", str(path)) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        raise FaultError(f"is no YAML: {error.problem or error.context}", str(path), line) from None
    except (yaml.YAMLError, ValueError) as error:
        raise FaultError(f"is no YAML: {error}", str(path)) from None


def _note_lines(
    node: yaml.Node, place: _Place, lines: dict[_Place, int], seen: set[int], path: Path
) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if id(node) in seen:  # an alias; it may even lead back to itself
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            _note_lines(item, (*place, number), lines, seen, path)
    if isinstance(node, yaml.MappingNode):
        for key, item in node.value:
            inner = (*place, str(key.value))
            if inner in lines:
                raise FaultError(f"{key.value} is there twice", str(path), key.start_mark.line + 1)
            lines[inner] = key.start_mark.line + 1
            _note_lines(item, inner, lines, seen, path)


def _resource_type(file: _File) -> ResourceType:
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
        collector=DeclaredCollector(resource, tuple(collected for _, collected in columns)),
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


def _own_columns(file: _File) -> Iterator[tuple[Column, DeclaredColumn]]:
    for number, given in enumerate(file.at(("spec", "columns"))):
        place = ("spec", "columns", number)
        file.check(place, _COLUMN, ("name", "jsonPath"))
        if (kind := given.get("type", "text")) not in TYPES:
            raise file.fault((*place, "type"), f"must be one of {', '.join(TYPES)}")
        attributes = {key: value for key, value in given.items() if key not in ("jsonPath", "type")}
        column = Column(**attributes, type=TYPES[kind][0])
        for wrong in column_faults(column):
            raise file.fault(place, wrong)
        try:
            parse(given["jsonPath"])
        except ValueError as error:
            raise file.fault((*place, "jsonPath"), f"{given['jsonPath']!r}: {error}") from None
        yield column, DeclaredColumn(column.name, given["jsonPath"], kind)
