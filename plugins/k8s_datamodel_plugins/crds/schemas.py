"""OpenAPI v3 schemas of CRDs as trees of properties.

A schema in a CRD is finite: references are not allowed in it. What a file holds may be anything,
so nothing here recurses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8s_datamodel.api import KubernetesObject
from k8s_datamodel_plugins.definitions import versions_of
from k8s_datamodel_plugins.object_parts import mapping, sequence, text

Schema = Mapping[str, Any]

_PLAIN = re.compile(r"[\w$-]+")


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a custom resource.

    Attributes:
        path: from the top; ``[]`` stands for the items of a list, ``{}`` for the values of a map,
            such as ``spec.rules[].match{}.exact``. Names with other characters than letters,
            digits, ``_``, ``-`` and ``$`` stand in ``['...']``.
        depth: 1 for ``apiVersion`` or ``spec``, 2 for what is directly beneath.
        required: where its parent is given.
        type: in words: ``string``, ``[]object``, ``map[string]integer``, ...; lists and maps as Go
            and ``kubectl explain`` write them.
        inner: the schema of the object it is, holds a list or map of; empty if it is no object
            that has properties.
        suffix: of the path of what is beneath: ``""``, ``[]``, ``{}`` or several of these.
    """

    name: str
    path: str
    depth: int
    required: bool
    type: str
    schema: Schema
    inner: Schema
    suffix: str

    @property
    def nested(self) -> int:
        """How many properties are directly beneath."""
        return len(mapping(self.inner.get("properties")))

    def children(self) -> list[Property]:
        """The properties directly beneath, in the schema's order."""
        return properties(self.inner, self.path + self.suffix, self.depth + 1)


def versions(crd: KubernetesObject) -> list[str]:
    """Names of a CRD's versions, in its order; v1beta1 could name a single one apart."""
    spec = mapping(crd.get("spec"))
    found = [text(version.get("name")) for version in versions_of(crd)]
    return [name for name in found if name] or [str(spec["version"])] * ("version" in spec)


def schema_of(crd: KubernetesObject, version: str | None) -> Schema:
    """The schema of a version; empty when there is none (v1beta1 had one for all versions)."""
    spec = mapping(crd.get("spec"))
    for item in versions_of(crd):
        if item.get("name") == version and "schema" in item:
            return mapping(mapping(item["schema"]).get("openAPIV3Schema"))
    return mapping(mapping(spec.get("validation")).get("openAPIV3Schema"))


def properties(schema: Schema, above: str = "", depth: int = 1) -> list[Property]:
    """The properties directly in an object's schema."""
    required = set(map(str, sequence(schema.get("required"))))
    return [
        _property(str(name), mapping(each), above, depth, str(name) in required)
        for name, each in mapping(schema.get("properties")).items()
    ]


def walk(schema: Schema, max_depth: int | None = None) -> Iterator[Property]:
    """All properties, parents before children; ``max_depth`` is the last level, None for all."""
    waiting = properties(schema)[::-1]
    while waiting:
        found = waiting.pop()
        yield found
        if max_depth is None or found.depth < max_depth:
            waiting += found.children()[::-1]


def _property(name: str, schema: Schema, above: str, depth: int, required: bool) -> Property:
    step = name if _PLAIN.fullmatch(name) else f"['{name}']"
    path = f"{above}.{step}".lstrip(".") if step == name else above + step
    prefix, suffix, inner = "", "", schema
    while True:
        if inner.get("type") == "array":
            prefix, suffix = prefix + "[]", suffix + "[]"
            inner = mapping(inner.get("items"))
        elif _is_map(inner):
            prefix, suffix = prefix + "map[string]", suffix + "{}"
            inner = mapping(inner.get("additionalProperties"))
        else:
            break
    kind = prefix + _simple_type(inner)
    inner = inner if inner.get("properties") else {}
    return Property(name, path, depth, required, kind, schema, inner, suffix)


def _is_map(schema: Schema) -> bool:
    values = schema.get("additionalProperties")
    return (isinstance(values, Mapping) or values is True) and not schema.get("properties")


def _simple_type(schema: Schema) -> str:
    if schema.get("x-kubernetes-int-or-string"):
        return "integer or string"
    kind = schema.get("type")
    if isinstance(kind, Sequence) and not isinstance(kind, str):
        return " or ".join(map(str, kind))
    if not kind:
        return "object" if schema.get("properties") else "any"
    form = schema.get("format")
    return f"{kind} ({form})" if form else str(kind)
