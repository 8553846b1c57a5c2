"""Whether two schemas ask the same of objects, so that a server takes both or neither."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8s_datamodel.api import same_json

_OF_NODES = "properties"
_NODES = frozenset({"additionalProperties", "items"})


def only_reworded(one: Any, other: Any) -> bool:
    """Whether two schemas are equal, but for the words of the descriptions that both have.

    A description that one of them lacks counts, as it may stand where none is allowed. So do those
    in branches, such as those of ``allOf``.
    """
    waiting = [(one, other)]
    while waiting:
        ours, theirs = waiting.pop()
        if not _same_keys(ours, theirs):
            if same_json(ours, theirs):  # where no node is a mapping
                continue
            return False
        for keyword, value in ours.items():
            its = theirs[keyword]
            if isinstance(value, str) and isinstance(its, str):
                if value != its and keyword != "description":
                    return False
            elif keyword == _OF_NODES and _same_keys(value, its):
                waiting += [(value[name], its[name]) for name in value]
            elif keyword in _NODES and _same_keys(value, its):
                waiting.append((value, its))
            elif not same_json(value, its):
                return False
    return True


def _same_keys(one: Any, other: Any) -> bool:
    both = isinstance(one, Mapping) and isinstance(other, Mapping)
    return both and one.keys() == other.keys()
