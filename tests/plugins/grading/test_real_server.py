"""A real API server refuses the new CRD exactly where a finding is ``blocked``.

And it does with stored objects what the rules say that it does.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest

from cluster.api import CONNECTIONS
from cluster.client import Answer, Client
from k8s_datamodel_plugins.grading import RULES, GradingSettings, graded
from plugins.grading.test_definition_rules import CASES, MALFORMED, WELL_FORMED, Crd
from plugins.grading.test_schema_rules import (
    AB,
    ABLE,
    EMBEDDED,
    INTEGER,
    OBJECT_CASES,
    OPEN,
    RULE_CASES,
    TEXT,
    TEXTS,
    WITH_A,
    A,
    Schema,
    cel,
    changes_of,
    obj,
    with_required,
)

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
SERVER = GradingSettings(kubernetes=(1, 36))
OK, CREATED, BAD_REQUEST, CONFLICT, INVALID, ERROR = 200, 201, 400, 409, 422, 500
WAIT_SECONDS = 20

NAMED = {
    *("scope-changed", "kind-changed", "plural-changed", "group-changed"),
    *("listkind-changed", "singular-changed"),
}
"""Rules whose changes may be refused as names are immutable, once the CRD is served."""

_numbers = itertools.count()


class Update(NamedTuple):
    """One CRD becomes another."""

    rule: str
    old: Crd
    new: Crd


def updates(many: bool) -> Iterator[Update]:
    """Changes of the tables of rules: all, or the first of a rule and what may be blocked.

    What is malformed is left out: the server cannot even read it.
    """
    for rule, (told, neighbours) in CASES.items():
        chosen = [*told, *neighbours] if many or RULES[rule].level == "blocked" else told[:1]
        for old, new in chosen:
            if old is not None and old["metadata"]["name"] == new["metadata"]["name"]:
                yield Update(rule, old, new)
    of_schemas = {**RULE_CASES, **OBJECT_CASES}
    for rule in list(of_schemas)[:: 1 if many else 4]:
        told, neighbours = of_schemas[rule]
        for old, new in [*told, *neighbours] if many else told[:1]:
            if rule != "unclassified":
                yield Update(rule, *changes_of(old, new))


def in_group(found: Crd, group: str) -> Crd:
    """The CRD in a group of its own, where the change is not about the group."""
    whole = found["spec"]
    if whole["group"] != "example.com":
        return {**found, "metadata": {**found["metadata"], "name": f"widgets.{group}"}}
    name = found["metadata"]["name"].replace("example.com", group)
    return {
        **found,
        "metadata": {**found["metadata"], "name": name},
        "spec": {**whole, "group": group},
    }


def established(admin: Client, path: str) -> None:
    """Waits until the CRD is served: from then on its names may not change."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        conditions = admin.get(path)["status"].get("conditions") or []
        if any(each["type"] == "Established" and each["status"] == "True" for each in conditions):
            return
    raise AssertionError(f"{path} is not served")


def put(admin: Client, path: str, new: Crd, query: str = "?dryRun=All") -> Answer:
    """The answer to the new CRD; its controllers write the old one at the same time."""
    body = {key: value for key, value in new.items() if key != "status"}
    while True:
        at = admin.get(path)["metadata"]["resourceVersion"]
        body["metadata"] = {**new["metadata"], "resourceVersion": at}
        answer = admin.request("PUT", path + query, body)
        if answer.status != CONFLICT:
            return answer


def verdict(admin: Client, update: Update) -> str | None:
    """How the server's answer differs from ours; empty if it does not, None if it has no old."""
    group = f"g{next(_numbers)}.example.net"
    old, new = in_group(update.old, group), in_group(update.new, group)
    path = f"{CRDS}/{old['metadata']['name']}"
    if admin.request("POST", CRDS, old).status >= BAD_REQUEST:
        return None
    try:
        if update.rule in NAMED:
            established(admin, path)
        answer = put(admin, path, new)
    finally:
        admin.delete(path)
    is_refused, why = answer.status >= BAD_REQUEST, answer.json().get("message")
    stored = {
        "storedVersions": [each["name"] for each in old["spec"]["versions"] if each["storage"]]
    }
    findings = list(graded({**old, "status": stored}, {**new, "status": {}}, SERVER))
    blocked = [each.rule for each in findings if each.level == "blocked"]
    if bool(blocked) == is_refused:
        return ""
    return f"{update.rule}: blocked {blocked}, the server: {is_refused} {str(why)[:300]}"


def differing(admin: Client, many: bool) -> tuple[list[str], int]:
    """How the server's answers differ from ours, and to how many updates it had one."""
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        verdicts = list(pool.map(lambda each: verdict(admin, each), updates(many)))
    return [each for each in verdicts if each], len([each for each in verdicts if each is not None])


def test_the_server_refuses_exactly_what_is_blocked(admin: Client) -> None:
    wrong, tried = differing(admin, many=False)
    assert wrong == []
    assert tried > 50


@pytest.mark.soak
def test_the_server_refuses_exactly_what_is_blocked_in_every_change(admin: Client) -> None:
    wrong, tried = differing(admin, many=True)
    assert wrong == []
    assert tried > 300


def creation(admin: Client, new: Crd) -> str:
    """How the server's answer to a new CRD differs from ours; empty if it does not."""
    answer = admin.request("POST", f"{CRDS}?dryRun=All", new)
    blocked = [each.rule for each in graded(None, new, SERVER) if each.level == "blocked"]
    if bool(blocked) == (answer.status >= BAD_REQUEST):
        return ""
    return f"blocked {blocked}, the server: {answer.status} {answer.json().get('message')}"


