"""Fill in the defaults of a schema, as the API server does when it reads a custom resource.

Source: pkg/apiserver/schema/defaulting/algorithm.go of kubernetes/apiextensions-apiserver.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from k8s_datamodel.data.objects import KubernetesObject
from k8s_datamodel.types.comparison_rules import Schema

_NOTHING: Schema = {}


def with_defaults(thing: KubernetesObject, schema: Schema) -> KubernetesObject:
    """The object with the schema's defaults; itself if it has them. Unchanged parts are shared.

    A property with a default gets it where it is missing, or null and not nullable. What was filled
    in gets the defaults of its own parts. The values of a map and the items of a list get a default
    where they are null and not nullable.
    """
    filled = _filled(thing, schema)
    return filled if isinstance(filled, Mapping) else thing


def _filled(value: Any, schema: Schema) -> Any:
    if isinstance(value, dict | Mapping):
        return _filled_map(value, schema)
    items = schema.get("items")
    if isinstance(value, list) and isinstance(items, Mapping):
        new = [_filled(_unless_null(item, items), items) for item in value]
        return new if any(a is not b for a, b in zip(new, value, strict=True)) else value
    return value


def _filled_map(value: Mapping[str, Any], schema: Schema) -> Mapping[str, Any]:
    properties = schema.get("properties") or _NOTHING
    rest = schema.get("additionalProperties")
    new = dict(value)
    for key, part in properties.items():
        if part.get("default") is not None and key not in value:
            new[key] = deepcopy(part["default"])
    for key, old in new.items():
        part = properties.get(key)
        if part is None and isinstance(rest, Mapping):
            part = rest
        elif part is None or (old is None and part.get("default") is None):
            continue  # a null property without a default stays
        new[key] = _filled(_unless_null(old, part), part)
    unchanged = len(new) == len(value) and all(new[key] is value[key] for key in value)
    return value if unchanged else new


def _unless_null(value: Any, schema: Schema) -> Any:
    if value is None and not schema.get("nullable"):
        return deepcopy(schema.get("default"))
    return value
