"""What server-side apply reads otherwise than a write: types, sets, versions of managers."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from rehearsal.cases import (
    CONDITIONS,
    KEYED,
    OPEN,
    TEXT,
    WHOLE,
    Case,
    Json,
    one,
    root,
    struct,
    version,
)

_SET = {"x-kubernetes-list-type": "set"}
_ANY = {"x-kubernetes-preserve-unknown-fields": True}
_TEXTS: Json = {"type": "array", "items": TEXT}
_ITEMS: Json = {"type": "array", "items": struct({"name": TEXT, "v": TEXT}, required=["name"])}
_ATOMIC = {**struct({"a": TEXT}), "x-kubernetes-map-type": "atomic"}

# name, the field's old schema, its new one, a value
CHANGES: list[tuple[str, Json, Json, Any]] = [
    ("set", _TEXTS, {**_TEXTS, **_SET}, ["a", "b"]),
    ("set-twice", _TEXTS, {**_TEXTS, **_SET}, ["a", "a"]),
    (
        "set-of-maps",
        {"type": "array", "items": _ATOMIC},
        {"type": "array", "items": _ATOMIC, **_SET},
        [{"a": "x"}],
    ),
    ("keyed-twice", _ITEMS, {**_ITEMS, **KEYED}, [{"name": "a"}, {"name": "a", "v": "x"}]),
    ("keyed", _ITEMS, {**_ITEMS, **KEYED}, [{"name": "a"}, {"name": "b"}]),
    ("number-text", WHOLE, TEXT, 5),
    ("number-date", WHOLE, {**TEXT, "format": "date-time"}, 5),
    ("number-byte", WHOLE, {**TEXT, "format": "byte"}, 5),
    ("number-any", WHOLE, _ANY, 5),
    ("object-any", struct({"a": TEXT}), _ANY, {"a": "x"}),
    ("list-date", _TEXTS, {**TEXT, "format": "date"}, ["a"]),
    ("bool-number", {"type": "boolean"}, {"type": "number"}, True),
    (
        "open-struct",
        {"type": "object", **OPEN},
        {**struct({"a": TEXT}), **OPEN},
        {"a": "x", "z": 1},
    ),
    ("open-typed", {"type": "object", **OPEN}, {**struct({"a": TEXT}), **OPEN}, {"a": 1, "z": 1}),
]


def apply_cases() -> Iterator[Case]:
    """Each change in one version, and in the second of two with managers of either."""
    for name, old, new, value in CHANGES:
        obj = {"spec": {"f": value, "g": "s"}, "status": CONDITIONS}
        before, after = (root(struct({"f": each, "g": TEXT})) for each in (old, new))
        yield Case(f"apply-{name}", one(before), one(after), obj)
        for managers in (["v1"], ["v2"]):
            yield Case(
                f"apply-{name}-{managers[0]}",
                _two(before, before),
                _two(before if name == "open-struct" else after, after),
                deepcopy(obj),
                managers=managers,
            )


def _two(first: Json, second: Json) -> Json:
    return {"versions": [version(first, "v1"), version(second, "v2", storage=False)]}
