"""``anyOf``, ``oneOf`` and ``not``: their branches are compared as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from k8s_datamodel_plugins.grading.in_words import listed
from k8s_datamodel_plugins.grading.json_equality import canonical
from k8s_datamodel_plugins.grading.schema.found import Found
from k8s_datamodel_plugins.grading.schema.pairs import Concern, Pair
from k8s_datamodel_plugins.grading.schema.schema_nodes import Node
from k8s_datamodel_plugins.object_parts import texts

WORDS = ("description", "example", "externalDocs", "title")
"""Keywords that are for people only."""

_IMPLIED = sorted(canonical({"type": kind}) for kind in ("integer", "string"))
"""The branches that ``x-kubernetes-int-or-string`` has by itself."""


def _branches(keyword: str, node: Node) -> list[list[str]]:
    """Of each such keyword its branches, in an order that does not matter."""
    found = [sorted(_text(branch) for branch in each) for each in node.values(keyword)]
    if keyword == "anyOf" and node.flag("x-kubernetes-int-or-string"):
        found = [each for each in found if each != _IMPLIED]
    return sorted(found)


def _nots(node: Node) -> list[str]:
    return sorted(_text(each) for each in node.values("not"))


def _text(branch: Any) -> str:
    """A branch without the words that it says to people, at its own level."""
    if isinstance(branch, Mapping):
        branch = {key: value for key, value in branch.items() if key not in WORDS}
    return canonical(branch)


def _judge(keyword: str, pair: Pair, old: list[Any], new: list[Any]) -> Iterator[Found]:
    come, gone = _less(new, old), _less(old, new)
    before, after = pair.values(keyword)
    if come and not gone:
        which = "matches it" if keyword == "not" else "does not match it"
        said = f"{keyword} was added: {_meant(keyword, after) or f'what {which} is invalid'}."
        yield pair.found("combinator-tightened", said, before, after)
    elif gone and not come:
        yield pair.found("combinator-relaxed", f"{keyword} is gone.", before, after)
    elif keyword == "anyOf" and len(come) == len(gone) == 1 and set(come[0]) < set(gone[0]):
        said = "A branch of anyOf is gone: what matched only it is invalid."
        yield pair.found("combinator-tightened", said, before, after)
    elif keyword == "anyOf" and len(come) == len(gone) == 1 and set(gone[0]) < set(come[0]):
        said = "anyOf has one more branch, so more is valid."
        yield pair.found("combinator-relaxed", said, before, after)
    else:
        said = f"{keyword} changed: whether it allows more or less, only objects can tell."
        yield pair.found("combinator-changed", said, before, after)


def _meant(keyword: str, value: Any) -> str:
    """What it means if it is about fields that are there only; empty if it is about more."""
    if keyword == "not":
        fields = _needed(value)
        return f"an object may not have all of {listed(fields)}" if fields else ""
    branches = [_needed(each) for each in value] if isinstance(value, list) else []
    if not branches or any(len(each) != 1 for each in branches):
        return ""
    number = "exactly one" if keyword == "oneOf" else "one or more"
    return f"an object must have {number} of {listed([each[0] for each in branches])}"


def _needed(branch: Any) -> list[str]:
    """The fields that a branch requires, if it says nothing else."""
    is_plain = isinstance(branch, Mapping) and list(branch) == ["required"]
    return texts(branch["required"]) if is_plain else []


def _less(many: list[Any], few: list[Any]) -> list[Any]:
    """The items of one list without those of another, each as often as it is there more."""
    left = Counter(canonical(each) for each in few)
    rest = []
    for each in many:
        text = canonical(each)
        if left[text]:
            left[text] -= 1
        else:
            rest.append(each)
    return rest


def words(found: Node, keyword: str) -> list[str]:
    """What a node and the branches of its combinators say to people, in no order."""
    branches = [each for name in ("anyOf", "oneOf") for many in found.values(name) for each in many]
    branches += found.values("not")
    said = [each[keyword] for each in branches if isinstance(each, Mapping) and keyword in each]
    return sorted(map(canonical, [*found.values(keyword), *said]))


COMBINATORS = (
    Concern("anyOf", partial(_branches, "anyOf"), partial(_judge, "anyOf")),
    Concern("oneOf", partial(_branches, "oneOf"), partial(_judge, "oneOf")),
    Concern("not", _nots, partial(_judge, "not")),
)
