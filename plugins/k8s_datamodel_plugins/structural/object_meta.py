"""Metadata of objects, at the root and of embedded resources: what is kept, and what is wrong.

Sources: apiextensions-apiserver ``pkg/apiserver/schema/objectmeta``, apimachinery
``pkg/api/validation/objectmeta.go``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from k8s_datamodel_plugins.structural.failures import Failure, Path
from k8s_datamodel_plugins.structural.go_numbers import is_int64
from k8s_datamodel_plugins.structural.nodes import Node
from k8s_datamodel_plugins.structural.string_formats import is_date_time

_SEGMENT = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = re.compile(rf"{_SEGMENT}(?:\.{_SEGMENT})*\Z")
_LABEL = re.compile(rf"{_SEGMENT}\Z")
_KIND = re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?\Z")
_NAME = re.compile(r"(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\Z")
_LONGEST_LABEL, _LONGEST_SUBDOMAIN = 63, 253
_MOST_ANNOTATIONS = 256 * 1024
_OWNER_TEXTS = ("apiVersion", "kind", "name", "uid")

_TEXTS = ("name", "generateName", "namespace", "selfLink", "uid", "resourceVersion")
_TIMES = ("creationTimestamp", "deletionTimestamp")
_NUMBERS = ("generation", "deletionGracePeriodSeconds")


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _are_texts_by_key(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and all(map(_is_text, value.values())))


def _are_texts(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(map(_is_text, value)))


def _is_time(value: Any) -> bool:
    return value is None or (isinstance(value, str) and (value == "" or is_date_time(value)))


def _is_number(value: Any) -> bool:
    return value is None or is_int64(value)


def _are_owners(value: Any) -> bool:
    return value is None or (
        isinstance(value, list)
        and all(
            owner is None
            or (
                isinstance(owner, dict)
                and all(_is_text(owner.get(key)) for key in _OWNER_TEXTS)
                and all(
                    isinstance(owner.get(key, False), (bool, type(None)))
                    for key in ("controller", "blockOwnerDeletion")
                )
            )
            for owner in value
        )
    )


def _are_managers(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(m, dict) for m in value))


_TYPED: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(_TEXTS, _is_text),
    **dict.fromkeys(_TIMES, _is_time),
    **dict.fromkeys(_NUMBERS, _is_number),
    "labels": _are_texts_by_key,
    "annotations": _are_texts_by_key,
    "finalizers": _are_texts,
    "ownerReferences": _are_owners,
    "managedFields": _are_managers,
}


def coerce(value: Any, node: Node | None, *, dropping: bool) -> tuple[list[Path], list[Failure]]:
    """Brings the metadata of embedded resources into the form of ObjectMeta.

    Args:
        value: Changed in place.
        node: Its schema.
        dropping: Whether what is malformed is dropped, as when an object is read; otherwise, as in
            a request, it is a failure.

    Returns:
        The paths of fields that ObjectMeta does not have, which are gone, and the failures.
    """
    unknown: list[Path] = []
    failures: list[Failure] = []
    if node is not None and node.has_embedded:
        _coerce(value, node, (), dropping, unknown, failures)
    return unknown, failures


def _coerce(
    value: Any,
    node: Node,
    path: Path,
    dropping: bool,
    unknown: list[Path],
    failures: list[Failure],
) -> None:
    if isinstance(value, dict):
        if node.embedded:
            _coerce_embedded(value, path, dropping, unknown, failures)
        for key, below in value.items():
            known = node.child(key)
            if known is not None and known.has_embedded:
                _coerce(below, known, (*path, key), dropping, unknown, failures)
    elif isinstance(value, list) and node.items is not None:
        for at, below in enumerate(value):
            _coerce(below, node.items, (*path, at), dropping, unknown, failures)


def _coerce_embedded(
    value: dict[str, Any],
    path: Path,
    dropping: bool,
    unknown: list[Path],
    failures: list[Failure],
) -> None:
    for key in ("apiVersion", "kind"):
        if key in value and not isinstance(value[key], str):
            if dropping:
                del value[key]
            else:
                failures.append(Failure("objectMeta", (*path, key), "must be a string"))
    if "metadata" in value:
        meta, odd, wrong = object_meta(value["metadata"])
        place = (*path, "metadata")
        unknown.extend((*place, key) for key in odd)
        if meta is not None and (dropping or not wrong):
            value["metadata"] = meta
        elif not dropping:
            failures.append(Failure("objectMeta", (*place, *wrong[:1]), "is malformed"))


def object_meta(value: Any) -> tuple[dict[str, Any] | None, list[str], list[str]]:
    """What ObjectMeta holds of a value.

    Returns:
        The metadata without what is empty, unknown or malformed, None if it is no object; the
        unknown keys; the malformed ones.
    """
    if value is None:
        return {}, [], []
    if not isinstance(value, dict):
        return None, [], []
    kept, unknown, wrong = {}, [], []
    for key, below in value.items():
        typed = _TYPED.get(key)
        if typed is None:
            unknown.append(key)
        elif not typed(below):
            wrong.append(key)
        elif below or (key == "deletionGracePeriodSeconds" and below is not None):
            kept[key] = _without_nulls(below)
    return kept, unknown, wrong


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "" if below is None else below for key, below in value.items()}
    return value


def embedded_failures(value: Any, node: Node | None) -> list[Failure]:
    """What is wrong with the type and metadata of embedded resources; never forgiven."""
    found: list[Failure] = []
    if node is not None and node.has_embedded:
        _embedded(value, node, (), found)
    return found


def _embedded(value: Any, node: Node, path: Path, found: list[Failure]) -> None:
    if isinstance(value, dict):
        if node.embedded:
            found.extend(_embedded_resource(value, path))
        for key, below in value.items():
            known = node.child(key)
            if known is not None and known.has_embedded:
                _embedded(below, known, (*path, key), found)
    elif isinstance(value, list) and node.items is not None:
        for at, below in enumerate(value):
            _embedded(below, node.items, (*path, at), found)


def _embedded_resource(value: dict[str, Any], path: Path) -> Iterator[Failure]:
    for key in ("apiVersion", "kind"):
        if key not in value:
            message = f"an embedded resource needs its {key}"
            yield Failure("objectMeta", (*path, key), message, field_required=True)
    if "apiVersion" in value and not _is_api_version(value["apiVersion"]):
        yield Failure("objectMeta", (*path, "apiVersion"), "is no group and version")
    if "kind" in value and not _is_kind(value["kind"]):
        yield Failure("objectMeta", (*path, "kind"), "is no name of a kind")
    if "metadata" in value:
        yield from _embedded_metadata(value["metadata"], (*path, "metadata"))


def _embedded_metadata(value: Any, path: Path) -> Iterator[Failure]:
    meta, _, wrong = object_meta(value)
    if meta is None or wrong:
        yield Failure("objectMeta", path, "is no metadata")
        return
    for key in ("name", "generateName"):
        name = meta.get(key) or ""
        if "/" in name or "%" in name or (key == "name" and name in (".", "..")):
            yield Failure("objectMeta", (*path, key), "is no segment of a path")
    if meta.get("namespace") and not _is_dns_label(meta["namespace"]):
        yield Failure("objectMeta", (*path, "namespace"), "is no name of a namespace")
    yield from _common(meta, path, is_new=True)


def root_failures(obj: dict[str, Any], *, is_new: bool) -> list[Failure]:
    """What is wrong with the metadata of a whole object that is created, or updated."""
    meta, _, wrong = object_meta(obj.get("metadata"))
    place: Path = ("metadata",)
    found = [Failure("objectMeta", (*place, key), "is malformed") for key in wrong]
    if meta is None:
        return [Failure("objectMeta", place, "is no metadata")]
    if is_new:
        found.extend(_names(meta, place))
    found.extend(_common(meta, place, is_new=is_new))
    return found


def _names(meta: dict[str, Any], place: Path) -> Iterator[Failure]:
    name, prefix = meta.get("name") or "", meta.get("generateName") or ""
    if prefix and not _is_subdomain(prefix.removesuffix("-")):
        yield Failure("objectMeta", (*place, "generateName"), "is no beginning of a name")
    if not name and not prefix:
        message = "a name or generateName is needed"
        yield Failure("objectMeta", (*place, "name"), message, field_required=True)
    if name and not _is_subdomain(name):
        yield Failure("objectMeta", (*place, "name"), "is no DNS subdomain")


def _common(meta: dict[str, Any], place: Path, *, is_new: bool) -> Iterator[Failure]:
    for key, value in (meta.get("labels") or {}).items():
        if not _is_qualified(key) or not _is_label_value(value):
            yield Failure("objectMeta", (*place, "labels", key), "is no label")
    annotations = meta.get("annotations") or {}
    for key in annotations:
        if not _is_qualified(key.lower()):
            yield Failure("objectMeta", (*place, "annotations", key), "is no name of an annotation")
    size = sum(len(key.encode()) + len(str(text).encode()) for key, text in annotations.items())
    if size > _MOST_ANNOTATIONS:
        message = f"{size} bytes are above {_MOST_ANNOTATIONS}"
        yield Failure("maxLength", (*place, "annotations"), message)
    yield from _owners(meta.get("ownerReferences") or [], (*place, "ownerReferences"))
    if is_new:
        yield from _finalizers(meta.get("finalizers") or [], (*place, "finalizers"))


def _owners(owners: list[Any], place: Path) -> Iterator[Failure]:
    for at, owner in enumerate(owners):
        lacking = [key for key in _OWNER_TEXTS if not (owner or {}).get(key)]
        if lacking:
            yield Failure("objectMeta", (*place, at, lacking[0]), "must not be empty")
        elif (owner["apiVersion"], owner["kind"]) == ("v1", "Event"):
            yield Failure("objectMeta", (*place, at), "an Event owns nothing")
    if sum(1 for owner in owners if (owner or {}).get("controller") is True) > 1:
        yield Failure("objectMeta", place, "has two controllers")


def _finalizers(names: list[Any], place: Path) -> Iterator[Failure]:
    for at, name in enumerate(names):
        if not _is_qualified(name or ""):
            yield Failure("objectMeta", (*place, at), "is no name of a finalizer")
    if {"orphan", "foregroundDeletion"} <= set(names):
        yield Failure("objectMeta", place, "orphan and foregroundDeletion exclude each other")


def _is_dns_label(text: str) -> bool:
    return len(text) <= _LONGEST_LABEL and _LABEL.match(text) is not None


def _is_subdomain(text: str) -> bool:
    return len(text) <= _LONGEST_SUBDOMAIN and _SUBDOMAIN.match(text) is not None


def _is_label_value(text: str) -> bool:
    return not text or (len(text) <= _LONGEST_LABEL and _NAME.match(text) is not None)


def _is_qualified(text: str) -> bool:
    prefix, slash, name = text.partition("/")
    if not slash:
        prefix, name = "", text
    elif not _is_subdomain(prefix):
        return False
    return 0 < len(name) <= _LONGEST_LABEL and _NAME.match(name) is not None


def _is_api_version(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and value.count("/") <= 1


def _is_kind(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > _LONGEST_LABEL:
        return False
    return _KIND.match(value.lower()) is not None
