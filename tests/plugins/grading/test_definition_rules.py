"""Each rule about a CRD apart from its schemas: three changes that are it, two that are not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from k8s_datamodel_plugins.grading import RULES, GradingSettings, clashes, graded
from k8s_datamodel_plugins.grading.rules.touching_rules import TOUCHING_RULES

Crd = dict[str, Any]

OBJECT = {"type": "object"}
NAMES = {"plural": "widgets", "kind": "Widget"}
SERVICE = {"service": {"namespace": "system", "name": "webhook"}}
GONE = object()


def version(name: str = "v1", fields: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    properties = {field: {"type": "string"} for field in fields}
    schema = {"openAPIV3Schema": {**OBJECT, "properties": properties}}
    found = {"name": name, "served": True, "storage": name == "v1", "schema": schema, **more}
    return {key: value for key, value in found.items() if value is not GONE}


def crd(*versions: dict[str, Any], stored: tuple[str, ...] = (), **spec: Any) -> Crd:
    whole = {"group": "example.com", "scope": "Namespaced", "names": NAMES, **spec}
    names = whole["names"] if isinstance(whole["names"], dict) else {}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{names.get('plural')}.{whole['group']}"},
        "spec": {**whole, "versions": list(versions) or [version()]},
        **({"status": {"storedVersions": list(stored)}} if stored else {}),
    }


def names(**more: Any) -> Crd:
    return crd(names={**NAMES, **more})


def webhook(client: Any = SERVICE, reviews: tuple[str, ...] = ("v1",)) -> Crd:
    called = {"clientConfig": client, "conversionReviewVersions": list(reviews)}
    return crd(conversion={"strategy": "Webhook", "webhook": called})


def sub(**subresources: Any) -> Crd:
    return crd(version(subresources=subresources))


def beta(**spec: Any) -> Crd:
    found = {"group": "example.com", "scope": "Namespaced", "names": NAMES, "version": "v1"}
    return {
        **crd(),
        "apiVersion": "apiextensions.k8s.io/v1beta1",
        "spec": {**found, "preserveUnknownFields": False, **spec},
    }


def labelled(**labels: str) -> Crd:
    found = crd()
    return {**found, "metadata": {**found["metadata"], "labels": labels}}


def renamed(name: str) -> Crd:
    return {**crd(), "metadata": {"name": name}}


def selectable(*paths: str) -> Crd:
    fields = [{"jsonPath": path} for path in paths]
    return crd(version(schema=SELECTED, selectableFields=fields))


def columns(*found: str) -> Crd:
    listed = [{"name": name, "type": "string", "jsonPath": f".spec.{name}"} for name in found]
    return crd(version(additionalPrinterColumns=listed))


TEXTS = {"a": {"type": "string"}, "b": {"type": "string"}}
SELECTED = {"openAPIV3Schema": {**OBJECT, "properties": {"spec": {**OBJECT, "properties": TEXTS}}}}
BARE = selectable()
V2 = version("v2", storage=False)
ON_V2 = [version(storage=False), version("v2", storage=True)]
SCALE = {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}
LOOSE = version(schema={"openAPIV3Schema": {**OBJECT, "properties": {"a": {}}}})
CHECKED_BETA = beta(validation={"openAPIV3Schema": OBJECT})

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
KEYED = {
    "type": "array",
    "items": {**OBJECT, "properties": {"a": TEXT}, "required": ["a"]},
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["a"],
}

Change = tuple[Crd, Crd]


def having(**properties: Any) -> Crd:
    return crd(version(schema={"openAPIV3Schema": {**OBJECT, "properties": properties}}))


def keyed(**more: Any) -> Crd:
    return having(it={**KEYED, **more})


def as_named(name: str, **spec: Any) -> Crd:
    """A CRD under a name that its plural and group need not have."""
    return {**crd(**spec), "metadata": {"name": name}}


LONG = "a" * 64
NO_LABEL = ("A", "V1_", "1a", "-a", "a-", "a.b", "a b", "ä", LONG)
MALFORMED = [
    as_named("gadgets.example.com"),
    as_named("widgets.example.org"),
    as_named("widgets"),
    *(as_named(f"widgets.{group}", group=group) for group in ("com", "a_b.com", "A.com", "a..b")),
    as_named("widgets.", group=""),
    as_named("widgets.x", group=None),
    as_named("Widgets.x", group=7),
    *(names(plural=word) for word in (*NO_LABEL, None, "", 7)),
    *(names(singular=word) for word in (*NO_LABEL, 7)),
    *(names(kind=word) for word in ("A_", "1A", "-", "A.B", "Ä", LONG, LONG[:60], None, "", ["A"])),
    *(names(listKind=word) for word in ("A_", "1A", "Widget", LONG, 7)),
    *(names(shortNames=words) for words in (["a", "W"], [""], [None], [1], "w")),
    *(names(categories=words) for words in (["all", "A_"], [None], {})),
    *(crd(scope=scope) for scope in ("nope", "namespaced", "", None, 7)),
    *(crd({**version(name), "storage": True}) for name in NO_LABEL),
    crd(version(), version(storage=False)),
    crd(version(), V2, V2),
    crd(conversion={"strategy": "none"}),
    *(having(it={"type": kind}) for kind in ("foo", "String", "null")),
]
"""CRDs of which one thing is wrong, whatever the old CRD was."""

WELL_FORMED = [
    as_named("a.a.b", group="a.b", names={"plural": "a", "kind": "A"}),
    as_named("widgets.1-a.2", group="1-a.2"),
    as_named(f"widgets.{LONG}.com", group=f"{LONG}.com"),
    names(plural=LONG[:63], singular="a", kind="a-B9", listKind="L"),
    names(kind="K" * 63, listKind="L"),
    names(kind="K" * 59, singular=None, listKind=None, shortNames=None, categories=None),
    names(kind="widget", listKind="Widget", singular="", shortNames=["w", "w-1", "w"]),
    names(singular="widgets", shortNames=["widgets"], categories=["all", "all", "a1"]),
    crd({**version("x" * 63), "storage": True}),
    crd(scope="Cluster", conversion={"strategy": "None"}),
    crd(conversion=None),
    having(it={"type": "string"}, its={"x-kubernetes-int-or-string": True}),
]

NO_PATTERNS = (
    *("^(?!a)", "(?<=a)b", "(?<n", "(a", "a)", r"(a)\1", "(?=a)", "(?>a)", "(?P=n)", "(?<ä>a)"),
    *("[", "[a", "[]", "[^]", "[a\\]", "[[:alpha:]", "[[:none:]]", "(", "((a)", ")", "a\\"),
    *("*", "+a", "?", "a|*", "(+)", "(?:?)", "a**", "a*+", "a*??", "a{2}{3}", "a{2}*", "{2}"),
    *("a{1001}", "a{2,1001}", "a{3,2}", "a{9999999999}", r"\Z", r"\u00e4", r"\K", r"\8a", r"\e"),
    *(r"\x{110000}", r"[a-\Z]", "(?x)a", r"\C", r"a\E"),
)
PATTERNS = (
    *("(?i)a(?P<n>b)", "(?:a)|[(]", r"\(a", r"[^)]*\Q(\E", r"\x41[[:alpha:]()]", "[]a]", "[^]a]"),
    *("]", "}", "{", "a{", "a{,2}", "a{01}", "{01}", "a{1,02}", "^*", "$+", "()*", "(|a)+", "a||b"),
    *(r"\b+", r"\Q*\E*", r"\Q[", r"[\]]", r"[*+?(]", "[a-]", "[-a]", "[[a]", "(?i)a*", "a{1000}"),
    *("a*?", "a{2}?", "a{2,}", "|", "", r"\12", r"\101", r"\pL", r"\p{Greek}", r"\_\-", "(?<n>a)"),
    *("(?s).", "(?U:a)", "(?i-s:a)", "(a(b(c)))", r"\x{10ffff}", r"\07", r"[\d-z]?", "ä"),
)

REFUSED = [
    (crd(version(), V2), crd(version(), {**V2, "storage": True})),
    (crd(version(), V2), crd(version(storage=False), V2)),
    (None, crd(version(storage=False))),
    *(
        (having(), having(it={**NUMBER, "default": default}))
        for default in ("large", True, [], {}, 1.5)
    ),
    (having(), having(it={**TEXT, "enum": ["a"], "default": "b"})),
    (having(), having(it={**TEXT, "maxLength": 1, "default": "bb"})),
    (having(), having(it={"type": "array", "items": {**NUMBER, "default": "a"}})),
    *((having(it=TEXT), having(it={**TEXT, "pattern": pattern})) for pattern in NO_PATTERNS),
    (keyed(), keyed(**{"x-kubernetes-list-map-keys": ["b"]})),
    (keyed(), keyed(**{"x-kubernetes-list-map-keys": None})),
    (keyed(), keyed(items={**OBJECT, "properties": {"a": TEXT}})),
]

ACCEPTED = [
    (having(), having(it={**OBJECT, "additionalProperties": {**TEXT, "default": 1}})),
    (crd(version(), V2), crd(version(storage=False), {**V2, "storage": True})),
    (having(), having(it={**NUMBER, "default": 1})),
    (having(), having(it={"type": "number", "default": 1})),
    (having(), having(it={**TEXT, "nullable": True, "default": None})),
    (having(), having(it={**OBJECT, "properties": {"a": {**TEXT, "default": "a"}}, "default": {}})),
    (having(), having(it={"x-kubernetes-int-or-string": True, "default": "10%"})),
    *((having(it=TEXT), having(it={**TEXT, "pattern": pattern})) for pattern in PATTERNS),
    (keyed(items={**KEYED["items"], "required": []}),) * 2,
    (keyed(), keyed(items={**OBJECT, "properties": {"a": {**TEXT, "default": "x"}}})),
]

CASES: Mapping[str, tuple[list[Change], list[Change]]] = {
    "scope-changed": (
        [
            (crd(), crd(scope="Cluster")),
            (crd(scope="Cluster"), crd()),
            (beta(), beta(scope="Cluster")),
        ],
        [(crd(), names(singular="gadget")), (beta(), {**CHECKED_BETA})],
    ),
    "kind-changed": (
        [
            (crd(), names(kind="Gadget")),
            (names(kind="Gadget"), crd()),
            (names(listKind="L", singular="s"), names(kind="G", listKind="L", singular="s")),
        ],
        [(crd(), names(listKind="Widgets")), (crd(), names(singular="gadget"))],
    ),
    "plural-changed": (
        [
            (crd(), names(plural="gadgets")),
            (crd(), {**names(plural="gadgets"), "metadata": crd()["metadata"]}),
            (crd(), renamed("gadgets.example.com")),
        ],
        [(crd(), names(kind="Gadget")), (crd(), names(singular="gadget"))],
    ),
    "group-changed": (
        [
            (crd(), crd(group="example.org")),
            (crd(), {**crd(group="example.org"), "metadata": crd()["metadata"]}),
            (beta(), {**beta(group="example.org"), "metadata": {"name": "widgets.example.org"}}),
        ],
        [(crd(), names(plural="gadgets")), (crd(), names(kind="Gadget"))],
    ),
    "listkind-changed": (
        [
            (crd(), names(listKind="Widgets")),
            (names(listKind="Widgets"), crd()),
            (names(listKind="a"), names(listKind="b")),
        ],
        [(crd(), names(listKind="WidgetList")), (crd(), names(kind="Gadget"))],
    ),
    "singular-changed": (
        [
            (crd(), names(singular="gadget")),
            (names(singular="gadget"), crd()),
            (names(singular="a"), names(singular="b")),
        ],
        [(crd(), names(singular="widget")), (crd(), names(kind="Gadget"))],
    ),
    "shortname-removed": (
        [
            (names(shortNames=["w"]), crd()),
            (names(shortNames=["w", "x"]), names(shortNames=["x"])),
            (names(shortNames=["w"]), names(shortNames=[])),
        ],
        [
            (crd(), names(shortNames=["w"])),
            (names(shortNames=["w", "x"]), names(shortNames=["x", "w"])),
        ],
    ),
    "shortname-added": (
        [
            (crd(), names(shortNames=["w"])),
            (names(shortNames=["w"]), names(shortNames=["w", "x"])),
            (names(shortNames=[]), names(shortNames=["w"])),
        ],
        [(names(shortNames=["w"]), crd()), (crd(), names(categories=["all"]))],
    ),
    "category-removed": (
        [
            (names(categories=["all"]), crd()),
            (names(categories=["all", "x"]), names(categories=["x"])),
            (names(categories=["all"]), names(categories=[])),
        ],
        [(crd(), names(categories=["all"])), (names(shortNames=["w"]), crd())],
    ),
    "category-added": (
        [
            (crd(), names(categories=["all"])),
            (names(categories=["all"]), names(categories=["all", "x"])),
            (names(categories=[]), names(categories=["all"])),
        ],
        [(names(categories=["all"]), crd()), (crd(), names(shortNames=["w"]))],
    ),
    "metadata-changed": (
        [
            (crd(), labelled(a="b")),
            (labelled(a="b"), labelled(a="c")),
            (labelled(a="b"), labelled()),
        ],
        [(crd(), labelled()), (crd(), {**crd(), "status": {"conditions": None}})],
    ),
    "crd-api-removed": (
        [(crd(), beta()), (crd(), CHECKED_BETA), (crd(V2), beta(version="v2"))],
        [(beta(), CHECKED_BETA), (CHECKED_BETA, crd())],
    ),
    "crd-api-renewed": (
        [
            (CHECKED_BETA, crd()),
            (beta(validation={"openAPIV3Schema": {}}), crd()),
            (beta(versions=[version()]), crd()),
        ],
        [(crd(), CHECKED_BETA), (beta(), CHECKED_BETA)],
    ),
    "version-added": (
        [(crd(), crd(version(), V2)), (crd(), crd(*ON_V2)), (beta(), crd(version(), V2))],
        [
            (crd(version(), V2), crd()),
            (crd(version(), {**V2, "served": False}), crd(version(), V2)),
        ],
    ),
    "version-removed": (
        [
            (crd(version(), V2), crd()),
            (beta(versions=[version(), V2]), crd()),
            (crd(*ON_V2, stored=("v1", "v2")), crd(ON_V2[1], stored=("v2",))),
        ],
        [(crd(), crd(version(), V2)), (crd(*ON_V2, stored=("v1", "v2")), crd(ON_V2[1]))],
    ),
    "stored-version-removed": (
        [
            (crd(), crd(version("v2", storage=True))),
            (crd(*ON_V2, stored=("v1", "v2")), crd(ON_V2[1])),
            (crd(version(), V2, stored=("v1",)), crd(version("v2", storage=True))),
        ],
        [
            (crd(version(), V2), crd()),
            (crd(version(), V2, stored=("v1", "v2")), crd(version(), stored=("v1",))),
        ],
    ),
    "version-unserved": (
        [
            (crd(), crd(version(served=False))),
            (crd(version(), V2), crd(version(), {**V2, "served": False})),
            (crd(version(served=GONE)), crd(version(served=False))),
        ],
        [(crd(version(served=False)), crd()), (crd(version(), V2), crd())],
    ),
    "version-served": (
        [
            (crd(version(served=False)), crd()),
            (crd(version(), {**V2, "served": False}), crd(version(), V2)),
            (crd(version(served=False)), crd(version(served=GONE))),
        ],
        [(crd(), crd(version(served=False))), (crd(), crd(version(), V2))],
    ),
    "version-deprecated": (
        [
            (crd(), crd(version(deprecated=True))),
            (crd(), crd(version(deprecated=True, deprecationWarning="use v2"))),
            (crd(version(), V2), crd(version(), {**V2, "deprecated": True})),
        ],
        [
            (crd(version(deprecated=True)), crd()),
            (
                crd(version(deprecated=True)),
                crd(version(deprecated=True, deprecationWarning="use v2")),
            ),
        ],
    ),
    "deprecation-changed": (
        [
            (crd(version(deprecated=True)), crd()),
            (
                crd(version(deprecated=True)),
                crd(version(deprecated=True, deprecationWarning="use v2")),
            ),
            (crd(version(deprecationWarning="a")), crd(version(deprecationWarning="b"))),
        ],
        [(crd(), crd(version(deprecated=True))), (crd(), crd(version(deprecated=False)))],
    ),
    "storage-version-changed": (
        [
            (crd(version(), V2), crd(*ON_V2)),
            (crd(), crd(*ON_V2)),
            (crd(*ON_V2), crd(version(), V2)),
        ],
        [(crd(), crd(version(), V2)), (crd(version(), V2), crd())],
    ),
    "storage-none-conversion-schema-differs": (
        [
            (crd(), crd(version(fields=("a",)), version("v2", storage=False))),
            (
                crd(version(fields=("a",)), V2),
                crd(version(fields=("a",), storage=False), version("v2", storage=True)),
            ),
            (
                crd(version(fields=("a",)), version("v2", ("a",), storage=False)),
                crd(version(fields=("a", "b")), version("v2", ("a",), storage=False)),
            ),
        ],
        [
            (crd(), crd(version(), V2)),
            (
                crd(version(fields=("a",)), V2),
                crd(version(fields=("a",)), version("v2", storage=False, deprecated=True)),
            ),
        ],
    ),
    "schema-added": (
        [
            (beta(), CHECKED_BETA),
            (beta(), crd()),
            (crd(version(schema=GONE)), crd()),
        ],
        [(crd(), crd(version(), V2)), (CHECKED_BETA, crd())],
    ),
    "schema-removed": (
        [
            (crd(), crd(version(schema=GONE))),
            (crd(), crd(version(schema={}))),
            (crd(), crd(version(schema={"openAPIV3Schema": None}))),
        ],
        [(beta(), CHECKED_BETA), (crd(), crd(version(fields=("a",))))],
    ),
    "crd-invalid": (REFUSED, ACCEPTED),
    "schema-not-structural": (
        [
            (crd(), crd(LOOSE)),
            (None, crd(LOOSE)),
            (crd(), crd(version(schema={"openAPIV3Schema": {"properties": {}}}))),
        ],
        [(crd(LOOSE), crd(LOOSE, V2)), (CHECKED_BETA, beta(validation=LOOSE["schema"]))],
    ),
    "conversion-strategy-changed": (
        [
            (crd(), webhook()),
            (webhook(), crd()),
            (webhook(), crd(conversion={"strategy": "None"})),
        ],
        [(crd(), crd(conversion={"strategy": "None"})), (webhook(), webhook(reviews=("v1beta1",)))],
    ),
    "conversion-client-config-missing": (
        [
            (webhook(), webhook(None)),
            (crd(), crd(conversion={"strategy": "Webhook"})),
            (webhook(), crd(conversion={"strategy": "Webhook", "webhook": None})),
        ],
        [(crd(), webhook()), (webhook(None), webhook(None, ("v1", "v1beta1")))],
    ),
    "conversion-webhook-changed": (
        [
            (webhook(), webhook({"url": "https://example.com"})),
            (webhook({"url": "https://a"}), webhook({"url": "https://b"})),
            (webhook(), webhook({"service": {**SERVICE["service"], "port": 8443}})),
        ],
        [(webhook(), webhook({**SERVICE, "caBundle": "eA=="})), (crd(), webhook())],
    ),
    "conversion-ca-changed": (
        [
            (webhook(), webhook({**SERVICE, "caBundle": "eA=="})),
            (webhook({**SERVICE, "caBundle": "eA=="}), webhook()),
            (webhook({**SERVICE, "caBundle": "eA=="}), webhook({**SERVICE, "caBundle": "eQ=="})),
        ],
        [
            (webhook(), webhook({"url": "https://a"})),
            (crd(), webhook({**SERVICE, "caBundle": "eA=="})),
        ],
    ),
    "conversion-review-versions": (
        [
            (webhook(), webhook(reviews=("v1beta1",))),
            (webhook(reviews=("v1", "v1beta1")), webhook(reviews=("v1beta1",))),
            (webhook(reviews=("v1", "v2")), webhook(reviews=("v1",))),
        ],
        [(crd(), webhook()), (webhook(), webhook())],
    ),
    "status-subresource-removed": (
        [
            (sub(status={}), crd()),
            (sub(status={}, scale=SCALE), sub(scale=SCALE)),
            (sub(status={}), sub()),
        ],
        [(crd(), sub(status={})), (sub(), crd())],
    ),
    "status-subresource-added": (
        [
            (crd(), sub(status={})),
            (sub(scale=SCALE), sub(scale=SCALE, status={})),
            (sub(), sub(status={})),
        ],
        [(sub(status={}), crd()), (crd(), crd(version(), version("v2", storage=False)))],
    ),
    "scale-added": (
        [
            (crd(), sub(scale=SCALE)),
            (sub(status={}), sub(status={}, scale=SCALE)),
            (sub(), sub(scale={**SCALE, "labelSelectorPath": ".status.selector"})),
        ],
        [(sub(scale=SCALE), crd()), (crd(), sub(status={}))],
    ),
    "scale-removed": (
        [
            (sub(scale=SCALE), crd()),
            (sub(status={}, scale=SCALE), sub(status={})),
            (sub(scale={**SCALE, "labelSelectorPath": ".status.selector"}), sub()),
        ],
        [(crd(), sub(scale=SCALE)), (sub(status={}), crd())],
    ),
    "scale-path-changed": (
        [
            (sub(scale=SCALE), sub(scale={**SCALE, "specReplicasPath": ".spec.size"})),
            (sub(scale=SCALE), sub(scale={**SCALE, "labelSelectorPath": ".status.selector"})),
            (sub(scale={**SCALE, "labelSelectorPath": ".status.selector"}), sub(scale=SCALE)),
        ],
        [(sub(scale=SCALE), crd()), (crd(), sub(scale=SCALE))],
    ),
    "selectable-field-removed": (
        [
            (selectable(".spec.a"), BARE),
            (selectable(".spec.a", ".spec.b"), selectable(".spec.b")),
            (selectable(".spec.a"), selectable()),
        ],
        [
            (BARE, selectable(".spec.a")),
            (selectable(".spec.a", ".spec.b"), selectable(".spec.b", ".spec.a")),
        ],
    ),
    "selectable-field-added": (
        [
            (BARE, selectable(".spec.a")),
            (selectable(".spec.a"), selectable(".spec.a", ".spec.b")),
            (selectable(), selectable(".spec.a")),
        ],
        [(selectable(".spec.a"), BARE), (BARE, columns("a"))],
    ),
    "printer-column-changed": (
        [(crd(), columns("a")), (columns("a"), crd()), (columns("a", "b"), columns("b", "a"))],
        [
            (
                beta(additionalPrinterColumns=[{"name": "a", "JSONPath": ".spec.a"}]),
                beta(additionalPrinterColumns=[{"name": "a", "jsonPath": ".spec.a"}]),
            ),
            (BARE, selectable(".spec.a")),
        ],
    ),
    "preserve-unknown-removed": (
        [
            (beta(preserveUnknownFields=True), beta()),
            (beta(preserveUnknownFields=None), crd()),
            (crd(preserveUnknownFields=True), crd()),
        ],
        [(crd(preserveUnknownFields=False), crd()), (beta(), crd())],
    ),
    "unclassified": (
        [
            (crd(), crd(sharding={"by": "name"})),
            (crd(), crd(version(weight=3))),
            (crd(), sub(log={})),
        ],
        [(crd(), crd(sharding=None)), (crd(), crd(version(deprecated=None)))],
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_a_change_is_told_once(rule: str) -> None:
    changes = CASES[rule][0]
    assert len(changes) >= 3
    for old, new in changes:
        assert [each.rule for each in graded(old, new)].count(rule) == 1


@pytest.mark.parametrize("rule", CASES)
def test_neighbours_are_not_it(rule: str) -> None:
    neighbours = CASES[rule][1]
    assert len(neighbours) >= 2
    for old, new in neighbours:
        assert rule not in [each.rule for each in graded(old, new)]


@pytest.mark.parametrize("new", MALFORMED)
def test_a_malformed_crd_is_refused(new: Crd) -> None:
    for old in (None, crd()):
        told = [each for each in graded(old, new) if each.level == "blocked"]
        assert told
        assert old or [each.rule for each in told] == ["crd-invalid"]


@pytest.mark.parametrize("new", WELL_FORMED)
def test_a_well_formed_crd_is_taken(new: Crd) -> None:
    assert [each.rule for each in graded(None, new)] == ["crd-added"]


@pytest.mark.parametrize("new", [names(singular="A"), crd(scope="nope"), names(kind=None)])
def test_what_was_malformed_is_still_refused(new: Crd) -> None:
    assert "crd-invalid" in [each.rule for each in graded({**new, "status": {}}, labelled_as(new))]


def labelled_as(found: Crd) -> Crd:
    return {**found, "metadata": {**found["metadata"], "labels": {"a": "b"}}}


def test_another_plural_or_group_under_the_same_name_is_refused() -> None:
    for rule, more in (
        ("plural-changed", {"names": {**NAMES, "plural": "x"}}),
        ("group-changed", {"group": "x"}),
    ):
        changed = {**crd(**more), "metadata": crd()["metadata"]}
        assert ("blocked", rule) in [(each.level, each.rule) for each in graded(crd(), changed)]


def test_a_webhook_must_understand_some_request_that_the_server_knows() -> None:
    found = graded(webhook(), webhook(reviews=("v2",)))
    assert [(each.rule, each.level) for each in found] == [
        ("conversion-review-versions", "blocked")
    ]


def test_names_that_two_crds_of_a_group_want() -> None:
    gadgets = crd(names={"plural": "gadgets", "kind": "Gadget", "shortNames": ["w"]})
    takers = [names(shortNames=["w"]), names(singular="gadgets"), names(kind="GadgetList")]
    for widgets in takers:
        found = list(clashes([gadgets, widgets]))
        assert {(name, each.rule) for name, each in found} == {
            ("widgets.example.com", "names-clash")
        }
    elsewhere = crd(group="example.org", names={**NAMES, "shortNames": ["w"]})
    assert list(clashes([gadgets, elsewhere])) == []
    assert list(clashes([gadgets, gadgets, crd()])) == []


def test_findings_are_in_order_and_across_versions() -> None:
    old = crd(version(fields=("a",)), V2)
    new = crd(
        version(fields=("a",), storage=False),
        version("v2", storage=True, deprecated=True),
        scope="Cluster",
    )
    assert [(each.version, each.rule) for each in graded(old, new)] == [
        (None, "scope-changed"),
        ("v1 -> v2", "storage-none-conversion-schema-differs"),
        ("v1 -> v2", "storage-version-changed"),
        ("v2", "version-deprecated"),
    ]


def test_versions_such_as_v1alpha1_count_one_level_lower() -> None:
    alpha = version("v1alpha1", ("a",), storage=False)
    old, new = (
        crd(version(), alpha, conversion={"strategy": "Webhook"}),
        crd(version(), version("v1alpha1", storage=False), conversion={"strategy": "Webhook"}),
    )
    for settings, level in (
        (GradingSettings(), "risky"),
        (GradingSettings(alpha="same"), "breaking"),
    ):
        assert [(each.rule, each.level) for each in graded(old, new, settings)] == [
            ("field-removed", level)
        ]


@pytest.mark.parametrize(
    ("name", "status", "settings", "said"),
    [
        ("v1", True, {}, " (Milder, as only controllers write the status.)"),
        ("v1alpha1", False, {}, " (Milder, as the version is alpha.)"),
        (
            *("v1alpha1", True, {}),
            " (Milder, as only controllers write the status and the version is alpha.)",
        ),
        ("v1", False, {}, ""),
        ("v1alpha1", False, {"alpha": "same"}, ""),
        ("v1alpha1", True, {"severity": {"bound-tightened": "breaking"}}, ""),
    ],
)
def test_a_milder_finding_says_why(
    name: str, status: bool, settings: dict[str, Any], said: str
) -> None:
    def limited(**more: Any) -> Crd:
        field = {**OBJECT, "properties": {"a": {"type": "integer", **more}}}
        schema = {**OBJECT, "properties": {"status" if status else "spec": field}}
        made = version(name, storage=True, schema={"openAPIV3Schema": schema})
        return crd({**made, "subresources": {"status": {}}})

    [found] = graded(limited(), limited(maximum=9), GradingSettings(**settings))
    assert found.message.partition(" now.")[2] == said


def test_the_status_counts_lower_where_only_controllers_write_it() -> None:
    def with_status(size: Any, **subresources: Any) -> Crd:
        schema = {**OBJECT, "properties": {"status": {**OBJECT, "properties": {"size": size}}}}
        return crd(version(schema={"openAPIV3Schema": schema}, subresources=subresources))

    size, small = {"type": "integer"}, {"type": "integer", "maximum": 9}
    told = {
        name: [
            each.level
            for each in graded(with_status(size, **before), with_status(small, **after))
            if each.path
        ]
        for name, before, after in (
            ("both", {"status": {}}, {"status": {}}),
            ("new", {}, {"status": {}}),
            ("none", {}, {}),
        )
    }
    assert told == {"both": ["risky"], "new": ["breaking"], "none": ["breaking"]}


def test_every_rule_is_tried() -> None:
    from plugins.grading import test_schema_rules

    tried = {*CASES, *test_schema_rules.RULE_CASES, *test_schema_rules.OBJECT_CASES}
    apart = {
        "cel-too-costly",
        "cel-needs-newer-kubernetes",
        "crd-added",
        "crd-removed",
        "names-clash",
    }
    objects_only = {"version-removed-managedfields", "metadata-name-constraint"}
    touching = {each.id for each in TOUCHING_RULES}  # see tests/plugins/upgrades
    assert set(RULES) - tried == apart | objects_only | touching


def test_what_nothing_converts_is_named_and_is_not_said_to_be_lost() -> None:
    typed = version("v2", schema={"openAPIV3Schema": {**OBJECT, "properties": {"a": NUMBER}}})
    found = graded(crd(), crd(version(fields=("a", "b")), {**typed, "storage": False}))
    [said] = [each.message for each in found if each.version == "v1 -> v2"]
    assert said == "Nothing converts what v1 has and v2 lacks, or has of another type: a, b."
