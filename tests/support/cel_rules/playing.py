"""What the real API server says of rules, and what the evaluator says of the same."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from typing import Any

from cluster.client import Client
from k8s_datamodel_plugins.cel_rules import evaluator
from k8s_datamodel_plugins.structural import Correlated, compiled
from support.cel_rules.table import NOTHING, Row

Answer = list[list[str]]
"""The faults of a value: field, message and reason of each; empty if it is taken."""

_GROUP = "cel.example.com"
_AT_ONCE = 30
_TRIES = 200
_TOGETHER = "Forbidden: contributed to estimated rule cost total exceeding cost limit"


def asked(admin: Client, rows: Sequence[Row], name: str) -> list[Answer | str]:
    """What the server answers for each row; a text where it refuses the rule itself.

    The objects that are updated are stored before their rules are there. Nothing else is written.
    """
    by_rule: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        by_rule.setdefault(json.dumps(row.full_schema, sort_keys=True), []).append(number)
    groups = list(by_rule.values())
    answers: dict[int, Answer | str] = {}
    for start in range(0, len(groups), _AT_ONCE):
        chunk = [
            [(number, rows[number]) for number in group] for group in groups[start:][:_AT_ONCE]
        ]
        answers |= _chunk(admin, chunk, f"{name}{start}")
    for place, group in enumerate(groups):  # too costly together, but not alone
        if str(answers[group[0]]).startswith(_TOGETHER):
            chunk = [[(number, rows[number]) for number in group]]
            answers |= _chunk(admin, chunk, f"{name}alone{place}")
    return [answers[number] for number in range(len(rows))]


def _chunk(
    admin: Client, groups: Sequence[Sequence[tuple[int, Row]]], name: str
) -> dict[int, Answer | str]:
    one_each = [group[0][1] for group in groups]
    admin.apply([_crd(name, [_without_rules(row.schema) for row in one_each])])
    path = f"/apis/{_GROUP}/v1/namespaces/default/{name}s"
    stored = {}
    for place, group in enumerate(groups):
        for number, row in group:
            if row.old is not NOTHING:
                old = _object(name, number, place, row.old)
                stored[number] = admin.call("POST", path, old)
    refused = _put_rules(admin, name, one_each, path)
    answers: dict[int, Answer | str] = {}
    for place, group in enumerate(groups):
        for number, row in group:
            if place in refused:
                answers[number] = refused[place]
            elif number in stored:
                changed = {**stored[number], "spec": {f"r{place}": row.value}}
                answers[number] = _sent(admin, "PUT", f"{path}/o{number}", changed)
            else:
                obj = _object(name, number, place, row.value)
                answers[number] = _sent(admin, "POST", path, obj)
    admin.delete(f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}s.{_GROUP}")
    return answers


def _put_rules(admin: Client, name: str, rows: Sequence[Row], path: str) -> dict[int, str]:
    """Gives the CRD its rules; those that it refuses stay away, and are returned."""
    refused: dict[int, str] = {}
    where = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}s.{_GROUP}"
    while True:
        schemas = [
            _without_rules(row.schema) if number in refused else row.full_schema
            for number, row in enumerate(rows)
        ]
        now = admin.get(where)
        now["spec"] = _crd(name, schemas)["spec"]
        answer = admin.request("PUT", where, now)
        if answer.status < 300:
            break
        causes = answer.json()["details"]["causes"]
        found = {_row_of(cause["field"]): cause["message"] for cause in causes}
        if not found.keys() - refused.keys() - {None}:
            raise AssertionError(answer.body.decode())
        refused |= {number: text for number, text in found.items() if number is not None}
    probe = {**_object(name, 0, 0, None), "spec": {"probe": "x"}}
    for _ in range(_TRIES):
        if _sent(admin, "POST", path, probe):
            return refused
        time.sleep(0.02)
    raise AssertionError("the server did not take up the rules")


def _row_of(field: str) -> int | None:
    for part in field.replace("]", "[").split("["):
        if part.startswith("r") and part[1:].isdigit():
            return int(part[1:])
    found = [part for part in field.split(".") if part.startswith("r") and part[1:].isdigit()]
    return int(found[0][1:]) if found else None


def _sent(admin: Client, method: str, path: str, obj: dict[str, Any]) -> Answer:
    for _ in range(_TRIES):  # 503: the server puts the new schema in the place of the old one
        answer = admin.request(method, f"{path}?dryRun=All&fieldValidation=Ignore", obj)
        if answer.status != 503:
            break
        time.sleep(0.02)
    if answer.status < 300:
        return []
    document = answer.json()
    if answer.status != 422:
        raise AssertionError(f"{answer.status} {document.get('message')}")
    causes = document["details"].get("causes") or []
    return sorted([_placeless(one["field"]), one["message"], one["reason"]] for one in causes)


def _placeless(field: str) -> str:
    """The place of a fault, as of the first rule of a CRD."""
    return re.sub(r"^spec\.r\d+", "spec.r0", field)


def _object(name: str, number: int, place: int, value: Any) -> dict[str, Any]:
    return {
        "apiVersion": f"{_GROUP}/v1",
        "kind": name.capitalize(),
        "metadata": {"name": f"o{number}"},
        "spec": {f"r{place}": value},
    }


def _spec(schemas: Sequence[dict[str, Any]]) -> dict[str, Any]:
    named = {f"r{number}": schema for number, schema in enumerate(schemas)}
    never = {"type": "string", "x-kubernetes-validations": [{"rule": "false"}]}
    spec = {"type": "object", "properties": {**named, "probe": never}}
    return {"type": "object", "properties": {"spec": spec}}


def _crd(name: str, schemas: Sequence[dict[str, Any]]) -> dict[str, Any]:
    schema = {"openAPIV3Schema": _spec(schemas)}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{name}s.{_GROUP}"},
        "spec": {
            "group": _GROUP,
            "scope": "Namespaced",
            "names": {"kind": name.capitalize(), "plural": f"{name}s", "singular": name},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }


def _without_rules(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            key: _without_rules(one)
            for key, one in schema.items()
            if key != "x-kubernetes-validations"
        }
    return [_without_rules(one) for one in schema] if isinstance(schema, list) else schema


def ours(row: Row, kubernetes: str = "v1.36.3") -> Answer | str:
    """What the evaluator says of a row, in the server's form; a text if that is unknown."""
    schema = _spec([row.full_schema])
    value = {"spec": {"r0": row.value}}
    update = None
    if row.old is not NOTHING:
        update = Correlated(value, {"spec": {"r0": row.old}}, compiled(schema))
    faults = []
    for result in evaluator(schema, kubernetes).check(value, update):
        if result.state == "unknown":
            return f"unknown: {result.message}"
        if result.state == "failed":
            faults.append([_field(result.path), result.message, result.reason])
    return sorted(faults)


