"""One field in two schemas, and the concerns by which they are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from k8s_datamodel.api import Severity, same_json
from k8s_datamodel_plugins.grading.schema.found import Found, Steps
from k8s_datamodel_plugins.grading.schema.schema_nodes import Node


@dataclass(frozen=True, slots=True)
class Pair:
    """A field, and what the two schemas say of it.

    Attributes:
        steps: of the field's path.
        required: whether the new schema requires it where its parent is given.
    """

    steps: Steps
    old: Node
    new: Node
    required: bool = False

    def found(
        self, rule: str, message: str, old: Any, new: Any, level: Severity | None = None
    ) -> Found:
        """A finding about this field."""
        return Found(rule, message, self.steps, old, new, level)

    def values(self, keyword: str) -> tuple[Any, Any]:
        """What the two say of a keyword."""
        return self.old.value(keyword), self.new.value(keyword)


class Concern(NamedTuple):
    """Keywords that mean one thing together.

    Attributes:
        name: the keyword by which it is known.
        read: what a node says of it, such that equal values mean the same to the API server.
        judge: the findings for two values that differ.
    """

    name: str
    read: Callable[[Node], Any]
    judge: Callable[[Pair, Any, Any], Iterable[Found]]

    def findings(self, pair: Pair) -> Iterator[Found]:
        """What differs; a difference that ``judge`` does not know is ``unclassified``."""
        before, after = self.read(pair.old), self.read(pair.new)
        if same_json(before, after):
            return
        judged = list(self.judge(pair, before, after))
        yield from judged or [unclassified(pair, self.name, *pair.values(self.name))]


def unclassified(pair: Pair, keyword: str, old: Any, new: Any) -> Found:
    """A difference of a keyword that no rule models."""
    said = f"No rule knows what this change of {keyword} means." if keyword else _NO_SCHEMA
    return pair.found("unclassified", said, old, new)


_NO_SCHEMA = "A schema is no mapping: no rule knows what that means."
