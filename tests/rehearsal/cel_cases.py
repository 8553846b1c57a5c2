"""Rules in CEL that come: on leaves, objects, items; on what an update changes and does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rehearsal.cases import (
    CONDITIONS,
    CONTEXTS,
    KEYED,
    OPEN,
    TEXT,
    WHOLE,
    Case,
    Json,
    one,
    root,
    struct,
)

AB = struct({"a": TEXT, "b": {**TEXT, "maxLength": 20}})


def _ruled(schema: Json, *rules: str, **more: Any) -> Json:
    return {**schema, "x-kubernetes-validations": [{"rule": rule, **more} for rule in rules]}


def _list(items: Json, **more: Any) -> Json:
    return {"type": "array", "maxItems": 10, "items": items, **more}


_SHORT = {**TEXT, "maxLength": 20}
_KEYED = _list(struct({"name": _SHORT, "v": _SHORT}, required=["name"]), **KEYED)
RULES: list[tuple[str, Json, Json, list[Any]]] = [
    ("leaf", TEXT, _ruled(_SHORT, "self == 'a'"), ["a", "b"]),
    ("leaf-twice", TEXT, _ruled(_SHORT, "self != 'b'", "size(self) < 3"), ["a", "b", "abc"]),
    ("object", AB, _ruled(AB, "has(self.b)"), [{"a": "x"}, {"a": "x", "b": "y"}]),
    ("fields", AB, _ruled(AB, "!has(self.a) || self.a == self.b"), [{"a": "x", "b": "x"}, {}]),
    ("absent", AB, _ruled(AB, "self.b == 'y'"), [{"a": "x"}, {"a": "x", "b": "y"}]),
    ("old", TEXT, _ruled(_SHORT, "self == oldSelf"), ["a"]),
    ("old-never", TEXT, _ruled(_SHORT, "self != oldSelf"), ["a"]),
    ("old-object", AB, _ruled(AB, "self.a != oldSelf.a"), [{"a": "x"}]),
    (
        "old-optional",
        TEXT,
        _ruled(_SHORT, "oldSelf.hasValue() || self == 'a'", optionalOldSelf=True),
        ["a", "b"],
    ),
    ("number", WHOLE, _ruled(WHOLE, "self % 2 == 0"), [2, 3]),
    ("zero", WHOLE, _ruled(WHOLE, "10 / self > 1"), [0, 2]),
    ("all", _list(TEXT), _ruled(_list(_SHORT), "self.all(x, x != 'b')"), [["a"], ["a", "b"], []]),
    ("keyed", _KEYED, _ruled(_KEYED, "self.exists(x, x.name == 'a')"), [[{"name": "a"}], []]),
    (
        "item",
        _KEYED,
        {**_KEYED, "items": _ruled(_KEYED["items"], "has(self.v)")},
        [[{"name": "a", "v": "x"}], [{"name": "a"}, {"name": "b", "v": "x"}]],
    ),
    (
        "map",
        {"type": "object", "additionalProperties": TEXT},
        _ruled(
            {"type": "object", "maxProperties": 5, "additionalProperties": _SHORT},
            "self.all(k, self[k] != 'b')",
        ),
        [{"x": "a"}, {"x": "b"}],
    ),
    ("blocked", AB, _ruled({**AB, "required": ["b"]}, "self.b == 'y'"), [{"a": "x"}]),
    ("not-blocked", TEXT, _ruled({**_SHORT, "minLength": 3}, "self == 'ab'"), ["ab", "x"]),
    (
        "open",
        {"type": "object", **OPEN},
        _ruled({**AB, **OPEN}, "has(self.b)"),
        [{"z": 1}, {"a": "x"}],
    ),
    ("field-path", AB, _ruled(AB, "self.a == 'q'", fieldPath=".a"), [{"a": "x", "b": "y"}]),
    ("matches", TEXT, _ruled(_SHORT, "self.matches('^[a-c]+$')"), ["abc", "abd"]),
    (
        "format",
        TEXT,
        _ruled({**_SHORT, "format": "duration"}, "self > duration('1m')"),
        ["1h", "5s"],
    ),
]


def cel_cases() -> Iterator[Case]:
    """Every rule at the top of the spec, and some of them elsewhere; and rules at the root."""
    for place, (context, (schema, value)) in enumerate(CONTEXTS.items()):
        for number, (name, old, new, values) in enumerate(RULES):
            if place and (number + place) % 3:
                continue
            for at, each in enumerate(values):
                yield Case(
                    f"cel-{name}-{at}-{context}",
                    one(root(_bounded(schema({"f": old})))),
                    one(root(_bounded(schema({"f": new})))),
                    {"spec": value({"f": each}), "status": CONDITIONS},
                )
    for name, rule in {
        "root-status": "!has(self.status) || self.status.phase != 'Ready'",
        "root-spec": "has(self.spec.b)",
        "root-name": "self.metadata.name == 'it'",
        "root-other": "self.metadata.name == 'other'",
        "root-old": "self.spec == oldSelf.spec",
        "root-status-old": "!has(oldSelf.status) || self.status == oldSelf.status",
    }.items():
        ruled = _ruled(root(AB), rule)
        yield Case(
            f"cel-{name}", one(root(AB)), one(ruled), {"spec": {"a": "x"}, "status": CONDITIONS}
        )


def _bounded(schema: Json) -> Json:
    """With a bound on each list and map, without which a rule below is too costly."""
    bounded = dict(schema)
    if "items" in schema:
        bounded.update(maxItems=10, items=_bounded(schema["items"]))
    if isinstance(schema.get("additionalProperties"), dict):
        values = _bounded(schema["additionalProperties"])
        bounded.update(maxProperties=10, additionalProperties=values)
    if "properties" in schema:
        below = schema["properties"].items()
        bounded["properties"] = {name: _bounded(each) for name, each in below}
    return bounded
