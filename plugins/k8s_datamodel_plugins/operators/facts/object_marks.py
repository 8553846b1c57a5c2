"""Names and marks of objects of any kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from k8s_datamodel.api import KubernetesObject
from k8s_datamodel_plugins.object_parts import (
    annotations_of,
    labels_of,
    mapping,
    metadata_of,
    text,
)
from k8s_datamodel_plugins.operators.facts import marks
from k8s_datamodel_plugins.operators.facts.fact_types import Marks, Name


def name_of(item: KubernetesObject) -> Name:
    """Namespace and name of an object."""
    meta = metadata_of(item)
    return Name(text(meta.get("namespace")) or "", text(meta.get("name")) or "")


def text_pairs(value: Any) -> Marks:
    """The pairs of a mapping whose values are texts."""
    return frozenset((k, v) for k, v in mapping(value).items() if isinstance(v, str))


def marks_of(item: KubernetesObject) -> Marks:
    """Labels that may tie the objects of a product together, and the Helm release."""
    found = {pair for pair in text_pairs(labels_of(item)) if pair[0] not in marks.COMMON_KEYS}
    release = text(annotations_of(item).get(marks.HELM_RELEASE))
    if release:
        found.add((marks.HELM_RELEASE, re.sub(r"-crds?$", "", release)))
    return frozenset(found)


def extension_of(labels: Mapping[str, Any]) -> str:
    """Name of the ClusterExtension of OLM v1 that installed an object; empty for none."""
    kind = labels.get(marks.OLM_V1_OWNER_KIND, marks.OLM_V1_EXTENSION)
    name = text(labels.get(marks.OLM_V1_OWNER_NAME))
    return name or "" if kind == marks.OLM_V1_EXTENSION else ""
