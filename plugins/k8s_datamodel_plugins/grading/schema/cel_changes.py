"""Validation rules in CEL that came, went or changed.

A rule is known by its text; what else it has is its message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from k8s_datamodel_plugins.grading.in_words import code
from k8s_datamodel_plugins.grading.json_equality import canonical
from k8s_datamodel_plugins.grading.schema.found import Found
from k8s_datamodel_plugins.grading.schema.pairs import Concern, Pair
from k8s_datamodel_plugins.grading.schema.schema_nodes import Node

KEYWORD = "x-kubernetes-validations"

_OLD_SELF = re.compile(r"\boldSelf\b")
_SPACE = re.compile(r"\s+")

_MESSAGES = ("message", "messageExpression", "reason", "fieldPath")

_Rules = dict[str, Mapping[str, Any]]


def cel_rules(found: Node) -> _Rules:
    """The rules of a node by their text; how they are spaced does not matter."""
    rules = [rule for each in found.values(KEYWORD) for rule in each]
    return {_SPACE.sub(" ", str(rule["rule"])).strip(): rule for rule in rules}


def _read(found: Node) -> list[str]:
    return sorted(canonical({**rule, "rule": text}) for text, rule in cel_rules(found).items())


def _judge(pair: Pair, _: Any, __: Any) -> Iterator[Found]:
    old, new = cel_rules(pair.old), cel_rules(pair.new)
    gone = [text for text in old if text not in new]
    come = [text for text in new if text not in old]
    for before, after in _replaced(old, new, gone, come):
        gone.remove(before)
        come.remove(after)
        said = f"The rule is {code(after)}, it was {code(before)}: other objects are valid."
        yield pair.found("cel-rule-changed", said, before, after)
    for text in come:
        yield _added(pair, text, new[text])
    for text in gone:
        yield pair.found("cel-rule-removed", f"The rule {code(text)} is gone.", text, None)
    for text in new:
        if text in old:
            yield from _same_text(pair, text, old[text], new[text])


def _replaced(old: _Rules, new: _Rules, gone: list[str], come: list[str]) -> list[tuple[str, str]]:
    """Rules that say the same to people, or the only ones that went and came."""
    if len(gone) == len(come) == 1:
        return [(gone[0], come[0])]
    named = {new[text].get("message"): text for text in reversed(come)}
    found = [(text, named.pop(old[text].get("message"), None)) for text in gone]
    return [(before, after) for before, after in found if after and old[before].get("message")]


def _added(pair: Pair, text: str, rule: Mapping[str, Any]) -> Found:
    if rule.get("optionalOldSelf") is True:
        said = f"The rule {code(text)} is checked on create too, without an old object."
        return pair.found("cel-optional-oldself", said, None, text)
    if _OLD_SELF.search(text):
        said = f"The rule {code(text)} compares with the old object: some edits are refused."
        return pair.found("cel-transition-added", said, None, text)
    said = f"The rule {code(text)} is new: what is stored may break it."
    return pair.found("cel-rule-added", said, None, text)


def _same_text(
    pair: Pair, text: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Found]:
    for keyword in sorted({*old, *new} - {"rule"}, key=str):
        before, after = old.get(keyword), new.get(keyword)
        if canonical(before) == canonical(after):
            continue
        if keyword in _MESSAGES:
            said = f"The {keyword} of the rule {code(text)} changed."
            yield pair.found("cel-message-changed", said, before, after)
        elif keyword == "optionalOldSelf" and after is True:
            said = f"The rule {code(text)} is checked on create too."
            yield pair.found("cel-optional-oldself", said, before, after)
        elif keyword == "optionalOldSelf":
            said = f"The rule {code(text)} is checked on update only."
            yield pair.found("cel-rule-changed", said, before, after)
        else:
            said = f"No rule knows what {keyword} of the rule {code(text)} means."
            yield pair.found("unclassified", said, before, after)


CEL = Concern(KEYWORD, _read, _judge)
