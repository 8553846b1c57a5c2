"""What a CRD is made of, and of which kind each part is; the rest no rule knows.

Source: CustomResourceDefinitionSpec of apiextensions.k8s.io/v1 and v1beta1 in the API references.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Shapes = Mapping[str, "Callable[[Any], bool]"]


def _is(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kinds)


def _list_of(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(isinstance(one, kinds) for one in value)


OBJECT = dict.fromkeys(("apiVersion", "kind", "metadata", "spec", "status"), _is(object))
NAMES: Shapes = {
    **dict.fromkeys(("plural", "singular", "kind", "listKind"), _is(str)),
    **dict.fromkeys(("shortNames", "categories"), _list_of(str)),
}
SPEC: Shapes = {
    "group": _is(str),
    "names": _is(Mapping),
    "scope": _is(str),
    "versions": _is(list),
    "conversion": _is(Mapping),
    "preserveUnknownFields": _is(bool),
}
COMMON: Shapes = {"subresources": _is(Mapping), "additionalPrinterColumns": _list_of(Mapping)}
BETA_SPEC: Shapes = {**SPEC, **COMMON, "version": _is(str), "validation": _is(Mapping)}
VERSION: Shapes = {
    **COMMON,
    "name": _is(str),
    "served": _is(bool),
    "storage": _is(bool),
    "schema": _is(Mapping),
    "deprecated": _is(bool),
    "deprecationWarning": _is(str),
    "selectableFields": _list_of(Mapping),
}
SCHEMA: Shapes = {"openAPIV3Schema": _is(object)}
SUBRESOURCES: Shapes = {"status": _is(Mapping), "scale": _is(Mapping)}
WEBHOOK: Shapes = {"clientConfig": _is(Mapping), "conversionReviewVersions": _list_of(str)}
CONVERSION: Shapes = {"strategy": _is(str), "webhook": _is(Mapping)}
BETA_CONVERSION: Shapes = {
    "strategy": _is(str),
    "webhookClientConfig": _is(Mapping),
    "conversionReviewVersions": _list_of(str),
}


def others(where: str, value: Any, shapes: Shapes) -> dict[str, Any]:
    """What a mapping holds that has no shape, or another one, by its path."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        return {where: value}
    return {
        f"{where}.{key}".lstrip("."): one
        for key, one in value.items()
        if one is not None and not (key in shapes and shapes[key](one))
    }
