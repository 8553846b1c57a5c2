"""Changes of versions, subresources, metadata and whole schemas; defaults that are only shown."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from rehearsal.cases import (
    CONDITIONS,
    CONTEXTS,
    KEYED,
    OPEN,
    STATUS,
    TEXT,
    WHOLE,
    Case,
    Json,
    one,
    root,
    struct,
    version,
)

_DEAD: Json = {
    "strategy": "Webhook",
    "webhook": {
        "conversionReviewVersions": ["v1"],
        "clientConfig": {"url": "https://127.0.0.1:9/"},
    },
}
AB = struct({"a": TEXT, "b": TEXT})
A = struct({"a": TEXT})
FULL: Json = {"spec": {"a": "x", "b": "y"}, "status": CONDITIONS}


def two(first: Json, second: Json, **more: Any) -> Json:
    """v1 and v2; v1 is stored unless the entries say otherwise."""
    versions = [version(root(AB), "v1"), version(root(AB), "v2", storage=False)]
    for entry, change in zip(versions, (first, second), strict=True):
        schema = change.pop("spec", None)
        if schema is not None:
            entry["schema"]["openAPIV3Schema"] = root(schema)
        entry.update(change)
    return {"versions": versions, **more}


def version_cases() -> Iterator[Case]:
    """One or two versions that come, go, are stored, or differ."""
    both = two({}, {})
    moved = two({"storage": False}, {"storage": True})
    narrow = two({}, {"spec": A})
    strict = two(
        {}, {"spec": {**AB, "required": ["c"], "properties": {**AB["properties"], "c": TEXT}}}
    )
    filled = two({}, {"spec": struct({**AB["properties"], "c": {**TEXT, "default": "d"}})})
    typed = two({}, {"spec": struct({"a": WHOLE, "b": TEXT})})
    changes: dict[str, tuple[Json, Json]] = {
        "same": (both, both),
        "v1-unserved": (both, two({"served": False}, {})),
        "v2-unserved": (both, two({}, {"served": False})),
        "storage-moves": (both, moved),
        "storage-moves-unserved": (
            both,
            two({"storage": False, "served": False}, {"storage": True}),
        ),
        "v2-added": (one(root(AB)), both),
        "v2-removed": (both, one(root(AB))),
        "v2-narrow": (both, narrow),
        "v2-required": (both, strict),
        "v2-default": (both, filled),
        "v2-typed": (both, typed),
        "v2-narrow-stored": (both, two({"storage": False}, {"storage": True, "spec": A})),
        "v2-default-stored": (
            both,
            two(
                {"storage": False},
                {
                    "storage": True,
                    "spec": struct({**AB["properties"], "c": {**TEXT, "default": "d"}}),
                },
            ),
        ),
        "v1-narrow": (both, two({"spec": A}, {})),
        "v1-default": (
            both,
            two({"spec": struct({**AB["properties"], "c": {**TEXT, "default": "d"}})}, {}),
        ),
        "v1-list": (
            both,
            two(
                {"spec": {**AB, "required": ["a", "b"]}},
                {"spec": struct({"a": TEXT, "b": TEXT}, maxProperties=1)},
            ),
        ),
    }
    for name, (old, new) in changes.items():
        for shown in ("v1", "v2"):
            if shown in [each["name"] for each in old["versions"]]:
                for managers in ([], ["v1"], ["v2"]):
                    if all(m in [each["name"] for each in old["versions"]] for m in managers):
                        label = f"versions-{name}-{shown}-{''.join(managers) or 'none'}"
                        yield Case(
                            label,
                            deepcopy(old),
                            deepcopy(new),
                            FULL,
                            version=shown,
                            managers=managers,
                        )
    for at, spec in enumerate(
        (
            A,
            AB,
            struct({"a": TEXT, "b": TEXT}, required=["b"]),
            WHOLE,
            struct({}),
            struct({"a": {**TEXT, "maxLength": 1}, "b": TEXT}),
        )
    ):
        for part in range(4):
            obj = deepcopy(FULL)
            if part % 2:
                del obj["spec"]["b"]
            new = (
                two({"served": False, "spec": spec}, {"served": False})
                if part < 2
                else one(root(spec), served=False)
            )
            old = both if part < 2 else one(root(AB))
            yield Case(f"gone-{at}-{part}", deepcopy(old), deepcopy(new), obj)


def webhook_cases() -> Iterator[Case]:
    """A webhook that nobody answers."""
    both, dead = two({}, {}), two({}, {}, conversion=_DEAD)
    yield Case("webhook-v1", both, dead, FULL)
    yield Case("webhook-v2", both, dead, FULL, version="v2")
    yield Case(
        "webhook-moves", both, two({"storage": False}, {"storage": True}, conversion=_DEAD), FULL
    )
    yield Case("webhook-managers", both, dead, FULL, managers=["v2"])


def _wrapped(name: str, old: Json, new: Json, obj: Json, **more: Any) -> Case:
    return Case(f"whole-{name}", old, new, obj, **more)


def whole_cases() -> Iterator[Case]:
    """Subresources, scale, metadata, and rules at the root."""
    plain = one(root(AB))
    bare = {"versions": [version(root(AB))]}
    del bare["versions"][0]["subresources"]
    for name, old, new in (("gained", bare, plain), ("lost", plain, bare), ("never", bare, bare)):
        for at, status in enumerate((CONDITIONS, {"phase": "x"}, {})):
            yield _wrapped(
                f"status-{name}-{at}",
                old,
                new,
                {**FULL, "status": status} if old is plain else {**FULL},
            )
    tight = struct(
        {"phase": {**TEXT, "enum": ["Good"]}, "conditions": STATUS["properties"]["conditions"]}
    )
    few = struct(
        {"phase": TEXT, "conditions": {**STATUS["properties"]["conditions"], "maxItems": 0}}
    )
    need = {
        **STATUS,
        "required": ["phase", "reason"],
        "properties": {**STATUS["properties"], "reason": TEXT},
    }
    named = {
        **STATUS["properties"]["conditions"],
        **KEYED,
        "x-kubernetes-list-map-keys": ["type"],
        "items": struct(
            {"type": TEXT, "lastTransitionTime": TEXT, "reason": {**TEXT, "minLength": 1}},
            required=["type"],
        ),
    }
    item = struct(
        {"type": TEXT, "lastTransitionTime": {**TEXT, "format": "date-time"}, "reason": TEXT},
        required=["type", "reason"],
    )
    bounds = {
        "enum": tight,
        "few": few,
        "need": need,
        "keyed": struct({"phase": TEXT, "conditions": named}),
        "item-required": struct({"phase": TEXT, "conditions": {"type": "array", "items": item}}),
        "pruned": struct({"phase": TEXT}),
        "typed": struct({"phase": WHOLE, "conditions": STATUS["properties"]["conditions"]}),
        "cond-time": struct(
            {
                "phase": TEXT,
                "conditions": {
                    "type": "array",
                    "items": struct({"type": TEXT, "lastTransitionTime": {**TEXT, "maxLength": 5}}),
                },
            }
        ),
        "cond-type": struct(
            {
                "phase": TEXT,
                "conditions": {
                    "type": "array",
                    "items": struct({"type": {**TEXT, "maxLength": 3}, "lastTransitionTime": TEXT}),
                },
            }
        ),
        "min-props": {**STATUS, "minProperties": 3},
        "max-props": {**STATUS, "maxProperties": 1},
        "not": {**STATUS, "not": {"required": ["phase"]}},
        "one": {**STATUS, "oneOf": [{"required": ["phase"]}, {"required": ["conditions"]}]},
        "min-items": struct(
            {"phase": TEXT, "conditions": {**STATUS["properties"]["conditions"], "minItems": 3}}
        ),
        "set": struct(
            {
                "phase": TEXT,
                "conditions": {
                    "type": "array",
                    "x-kubernetes-list-type": "set",
                    "items": {
                        **struct({"type": TEXT, "lastTransitionTime": TEXT}),
                        "x-kubernetes-map-type": "atomic",
                    },
                },
            }
        ),
    }
    twice = {
        "phase": "Ready",
        "conditions": [CONDITIONS["conditions"][0], CONDITIONS["conditions"][0]],
    }
    for name, schema in bounds.items():
        for at, status in enumerate((CONDITIONS, {"phase": "Good"}, {}, twice)):
            yield _wrapped(
                f"status-rule-{name}-{at}",
                plain,
                one(root(AB, schema)),
                {"spec": {"a": "x"}, "status": status},
            )
    for name, rule in {
        "required-spec": {"required": ["spec"]},
        "required-status": {"required": ["status"]},
        "required-new": {"required": ["extra"]},
        "max": {"maxProperties": 4},
        "min": {"minProperties": 6},
        "not": {"not": {"required": ["spec"]}},
        "one": {"oneOf": [{"required": ["spec"]}, {"required": ["status"]}]},
        "any": {"anyOf": [{"properties": {"spec": {"required": ["b"]}}}, {"required": ["extra"]}]},
    }.items():
        for at, obj in enumerate((FULL, {"spec": {"a": "x"}}, {})):
            schema = root(AB, **rule)
            schema["properties"]["extra"] = TEXT
            ruled = one(schema)
            if "required" not in rule:  # with a status subresource no other rule may stand there
                del ruled["versions"][0]["subresources"]
            yield _wrapped(f"root-{name}-{at}", plain if "required" in rule else bare, ruled, obj)
    for name, meta in {
        "pattern-good": {"pattern": "^i"},
        "pattern-bad": {"pattern": "^x"},
        "length": {"maxLength": 1},
    }.items():
        schema = root(AB)
        schema["properties"]["metadata"] = struct({"name": {**TEXT, **meta}})
        yield _wrapped(f"name-{name}", plain, one(schema), FULL)
    kinded = root(AB)
    kinded["properties"]["kind"] = {**TEXT, "enum": ["Other"]}
    yield _wrapped("kind-enum", plain, one(kinded), FULL)
    counted = one(root(struct({"replicas": WHOLE, "a": TEXT})))
    scaled = one(
        root(struct({"replicas": WHOLE, "a": TEXT})),
        subresources={
            "status": {},
            "scale": {
                "specReplicasPath": ".spec.replicas",
                "statusReplicasPath": ".status.replicas",
            },
        },
    )
    for at, number in enumerate((3, -1, 2**31, None)):
        spec = {"a": "x"} if number is None else {"replicas": number, "a": "x"}
        yield _wrapped(f"scale-{at}", counted, scaled, {"spec": spec})
    opened = root({"type": "object", **OPEN}, **OPEN)
    yield _wrapped(
        "open-root",
        one(opened),
        one(root(A)),
        {"spec": {"a": "x", "z": {"q": 1}}, "more": {"k": 1}},
    )
    yield _wrapped(
        "root-field", one(root(AB, None)), one({"type": "object", "properties": {"spec": AB}}), FULL
    )
    labels = {"metadata": {"labels": {"a": "b"}, "annotations": {"c": "d"}}}
    yield _wrapped("labels", plain, plain, {**FULL, **labels})


def shown_cases() -> Iterator[Case]:
    """Defaults of the old CRD that the object shows, but that nobody stored."""

    def defaulted(default: Any, schema: Json | None = None, **more: Any) -> Json:
        return struct({**AB["properties"], "c": {**(schema or TEXT), "default": default}}, **more)

    news = {
        "kept": defaulted("d"),
        "other": defaulted("e"),
        "removed": struct({**AB["properties"], "c": TEXT}),
        "pruned": AB,
        "required": struct({**AB["properties"], "c": TEXT}, required=["c"]),
        "enum": struct({**AB["properties"], "c": {**TEXT, "enum": ["z"]}}),
        "enum-default": struct({**AB["properties"], "c": {**TEXT, "enum": ["z"], "default": "z"}}),
        "typed": struct({**AB["properties"], "c": WHOLE}),
        "max": struct({**AB["properties"], "c": TEXT}, maxProperties=2),
        "not": struct({**AB["properties"], "c": TEXT}, **{"not": {"required": ["c"]}}),
    }
    for reading in ("stored", "shown"):
        for name, new in news.items():
            for at, spec in enumerate(({"a": "x", "b": "y"}, {"a": "x"}, {"a": "x", "c": "own"})):
                yield Case(
                    f"default-{reading}-{name}-{at}",
                    one(root(defaulted("d"))),
                    one(root(new)),
                    {"spec": spec, "status": CONDITIONS},
                    before=one(root(struct({**AB["properties"], "c": TEXT})))
                    if reading == "shown"
                    else None,
                )
        inner = struct({"x": {**TEXT, "default": "d"}, "y": TEXT}, default={})
        for name, new in {
            "inner": struct({"in": struct({"y": TEXT})}),
            "needs": struct(
                {"in": struct({"x": TEXT, "y": TEXT}, required=["x"])}, required=["in"]
            ),
        }.items():
            for at, spec in enumerate(({}, {"in": {"y": "1"}})):
                yield Case(
                    f"nested-{reading}-{name}-{at}",
                    one(root(struct({"in": inner}))),
                    one(root(new)),
                    {"spec": spec},
                    before=one(root(struct({"in": struct({"x": TEXT, "y": TEXT})})))
                    if reading == "shown"
                    else None,
                )


def default_cases() -> Iterator[Case]:
    """Defaults of all kinds that come, or that change under an object that shows the old one."""
    kinds: dict[str, tuple[Json, Any, Any]] = {
        "text": (TEXT, "d", "e"),
        "whole": (WHOLE, 1, 2),
        "bool": ({"type": "boolean"}, True, False),
        "list": ({"type": "array", "items": TEXT}, ["d"], ["e", "f"]),
        "object": (AB, {"a": "d"}, {"a": "e"}),
    }
    for context, (schema, value) in CONTEXTS.items():
        for name, (kind, first, second) in kinds.items():
            bare = one(root(schema({"f": kind})))
            old = one(root(schema({"f": {**kind, "default": first}})))
            new = one(root(schema({"f": {**kind, "default": second}})))
            obj = {"spec": value({}), "status": CONDITIONS}
            yield Case(f"default-added-{name}-{context}", bare, new, obj)
            yield Case(f"default-changed-{name}-{context}", old, new, obj, before=bare)


def crd_changes() -> Iterator[Case]:
    """All of this module."""
    for cases in (version_cases, webhook_cases, whole_cases, shown_cases):
        yield from cases()
