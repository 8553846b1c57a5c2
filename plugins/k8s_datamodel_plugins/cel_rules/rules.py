"""Rules of a schema, compiled once, and what they say of a value.

The source is k8s.io/apiextensions-apiserver, pkg/apiserver/schema/cel (validation.go).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from k8s_datamodel_plugins.cel_rules import value_shapes
from k8s_datamodel_plugins.cel_rules.engine import (
    NOT_INSTALLED,
    Answer,
    CompileError,
    Engine,
    Program,
    missing,
)
from k8s_datamodel_plugins.cel_rules.ratcheting import Ratchet
from k8s_datamodel_plugins.cel_rules.rewriting import NotModelledError, Path, rewrite
from k8s_datamodel_plugins.cel_rules.value_shapes import Shape
from k8s_datamodel_plugins.structural import RATCHETING_SINCE, Correlated, kubernetes_version

Place = tuple[str | int, ...]
Schema = Mapping[str, Any]
State = Literal["passed", "failed", "unknown"]
_RULES = "x-kubernetes-validations"
_FIRST_RULES = (1, 25)
_LONGEST_MESSAGE = 5 * 1024
_FIELD = re.compile(r"\.([^.\[\]]+)|\['((?:[^'\\]|\\.)*)'\]")
_ESCAPED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


@dataclass(frozen=True)
class RuleResult:
    """What one rule says of one value.

    Attributes:
        path: Where: names, keys and indices from the root. Of a failure it is what the rule's
            `fieldPath` names.
        rule: The text of the rule.
        state: `passed`, `failed`, or `unknown`: it was not evaluated.
        message: Of a failure, what the API server says; else why it is unknown, or that a failure
            is forgiven as nothing changed there.
        reason: Of a failure: the rule's reason.
    """

    path: Place
    rule: str
    state: State
    message: str = ""
    reason: str = "FieldValueInvalid"


def evaluator(schema: Schema, kubernetes: str = "") -> Evaluator:
    """An evaluator of all rules of one version of a CRD.

    Args:
        schema: Its openAPIV3Schema.
        kubernetes: The version of the server, such as `v1.34.2`; empty for the newest known one.

    Raises:
        ValueError: `kubernetes` is no version.
    """
    return Evaluator(schema, kubernetes_version(kubernetes))


class Evaluator:
    """All rules of a schema. It is not meant for several threads at a time."""

    def __init__(self, schema: Schema, kubernetes: tuple[int, int]) -> None:
        self._ratchets = kubernetes >= RATCHETING_SINCE
        self._root: _Node | None = None
        if kubernetes >= _FIRST_RULES and has_rules(schema):
            self._root = _node(schema, value_shapes.shape_of(schema, whole=True), kubernetes)

    def check(
        self, value: Any, update: Correlated | None = None, path: Place = ()
    ) -> list[RuleResult]:
        """What the rules say of a value.

        Args:
            value: A value of the schema: pruned, defaulted, and valid but for its rules.
            update: The value with the old one that it replaces, under the same schema; without it
                the value is created.
            path: Where the value is.

        Returns:
            A result for each rule where its value is; transition rules (`oldSelf`) only where
            the old value is known.
        """
        if self._root is None:
            return []
        old = None if update is None else update.old
        work = _Walk(
            tokens=value_shapes.has_token(value) or value_shapes.has_token(old),
            ratchets=self._ratchets,
        )
        work.visit(self._root, _Visit(value, old, path, Ratchet(update)))
        return work.results

    def rules(self) -> Iterator[tuple[Place, str, str]]:
        """Each rule: where it stands in the schema, its text, and why it is unknown, if it is."""
        if self._root is not None:
            yield from _rules(self._root, ())


@dataclass
class _Node:
    shape: Shape
    rules: list[Rule] = field(default_factory=list)
    properties: dict[str, _Node] = field(default_factory=dict)
    values: _Node | None = None
    items: _Node | None = None

    @property
    def needed(self) -> bool:
        return bool(
            self.rules or self.properties or self.values is not None or self.items is not None
        )


def has_rules(schema: Any) -> bool:
    """Whether a rule stands anywhere in a schema."""
    if isinstance(schema, Mapping):
        return bool(schema.get(_RULES)) or any(map(has_rules, schema.values()))
    return isinstance(schema, list) and any(map(has_rules, schema))


def _node(schema: Schema, shape: Shape, kubernetes: tuple[int, int]) -> _Node:
    node = _Node(shape)
    for one in schema.get(_RULES) or ():
        if str(one.get("rule") or "").strip():
            node.rules.append(Rule(one, shape, kubernetes))
    if shape.kind == "list":
        node.items = _inside(schema.get("items"), shape.items, kubernetes)
    if shape.kind == "map":
        node.values = _inside(schema.get("additionalProperties"), shape.items, kubernetes)
    if shape.kind == "object":
        for name, one in (schema.get("properties") or {}).items():
            found = _inside(one, shape.properties.get(name), kubernetes)
            if found is not None:
                node.properties[name] = found
    return node


def _inside(schema: Any, shape: Shape | None, kubernetes: tuple[int, int]) -> _Node | None:
    if not isinstance(schema, Mapping) or shape is None or not shape.visible:
        return None
    node = _node(schema, shape, kubernetes)
    return node if node.needed else None


def _rules(node: _Node, path: Place) -> Iterator[tuple[Place, str, str]]:
    for rule in node.rules:
        yield path, rule.text, rule.why_unknown
    for name, inside in node.properties.items():
        yield from _rules(inside, (*path, name))
    if node.values is not None:
        yield from _rules(node.values, (*path, "*"))
    if node.items is not None:
        yield from _rules(node.items, (*path, "*"))


class Rule:
    """One rule at one place of a schema; it is compiled when it is first needed."""

    def __init__(self, told: Schema, shape: Shape, kubernetes: tuple[int, int]) -> None:
        self.text = str(told["rule"])
        self._told = told
        self._shape = shape
        self._kubernetes = kubernetes
        self.optional_old = bool(told.get("optionalOldSelf")) and kubernetes >= RATCHETING_SINCE
        self.reason = str(told.get("reason") or "FieldValueInvalid")
        self.field_path = tuple(_field_path(str(told.get("fieldPath") or "")))
        self._compiled: dict[bool, _Compiled] = {}
        self._message: dict[bool, Program | None] = {}

    @property
    def said(self) -> str:
        """What errors call the rule: its message, or its text."""
        return (str(self._told.get("message") or "") or self.text).strip()

    @property
    def names_old(self) -> bool:
        """Whether it is a transition rule; of one that is not compiled, as its text looks."""
        compiled = self.compiled(has_old=True)
        return compiled.uses_old or (compiled.program is None and "oldSelf" in self.text)

    @property
    def why_unknown(self) -> str:
        """Why it cannot be evaluated; empty if it can."""
        return self.compiled(has_old=True).why_unknown

    def compiled(self, *, has_old: bool) -> _Compiled:
        """The rule for a value with or without an old value."""
        kind = has_old or not self.optional_old
        if kind not in self._compiled:
            self._compiled[kind] = self._compile(self.text, has_old=has_old)
        return self._compiled[kind]

    def _compile(self, text: str, *, has_old: bool) -> _Compiled:
        if missing():
            return _Compiled(why_unknown=NOT_INSTALLED)
        old = "value"
        if self.optional_old:
            old = "some" if has_old else "none"
        engine = Engine()
        try:
            made = rewrite(engine.parsed(text), self._shape, self._kubernetes, old)
            program = engine.program(made.expression, made.shapes)
        except NotModelledError as error:
            return _Compiled(why_unknown=f"not modelled: {error}")
        except CompileError as error:
            return _Compiled(why_unknown=f"does not compile: {error}")
        return _Compiled(program, made.uses_old, frozenset(made.reads))

    def message(self, values: Mapping[str, Any], *, has_old: bool) -> str:
        """What the API server says when the rule fails."""
        text = str(self._told.get("messageExpression") or "")
        if text:
            if has_old not in self._message:
                self._message[has_old] = self._compile(text, has_old=has_old).program
            program = self._message[has_old]
            answer = program.answer(values).value if program is not None else None
            if isinstance(answer, str) and _is_message(answer.strip()):
                return answer.strip()
        message = str(self._told.get("message") or "")
        return message.strip() if message else f"failed rule: {self.said}"

    def error(self, text: str) -> str:
        """What the API server says when the rule cannot be evaluated."""
        if text.startswith("no such overload"):
            return (
                f"'{text}': call arguments did not match a supported operator, function or macro "
                f"signature for rule: {self.said}"
            )
        return f"{text} evaluating rule: {self.said}"


def _is_message(text: str) -> bool:
    return bool(text) and "\n" not in text and len(text.encode()) <= _LONGEST_MESSAGE


def _field_path(text: str) -> Iterator[str]:
    for found in _FIELD.finditer(text):
        if found[1] is not None:
            yield found[1]
        else:
            yield re.sub(r"\\(.)", lambda one: _ESCAPED.get(one[1], one[1]), found[2])


@dataclass(frozen=True)
class _Compiled:
    program: Program | None = None
    uses_old: bool = False
    reads: frozenset[Path] = frozenset()
    why_unknown: str = ""


@dataclass(frozen=True)
class _Visit:
    """A value on the way through the schema; `old` is None where there is none."""

    value: Any
    old: Any
    path: Place
    ratchet: Ratchet


class _Walk:
    def __init__(self, *, tokens: bool, ratchets: bool) -> None:
        self.results: list[RuleResult] = []
        self._tokens = tokens
        self._ratchets = ratchets

    def visit(self, node: _Node, here: _Visit) -> None:
        if here.value is None:
            return
        if node.rules:
            self._evaluate(node, here)
        if isinstance(here.value, dict):
            self._visit_map(node, here, here.value)
        elif isinstance(here.value, list) and node.items is not None:
            self._visit_list(node.items, here)

    def _visit_map(self, node: _Node, here: _Visit, value: dict[str, Any]) -> None:
        old = here.old if isinstance(here.old, dict) else {}
        for key, one in value.items():
            inside = node.properties.get(key) or node.values
            if inside is not None:
                at = _Visit(one, old.get(key), (*here.path, key), here.ratchet.at_key(key))
                self.visit(inside, at)

    def _visit_list(self, inside: _Node, here: _Visit) -> None:
        for index, one in enumerate(here.value):
            ratchet = here.ratchet.at_index(index)
            old = None if ratchet.current is None else ratchet.current.old
            self.visit(inside, _Visit(one, old, (*here.path, index), ratchet))

    def _evaluate(self, node: _Node, here: _Visit) -> None:
        has_old = here.old is not None
        values = {"self": value_shapes.seen(here.value, node.shape)}
        if has_old:
            values["oldSelf"] = value_shapes.seen(here.old, node.shape)
        for rule in node.rules:
            compiled = rule.compiled(has_old=has_old)
            if rule.names_old and not has_old and not rule.optional_old:
                continue
            if compiled.program is None:
                self._add(here, rule, "unknown", compiled.why_unknown)
            elif self._tokens and any(_reads_token(values, path) for path in compiled.reads):
                self._add(here, rule, "unknown", "the rule reads a value that was redacted")
            else:
                self._judge(here, rule, values, compiled)

    def _judge(
        self, here: _Visit, rule: Rule, values: Mapping[str, Any], compiled: _Compiled
    ) -> None:
        answer = compiled.program.answer(values) if compiled.program else Answer(modelled=False)
        if answer.value is True:
            self._add(here, rule, "passed")
        elif not answer.modelled or not (answer.value is False or answer.error is not None):
            self._add(here, rule, "unknown", answer.error or "the rule gave no truth value")
        elif answer.error is not None:
            self._add(here, rule, "failed", rule.error(answer.error))
        else:
            message = rule.message(values, has_old=here.old is not None)
            if self._ratchets and not compiled.uses_old and here.ratchet.forgives:
                self._add(here, rule, "passed", f"forgiven, as nothing changed: {message}")
            else:
                self._fail(here, rule, message)

    def _fail(self, here: _Visit, rule: Rule, message: str) -> None:
        path = (*here.path, *rule.field_path)
        self.results.append(RuleResult(path, rule.text, "failed", message, rule.reason))

    def _add(self, here: _Visit, rule: Rule, state: State, message: str = "") -> None:
        self.results.append(RuleResult(here.path, rule.text, state, message))


def _reads_token(values: Mapping[str, Any], path: Path) -> bool:
    for value in values.values():
        found = value
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        if value_shapes.has_token(found):
            return True
    return False
