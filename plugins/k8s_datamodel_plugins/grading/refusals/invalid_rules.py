"""What an API server refuses in the validation rules of a schema.

Source: apiextensions-apiserver, pkg/apis/apiextensions/validation/validation.go. Only what is
certain is told: what the types of a rule make of it is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from typing import Any

from k8s_datamodel_plugins.grading.in_words import code
from k8s_datamodel_plugins.grading.schema.cel_changes import KEYWORD
from k8s_datamodel_plugins.object_parts import mapping, sequence

_QUOTED = "|".join(
    rf"{quote * 3}.*?(?:{quote * 3}|\Z)|{quote}(?:\\.?|[^{quote}\\])*(?:{quote}|\Z)"
    for quote in ('"', "'")
)
_TEXTS = re.compile(rf"{_QUOTED}|//[^\n]*", re.DOTALL)
_OLD_SELF = re.compile(r"(?<![\w.])oldSelf\b")
_AROUND_DOTS = re.compile(r"\s*\.\s*")


def texts_of(here: Mapping[str, Any]) -> Iterator[str]:
    """The texts of the rules of a node."""
    for rule in sequence(here.get(KEYWORD)):
        text = mapping(rule).get("rule")
        if isinstance(text, str):
            yield text


def invalid_rules(
    here: Mapping[str, Any], accepted: Container[str], *, has_old: bool
) -> Iterator[tuple[str, str]]:
    """What is wrong with the rules of a node: what names the rule, and why.

    Args:
        here: the node.
        accepted: texts whose syntax is not judged, as the server has taken them before.
        has_old: whether the server can tell which old value one of the node's replaces.
    """
    for number, rule in enumerate(sequence(here.get(KEYWORD))):
        text = mapping(rule).get("rule")
        if not isinstance(text, str) or not text.strip():
            yield f"{KEYWORD} {number}", "has a validation rule without a text"
        elif text not in accepted and (fault := _syntax_fault(text)):
            yield f"{KEYWORD} {text}", f"has the rule {code(text)}, which is not CEL: {fault}"
        elif not has_old and _names_old(text):
            why = "it is below a list that is not of type map, or below an atomic map"
            said = f"has the rule {code(text)} where no old value is known for oldSelf: {why}"
            yield f"{KEYWORD} {text}", said


def _syntax_fault(rule: str) -> str:
    from k8s_datamodel_plugins.cel_rules import syntax_fault  # noqa: PLC0415 - most rules are old

    return syntax_fault(rule)


def _names_old(rule: str) -> bool:
    """Whether a rule names oldSelf, outside of its texts and comments."""
    return bool(_OLD_SELF.search(_AROUND_DOTS.sub(".", _TEXTS.sub("''", rule))))
