"""Reduce a CRD to what ties it to workloads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from k8s_datamodel.api import KubernetesObject
from k8s_datamodel_plugins.definitions import (
    conversion_service,
    defined,
    in_namespaces,
    refused,
    unserved,
)
from k8s_datamodel_plugins.object_parts import labels_of, mapping, sequence, text, texts
from k8s_datamodel_plugins.operators.facts import marks
from k8s_datamodel_plugins.operators.facts.fact_types import Crd, Name
from k8s_datamodel_plugins.operators.facts.object_marks import extension_of, marks_of
from k8s_datamodel_plugins.operators.facts.told_words import sayings_of_crd
from k8s_datamodel_plugins.operators.facts.words import words_of

_NODE = "node"
_NODE_FIELD = re.compile(r"(owner|current)?node(name|id)?$")


def crd(item: KubernetesObject) -> Crd | None:
    """The fact of a CRD, v1 or v1beta1; None without a group."""
    spec = mapping(item.get("spec"))
    names = mapping(spec.get("names"))
    group, plural = text(spec.get("group")), text(names.get("plural"))
    if not group or not plural:
        return None
    converter = conversion_service(item)
    return Crd(
        name=f"{plural}.{group}",
        group=group,
        plural=plural,
        kind=text(names.get("kind")) or "",
        marks=frozenset(mark for mark in marks_of(item) if _names_product(mark[0], group)),
        package=extension_of(labels_of(item)),
        webhook=Name(*converter) if converter else None,
        node_bound=_node_bound(spec),
        told=sayings_of_crd(item, f"{plural}.{group}"),
        instances=None if refused(item) else defined(item),
        unserved=unserved(item),
        plain=_plain(spec),
        namespaced=in_namespaces(spec.get("scope")),
        short=frozenset(texts(names.get("shortNames"))),
    )


def _names_product(key: str, group: str) -> bool:
    """Whether a mark of a CRD names its product, not a team or an environment.

    Its key is well known, or in the domain of the CRD's group.
    """
    domain = key.rpartition("/")[0]
    if not domain or key in marks.PRODUCT_KEYS:
        return key in marks.PRODUCT_KEYS
    return f".{group}".endswith(f".{domain}") or f".{domain}".endswith(f".{group}")


def _plain(spec: Mapping[str, Any]) -> bool:
    """Whether each version has a schema, and none a status."""
    versions = [mapping(each) for each in sequence(spec.get("versions"))]
    schemas = (mapping(mapping(each.get("schema")).get("openAPIV3Schema")) for each in versions)
    fields = [mapping(schema.get("properties")) for schema in schemas]
    parts = any("status" in mapping(each.get("subresources")) for each in versions)
    return bool(fields) and all(each and "status" not in each for each in fields) and not parts


def _node_bound(spec: Mapping[str, Any]) -> bool:
    kind = words_of(text(mapping(spec.get("names")).get("kind")) or "")
    if _NODE in kind:
        return True
    versions = (mapping(each) for each in sequence(spec.get("versions")))
    schemas = [mapping(version.get("schema")) for version in versions]
    return any(
        _NODE_FIELD.match(field.lower())
        for schema in (*schemas, mapping(spec.get("validation")))
        for field in _fields(mapping(schema.get("openAPIV3Schema")))
    )


def _fields(schema: Mapping[str, Any]) -> Iterator[str]:
    """Names of plain text fields directly under ``spec`` and ``status``."""
    parts = mapping(schema.get("properties"))
    for part in ("spec", "status"):
        for name, field in mapping(mapping(parts.get(part)).get("properties")).items():
            if mapping(field).get("type") == "string":
                yield str(name)