def test_the_server_refuses_exactly_the_new_crds_that_are_blocked(admin: Client) -> None:
    changed = [new for changes in CASES["crd-invalid"] for _, new in changes]
    new = [*MALFORMED, *WELL_FORMED, *changed]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        answers = list(pool.map(lambda each: creation(admin, each), new))
    assert "\n".join(filter(None, answers)) == ""


class Operations(NamedTuple):
    """What the server answers: to a read, a write of a label, a create, an apply of a label."""

    rule: str
    old: Schema
    new: Schema
    stored: Any
    write: int
    create: int
    apply: int = OK


PATTERNED = {**TEXT, "pattern": "^b"}
OPERATIONS = [
    Operations("required-added", obj(a=INTEGER), with_required("a", a=INTEGER), {}, OK, INVALID),
    Operations("enum-value-removed", AB, A, "b", OK, INVALID),
    Operations("bound-tightened", INTEGER, {**INTEGER, "maximum": 1}, 5, OK, INVALID),
    Operations("pattern-added", TEXT, PATTERNED, "a", OK, INVALID),
    Operations("format-added", TEXT, {**TEXT, "format": "ipv4"}, "a", OK, INVALID),
    Operations("type-changed", TEXT, INTEGER, "a", OK, INVALID, ERROR),
    Operations("type-widened", INTEGER, {"type": "number"}, 1, OK, CREATED),
    Operations("embedded-resource-added", OPEN, {**OPEN, **EMBEDDED}, {"a": 1}, *[INVALID] * 3),
    Operations("combinator-tightened", ABLE, {**ABLE, "not": WITH_A}, {"a": 1}, OK, INVALID),
    Operations("cel-rule-added", obj(a=INTEGER), cel("self.a > 5"), {"a": 1}, OK, INVALID),
    Operations(
        "cel-transition-added", obj(a=INTEGER), cel("self.a == oldSelf.a"), {"a": 1}, OK, CREATED
    ),
    Operations("field-removed", obj(it=TEXT), obj(), {"it": "a"}, OK, CREATED),
    Operations("default-added", obj(it=TEXT), obj(it={**TEXT, "default": "b"}), {}, OK, CREATED),
    Operations(
        "list-type-changed",
        TEXTS,
        {**TEXTS, "x-kubernetes-list-type": "set"},
        ["a", "a"],
        OK,
        INVALID,
    ),
]
READ = {"field-removed": {}, "default-added": {"it": "b"}}
"""What a read shows where it is not what was stored."""


def test_stored_objects_fare_as_the_rules_say(admin: Client) -> None:
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        told = list(pool.map(lambda each: fared(admin, each), OPERATIONS))
    assert told == [answers(each) for each in OPERATIONS]


def answers(case: Operations) -> tuple[Any, ...]:
    """What the rules say of a stored object."""
    read = READ.get(case.rule, case.stored)
    return case.rule, read, case.write, case.create, case.apply


def fared(admin: Client, case: Operations) -> tuple[Any, ...]:
    """What the server does with an object that is stored when the CRD changes."""
    group = f"g{next(_numbers)}.example.net"
    old, new = (in_group(each, group) for each in changes_of(case.old, case.new))
    assert case.rule in [each.rule for each in graded(old, new)]
    path, objects = f"{CRDS}/widgets.{group}", f"/apis/{group}/v1/namespaces/default/widgets"
    admin.call("POST", CRDS, old)
    try:
        established(admin, path)
        body = {"apiVersion": f"{group}/v1", "kind": "Widget", "spec": {"f": case.stored}}
        until_ok(admin, objects, {**body, "metadata": {"name": "stored"}})
        assert put(admin, path, new, "").status == OK
        return settled(admin, objects, body, case)
    finally:
        admin.delete(path)


def settled(admin: Client, objects: str, body: dict[str, Any], case: Operations) -> tuple[Any, ...]:
    """What the server does once it works by the new schema: it takes it over a moment later."""
    until = time.monotonic() + WAIT_SECONDS
    while (told := operated(admin, objects, body, case.rule)) != answers(case):
        if time.monotonic() > until:
            break
    return told


def operated(admin: Client, objects: str, body: dict[str, Any], rule: str) -> tuple[Any, ...]:
    """What the server does now with the stored object, and with another one like it."""
    again = {**body, "metadata": {"name": "again"}}
    create = admin.request("POST", f"{objects}?dryRun=All", again).status
    read = admin.get(f"{objects}/stored")
    labels = {"labels": {"a": "b"}}
    written = {**read, "metadata": {**read["metadata"], **labels}}
    write = admin.request("PUT", f"{objects}/stored?dryRun=All", written).status
    applied = {**body, "metadata": {"name": "stored", **labels}}
    del applied["spec"]
    apply = admin.request(
        "PATCH",
        f"{objects}/stored?dryRun=All&fieldManager=labels",
        applied,
        content_type="application/apply-patch+yaml",
    ).status
    return rule, read["spec"]["f"], write, create, apply


def until_ok(admin: Client, path: str, body: dict[str, Any]) -> None:
    """Creates an object, once the server's endpoint is there."""
    until = time.monotonic() + WAIT_SECONDS
    while (answer := admin.request("POST", path, body)).status != CREATED:
        assert time.monotonic() < until, answer.json()
