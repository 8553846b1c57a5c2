"""Changes of CRDs and objects that do and do not meet them; the server and the engine play them.

A case is plain JSON, so that it can be kept beside the server's answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Case:
    """One object under the upgrade of one CRD.

    Attributes:
        name: Unique, a label in a URL.
        old: `spec.versions` of the CRD under which the object is shown, and more of `spec`.
        new: The same of the CRD that replaces it.
        obj: What is created: `spec`, `status` and what else beside the type and the name.
        before: The CRD under which it was created, if it was another one: then what the old one
            defaults is only shown.
        version: In which version it is created and shown.
    """

    name: str
    old: Json
    new: Json
    obj: Json
    before: Json | None = None
    version: str = "v1"
    managers: list[str] = field(default_factory=list)

    def to_json(self) -> Json:
        return asdict(self)


def crd(group: str, spec: Json) -> Json:
    """The whole CRD of a case."""
    spec = deepcopy(spec)
    spec.setdefault("scope", "Namespaced")
    names = {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"things.{group}"},
        "spec": {"group": group, "names": names, **spec},
    }


def version(schema: Json, name: str = "v1", **more: Any) -> Json:
    """One entry of `spec.versions`."""
    return {
        "name": name,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
        **more,
    }


def one(schema: Json, **more: Any) -> Json:
    """The spec of a CRD with one version."""
    return {"versions": [version(schema, **more)]}


def root(spec: Json, status: Json | None = None, **more: Any) -> Json:
    """A schema with a spec and a status."""
    return {
        "type": "object",
        "properties": {"spec": spec, "status": status or STATUS},
        **more,
    }


def struct(properties: Json, **more: Any) -> Json:
    return {"type": "object", "properties": properties, **more}


TEXT: Json = {"type": "string"}
WHOLE: Json = {"type": "integer"}
STATUS: Json = struct(
    {
        "phase": TEXT,
        "conditions": {
            "type": "array",
            "items": struct({"type": TEXT, "lastTransitionTime": {**TEXT, "format": "date-time"}}),
        },
    }
)
CONDITIONS: Json = {
    "phase": "Ready",
    "conditions": [{"type": "Ready", "lastTransitionTime": "2024-01-01T00:00:00Z"}],
}


def _t(**more: Any) -> Json:
    return {"type": "string", **more}


def _i(**more: Any) -> Json:
    return {"type": "integer", **more}


def _n(**more: Any) -> Json:
    return {"type": "number", **more}


def _list(items: Json, **more: Any) -> Json:
    return {"type": "array", "items": items, **more}


def _map(values: Json, **more: Any) -> Json:
    return {"type": "object", "additionalProperties": values, **more}


OPEN: Json = {"x-kubernetes-preserve-unknown-fields": True}
AB: Json = struct({"a": TEXT, "b": TEXT})
KEYED: Json = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
EMBEDDED: Json = {"type": "object", "x-kubernetes-embedded-resource": True, **OPEN}
INT_OR_STRING: Json = {"x-kubernetes-int-or-string": True}
POD: Json = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}

# name, the field's old schema, its new one, values
FIELDS: list[tuple[str, Json, Json | None, list[Any]]] = [
    ("removed", TEXT, None, ["x"]),
    ("object-removed", AB, None, [{"a": "x", "b": "y"}]),
    ("inner-removed", AB, struct({"a": TEXT}), [{"a": "x", "b": "y"}, {"a": "x"}]),
    ("open-closed", {"type": "object", **OPEN}, struct({"a": TEXT}), [{"a": "x", "z": 1}, {}]),
    ("open-to-map", {"type": "object", **OPEN}, _map(TEXT), [{"a": "x"}, {"a": 1}]),
    ("map-to-struct", _map(TEXT), struct({"a": TEXT}), [{"a": "x", "c": "y"}]),
    ("free-map-closed", _map(AB), {"type": "object"}, [{"k": {"a": "x"}}]),
    ("any-map", _map(AB), {"type": "object", "additionalProperties": True}, [{"k": {"a": "x"}}]),
    ("type-changed", TEXT, WHOLE, ["x", "1"]),
    ("type-object", TEXT, AB, ["x"]),
    ("type-list", TEXT, _list(TEXT), ["x"]),
    ("type-widened", WHOLE, _n(), [1]),
    ("type-narrowed", _n(), WHOLE, [1.5, 2]),
    ("to-int-or-string", WHOLE, INT_OR_STRING, [1]),
    ("from-int-or-string", INT_OR_STRING, WHOLE, [1, "1"]),
    (
        "int-or-string-pattern",
        INT_OR_STRING,
        {**INT_OR_STRING, "pattern": "^[0-9]+%$"},
        [5, "5%", "5"],
    ),
    ("enum-added", TEXT, _t(enum=["a", "b"]), ["a", "z"]),
    ("enum-number", _n(), _n(enum=[5, 6]), [5, 5.7, 7]),
    ("enum-float", _n(), _n(enum=[5.5]), [5.5, 5]),
    ("enum-null", _t(nullable=True), _t(nullable=True, enum=["a"]), [None, "a"]),
    ("minimum", WHOLE, _i(minimum=5), [5, 4]),
    ("minimum-excluded", WHOLE, _i(minimum=5, exclusiveMinimum=True), [5, 6]),
    ("maximum", WHOLE, _i(maximum=5), [5, 6]),
    ("maximum-excluded", WHOLE, _i(maximum=5, exclusiveMaximum=True), [4, 5]),
    ("maximum-broken", WHOLE, _i(maximum=10.5), [1, 11]),
    ("minimum-half", _n(), _n(minimum=0.5), [0, 0.25, 1]),
    ("maximum-half-excluded", _n(), _n(maximum=3.5, exclusiveMaximum=True), [3, 3.4]),
    ("multiple", WHOLE, _i(multipleOf=3), [9, 10]),
    ("multiple-tenth", _n(), _n(multipleOf=0.1), [3, 0.3, 0.35, 1.1]),
    ("multiple-half", WHOLE, _i(multipleOf=0.5), [3]),
    ("multiple-decimal", _n(), _n(multipleOf=2.5), [5, 7.5, 7.4]),
    ("int32", WHOLE, _i(format="int32"), [2**31 - 1, 2**31]),
    ("int64", WHOLE, _i(format="int64"), [2**53 + 1]),
    ("float", _n(), _n(format="float"), [1.5, 1e300]),
    ("min-length", TEXT, _t(minLength=3), ["äöü", "ab"]),
    ("max-length", TEXT, _t(maxLength=3), ["äöü", "abcd"]),
    ("pattern", TEXT, _t(pattern="^[a-z]+$"), ["abc", "a1", "a\n"]),
    ("pattern-fold", TEXT, _t(pattern="(?i)^ABC"), ["abcd", "x"]),
    ("pattern-classes", TEXT, _t(pattern=r"^[[:alpha:]]\d\s\pL$"), ["a1 é", "a1\v\u00e9"]),
    ("pattern-end", TEXT, _t(pattern=r"\Aa\z"), ["a", "ab"]),
    ("items-min", _list(TEXT), _list(TEXT, minItems=2), [["a"], ["a", "b"]]),
    ("items-max", _list(TEXT), _list(TEXT, maxItems=1), [["a"], ["a", "b"]]),
    ("items-enum", _list(TEXT), _list(_t(enum=["a"])), [["a"], ["a", "b"]]),
    ("properties-min", _map(TEXT), _map(TEXT, minProperties=2), [{"a": "x"}, {"a": "x", "b": "y"}]),
    ("properties-max", _map(TEXT), _map(TEXT, maxProperties=1), [{"a": "x"}, {"a": "x", "b": "y"}]),
    ("inner-required", AB, {**AB, "required": ["b"]}, [{"a": "x"}, {"a": "x", "b": "y"}]),
    (
        "inner-required-new",
        AB,
        struct({"a": TEXT, "b": TEXT, "c": TEXT}, required=["c"]),
        [{"a": "x", "b": "y"}],
    ),
    (
        "inner-required-default",
        AB,
        struct({"a": TEXT, "b": TEXT, "c": _t(default="d")}, required=["c"]),
        [{"a": "x"}],
    ),
    (
        "default-added",
        AB,
        struct({"a": TEXT, "b": _t(default="d")}),
        [{"a": "x"}, {"a": "x", "b": "y"}],
    ),
    (
        "default-nested",
        AB,
        struct({"a": TEXT, "c": {**struct({"d": _i(default=1)}), "default": {}}}),
        [{"a": "x"}],
    ),
    (
        "default-pruned",
        AB,
        struct({"a": TEXT, "c": {"type": "object", **OPEN, "default": {"k": 1}}}),
        [{"a": "x"}],
    ),
    (
        "default-bad-sibling",
        AB,
        struct({"a": _t(maxLength=1), "b": _t(default="d")}),
        [{"a": "xyz"}],
    ),
    ("nullable-removed", _t(nullable=True), TEXT, [None, "x"]),
    ("nullable-default", _t(nullable=True), _t(default="d"), [None]),
    ("nullable-items", _list(_t(nullable=True)), _list(TEXT), [[None, "x"]]),
    ("nullable-items-default", _list(_t(nullable=True)), _list(_t(default="d")), [[None, "x"]]),
    ("nullable-values", _map(_t(nullable=True)), _map(TEXT), [{"a": None, "b": "x"}]),
    ("nullable-added", TEXT, _t(nullable=True), ["x"]),
    (
        "set-added",
        _list(TEXT),
        _list(TEXT, **{"x-kubernetes-list-type": "set"}),
        [["a", "b"], ["a", "a"]],
    ),
    (
        "set-of-numbers",
        _list(_n()),
        _list(_n(), **{"x-kubernetes-list-type": "set"}),
        [[1, 1.5], [1, 1]],
    ),
    (
        "keyed",
        _list(struct({"name": TEXT, "v": TEXT}, required=["name"])),
        _list(struct({"name": TEXT, "v": TEXT}, required=["name"]), **KEYED),
        [[{"name": "a"}, {"name": "b"}], [{"name": "a"}, {"name": "a", "v": "x"}]],
    ),
    (
        "keyed-two",
        _list(struct({"p": WHOLE, "q": _t(default="TCP")}, required=["p"])),
        _list(
            struct({"p": WHOLE, "q": _t(default="TCP")}, required=["p"]),
            **{"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["p", "q"]},
        ),
        [[{"p": 1}, {"p": 1, "q": "UDP"}], [{"p": 1}, {"p": 1, "q": "TCP"}]],
    ),
    ("atomic-again", _list(TEXT, **{"x-kubernetes-list-type": "set"}), _list(TEXT), [["a"]]),
    (
        "embedded-added",
        {"type": "object", **OPEN},
        EMBEDDED,
        [POD, {"a": 1}, {**POD, "kind": "Not A Kind"}, {**POD, "metadata": {"name": "a/b"}}],
    ),
    (
        "embedded-metadata",
        {"type": "object", **OPEN},
        EMBEDDED,
        [
            {**POD, "metadata": {"name": "p", "labels": {"a": "b"}, "zzz": 1}},
            {**POD, "metadata": {"labels": 5, "name": "p"}},
            {**POD, "metadata": {"labels": {"a b": "c"}}},
        ],
    ),
    ("all-of", TEXT, _t(allOf=[{"minLength": 2}, {"pattern": "^a"}]), ["ab", "a", "b"]),
    ("any-of", TEXT, _t(anyOf=[{"enum": ["a"]}, {"minLength": 3}]), ["a", "abc", "b"]),
    ("one-of", TEXT, _t(oneOf=[{"pattern": "^a"}, {"minLength": 3}]), ["a", "abc", "bcd", "b"]),
    ("not", TEXT, _t(**{"not": {"pattern": "^a"}}), ["a", "b"]),
    (
        "one-of-required",
        AB,
        {**AB, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        [{"a": "x"}, {"a": "x", "b": "y"}, {}],
    ),
    (
        "not-required",
        AB,
        {**AB, "not": {"required": ["a", "b"]}},
        [{"a": "x"}, {"a": "x", "b": "y"}],
    ),
    (
        "all-of-inner",
        AB,
        {**AB, "allOf": [{"properties": {"a": {"maxLength": 1}}}]},
        [{"a": "x", "b": "y"}, {"a": "xx", "b": "y"}],
    ),
    (
        "not-inner",
        AB,
        {**AB, "not": {"properties": {"a": {"enum": ["bad"]}}}},
        [{"a": "ok", "b": "y"}, {"a": "bad", "b": "y"}],
    ),
    ("words", TEXT, _t(description="new words", title="t"), ["x"]),
    ("format-unknown", TEXT, _t(format="banana"), ["x"]),
    ("format-lists", _list(TEXT), _t(format="date"), [["a"]]),
    ("format-int-changed", WHOLE, _t(format="date"), [5]),
    ("bool-changed", {"type": "boolean"}, TEXT, [True]),
]
FORMATS: dict[str, list[str]] = {
    "date": ["2024-02-29", "2023-02-29", "0000-01-01", "2024-2-01"],
    "date-time": [
        "2024-01-01T00:00:00Z",
        "2024-01-01t23:59:59.5+01:00",
        "2024-01-01T24:00:00Z",
        "2024-01-01 00:00:00Z",
        "2024-01-01T00:00:60Z",
        "2024-01-01T00:00:00Ztail",
    ],
    "duration": [
        "5m",
        "1.5h",
        "-3s",
        "22 ns",
        "3 weeks",
        "P1D",
        "",
        "0",
        "12",
        "5 Monkeys",
        "99999999h",
        "1d",
    ],
    "ipv4": ["1.2.3.4", "01.2.3.4", "1.2.3", "::ffff:1.2.3.4", "1.2.3.256"],
    "ipv6": ["::1", "fe80::1%eth0", "1::2::3", "::ffff:1.2.3.4", "1.2.3.4", "00001::"],
    "cidr": [
        "10.0.0.0/8",
        "10.0.0.0/33",
        "::/0",
        "010.0.0.0/8",
        "10.0.0.0",
        "10.0.0.0/08",
        "1::2/129",
    ],
    "mac": [
        "01:23:45:67:89:ab",
        "01-23-45-67-89-AB",
        "0123.4567.89ab",
        "01:23-45:67:89:ab",
        "01:23:45:67:89",
    ],
    "byte": ["YWJj", "YWI=", "", "YW", "Y W J", "_-__"],
    "uuid": [
        "123e4567-e89b-12d3-a456-426614174000",
        "123E4567E89B12D3A456426614174000",
        "123e4567",
    ],
    "uuid4": ["123e4567-e89b-42d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000"],
    "email": ["a@b", "a.b@c.de", "a@", "a b@c", "Name <a@b.c>", ".a@b", "a@b."],
    "hostname": [
        "example.com",
        "a_b",
        "-a",
        "ex-ample.co",
        "1",
        "a.b",
        "example.c",
        "ä.example.com",
        "a..b",
    ],
    "uri": [
        "http://a/b",
        "/a",
        "a",
        "mailto:x",
        "http://a b/",
        "http://a/%zz",
        "http://u:p@h:80/x?y=%zz",
        "",
        "*",
        "http://a:b/",
        "http://[::1]:80/",
    ],
    "password": ["", "x"],
    "hexcolor": ["#fff", "fff", "#ffff"],
    "rgbcolor": ["rgb(1,2,3)", "rgb(1,2,256)"],
    "ssn": ["123-45-6789", "123456789"],
    "isbn": ["0321751043", "978-0321751041", "1234567890"],
    "creditcard": ["4111 1111 1111 1111", "4111111111111112"],
    "bsonobjectid": ["507f1f77bcf86cd799439011", "xyz"],
    "k8s-short-name": ["a-b", "A", "a.b", "-a"],
    "k8s-long-name": ["a.b", "a..b", "A.b"],
}

CONTEXTS = {
    "top": (lambda f: struct({**f, "beside": TEXT}), lambda v: {**v, "beside": "s"}),
    "deep": (
        lambda f: struct({"in": struct({**f, "beside": TEXT}), "beside": TEXT}),
        lambda v: {"in": {**v, "beside": "s"}, "beside": "s"},
    ),
    "item": (
        lambda f: struct({"list": _list(struct({**f, "beside": TEXT})), "beside": TEXT}),
        lambda v: {"list": [{**v, "beside": "s"}], "beside": "s"},
    ),
    "keyed": (
        lambda f: struct(
            {"list": _list(struct({"name": TEXT, **f, "beside": TEXT}, required=["name"]), **KEYED)}
        ),
        lambda v: {"list": [{"name": "n", **v, "beside": "s"}, {"name": "m", "beside": "s"}]},
    ),
    "value": (
        lambda f: struct({"map": _map(struct({**f, "beside": TEXT}))}),
        lambda v: {"map": {"k.x": {**v, "beside": "s"}}},
    ),
}


_ELSEWHERE = 4
"""Of the values of all changes one of so many is played in each place that is not the first."""


def field_cases() -> Iterator[Case]:
    """Every change of a field at the top of the spec, and a part of them in each other place."""
    for place, (context, (schema, value)) in enumerate(CONTEXTS.items()):
        numbered = 0
        for name, old, new, values in FIELDS:
            for at, each in enumerate(values):
                numbered += 1
                if place and (numbered + place) % _ELSEWHERE:
                    continue
                yield Case(
                    f"{name}-{at}-{context}",
                    one(root(schema({"f": old}))),
                    one(root(schema({} if new is None else {"f": new}))),
                    {"spec": value({"f": each}), "status": CONDITIONS},
                )


def format_cases() -> Iterator[Case]:
    """Every format with texts that it takes, and that it does not."""
    schema, value = CONTEXTS["top"]
    for name, texts in FORMATS.items():
        for at, each in enumerate(texts):
            yield Case(
                f"format-{name}-{at}",
                one(root(schema({"f": TEXT}))),
                one(root(schema({"f": _t(format=name)}))),
                {"spec": value({"f": each}), "status": CONDITIONS},
            )