def _field(path: Sequence[str | int]) -> str:
    return ".".join(map(str, path))


def alike(server: Answer, mine: Answer) -> bool:
    """Whether two answers are the same faults, in the same words but for the value's."""
    return len(server) == len(mine) and all(map(_same_fault, server, mine))


def _same_fault(server: Sequence[str], mine: Sequence[str]) -> bool:
    field, message, reason = server
    field = field.replace("[", ".").replace("]", "")
    said = reason == "FieldValueDuplicate" or message.endswith(mine[1])
    if _error(mine[1]):  # Go's parsers say more than ours
        said = _error(message) == _error(mine[1])
    return field == mine[0] and reason == mine[2] and said


def _error(message: str) -> str:
    """The rule, of a message that says that it could not be evaluated."""
    for mark in (" evaluating rule: ", " signature for rule: "):
        _, found, rule = message.partition(mark)
        if found:
            return rule
    return ""


def kept(row: Row, answer: Answer) -> list[str]:
    """An answer as the fixture has it: short, with one line for each fault."""
    rule = row.rule["rule"]
    return [f"{field}|{reason}|{text.replace(rule, '{rule}')}" for field, text, reason in answer]


def told_in_full(row: Row, answer: list[str]) -> Answer:
    """The answer that `kept` has shortened."""
    rule = row.rule["rule"]
    parts = [one.split("|", 2) for one in answer]
    return [[field, text.replace("{rule}", rule), reason] for field, reason, text in parts]
