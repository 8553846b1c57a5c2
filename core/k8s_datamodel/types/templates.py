"""Evaluate kubectl's JSONPath templates on what was read.

The rules are those of k8s.io/client-go/util/jsonpath/jsonpath.go with missing keys allowed, as
kubectl has it unless told otherwise.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from k8s_datamodel.types.template_syntax import (
    Descend,
    Every,
    Field,
    Filter,
    Key,
    Literal,
    Path,
    Slice,
    Step,
    Union,
    Word,
    parse_nodes,
)
from k8s_datamodel.types.template_values import json_text, template_text

_NOT_OURS = frozenset({"apiVersion", "kind", "metadata", "spec", "status"})


class Item(dict[str, Any]):
    """A complete object, and behind it the keys of its row.

    A template finds what kubectl finds: ``*``, ``..`` and texts are of the object alone. A field
    that the object does not have at its top is looked up among the keys of the row.
    """

    def __init__(self, complete: Mapping[str, Any], row: Mapping[str, Any]) -> None:
        super().__init__(complete)
        self.row = row

    def __missing__(self, key: str) -> Any:
        if key in _NOT_OURS:
            raise KeyError(key)
        return self.row[key]


class ItemList(dict[str, Any]):
    """Several items as kubectl has them, ``{"kind": "List", "items": [...]}``.

    It is also the bare array that our JSON is: positions and filters take its items.
    """

    def __init__(self, items: Iterable[Any]) -> None:
        found = list(items)
        head = {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}}
        super().__init__(**head, items=found)


def item_of(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The item of a row by its keys; the row itself if it has no complete Kubernetes object."""
    complete = row.get("spec")
    if isinstance(complete, Mapping) and "kind" in complete and "metadata" in complete:
        return Item(complete, row)
    return row


class Template:
    """A parsed template. Parse it by ``parse_template``."""

    def __init__(self, nodes: Sequence[Path]) -> None:
        self._nodes = nodes

    def find(self, value: Any) -> list[list[Any]]:
        """The values of each part of the template, such as a text or ``{.metadata.name}``.

        Raises ValueError if the template does not fit the value, as kubectl does: a position that
        a list does not have, a comparison of a text with a number.
        """
        return _Run(self._nodes).find([value], 0)

    def text(self, value: Any) -> str:
        """What ``kubectl -o jsonpath`` prints. Raises ValueError, see ``find``."""
        return "".join(" ".join(map(template_text, values)) for values in self.find(value))

    def json(self, value: Any) -> str:
        """What ``kubectl -o jsonpath-as-json`` prints. Raises ValueError, see ``find``."""
        return "".join(json_text(values, "    ") + "\n" for values in self.find(value))


def parse_template(text: str) -> Template:
    """Parse a template as ``kubectl -o jsonpath`` takes it: ``{.items[*].metadata.name}``.

    Raises ValueError, whose message says what is invalid.
    """
    return Template(parse_nodes(text))


def parse_relaxed(text: str) -> Template:
    """Parse one path as ``--sort-by`` and ``-o custom-columns`` of kubectl take it.

    ``metadata.name``, ``.metadata.name`` and ``{.metadata.name}`` are the same. Raises ValueError.
    """
    path = text
    if path.startswith("{") and path.endswith("}"):
        path = path[1:-1]
    path = path.removeprefix(".")
    if not path or "{" in path or "}" in path:
        raise ValueError("give one path, such as .metadata.name")
    return Template(parse_nodes(f"{{.{path}}}"))


class _Run:
    """One evaluation: ``{range}`` and ``{end}`` are found while it goes, as kubectl finds them."""

    def __init__(self, nodes: Sequence[Path]) -> None:
        self._nodes = nodes
        self._begun = 0
        self._inside = 0
        self._ended = 0
        self._last_end = -1

    def find(self, current: list[Any], position: int) -> list[list[Any]]:
        found: list[list[Any]] = []
        while position < len(self._nodes):
            values = self._walk(current, self._nodes[position])
            if 0 < self._ended <= self._inside:
                self._ended -= 1
                self._last_end = position
                break
            if self._begun:
                self._begun -= 1
                found += self._repeat(values, position + 1)
                position = max(position, self._last_end)
            else:
                found.append(values)
            position += 1
        return found

    def _repeat(self, values: list[Any], position: int) -> list[list[Any]]:
        self._inside += 1
        found = [part for value in values for part in self.find([value], position)]
        if not values:  # to learn where the range ends
            self.find([None], position)
        self._inside -= 1
        return found

    def _walk(self, values: list[Any], path: Path) -> list[Any]:
        for step in path:
            values = self._step(values, step)
        return values

    def _step(self, values: list[Any], step: Step) -> list[Any]:
        match step:
            case Field(name):
                found = _fields(values, name)
            case Literal(str(text)):
                found = [text]
            case Literal(value):
                found = [value for _ in values]
            case Slice():
                found = _sliced(values, step)
            case Union(paths):
                found = [each for path in paths for each in self._walk(values, path)]
            case Word(name):
                found = self._word(values, name)
            case _:
                found = [each for value in values for each in self._of_one(value, step)]
        return found

    def _of_one(self, value: Any, step: Key | Every | Descend | Filter) -> Iterable[Any]:
        match step:
            case Key(name, fields):
                return _fields([value], name) or self._walk([value], fields)
            case Every():
                return _children(value)
            case Descend():
                return _descendants(value)
            case Filter():
                return self._filtered(value, step)

    def _word(self, values: list[Any], name: str) -> list[Any]:
        if name == "range":
            self._begun += 1
            return values
        if name != "end":
            raise ValueError(f"{name!r} is no word of a template; a field begins with a dot")
        if not self._inside:
            raise ValueError("{end} without {range}")
        self._ended += 1
        return []

    def _filtered(self, value: Any, step: Filter) -> Iterable[Any]:
        items = _items(value)
        if items is None:
            raise ValueError(f"{_kind(value)} cannot be filtered, only a list can")
        return [each for each in items if self._passes(each, step)]

    def _passes(self, item: Any, step: Filter) -> bool:
        if not step.operator:
            try:
                return bool(self._walk([item], step.left))
            except ValueError:
                return False
        sides = [self._walk([item], side) for side in (step.left, step.right)]
        if not all(sides):
            return False
        if any(len(side) > 1 for side in sides):
            raise ValueError("a filter compares one value with one other")
        return _compare(sides[0][0], step.operator, sides[1][0])


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compare(left: Any, name: str, right: Any) -> bool:
    if type(left) is not type(right) or not isinstance(left, (str, int, float)):
        raise ValueError(f"{_kind(left)} and {_kind(right)} cannot be compared by {name}")
    if isinstance(left, bool) and name not in ("==", "!="):
        raise ValueError(f"booleans cannot be compared by {name}")
    return _COMPARISONS[name](left, right)


def _fields(values: list[Any], name: str) -> list[Any]:
    found = []
    for value in values:
        if isinstance(value, Mapping):
            try:
                found.append(value[name])
            except KeyError:
                continue
    return found


def _items(value: Any) -> Sequence[Any] | None:
    """The items of a list; None for what is none."""
    if isinstance(value, ItemList):
        value = value["items"]
    return value if isinstance(value, (list, tuple)) else None


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, (list, tuple)):
        return value
    return list(value.encode()) if isinstance(value, str) else ()  # Go: the bytes of a text


def _descendants(value: Any) -> Iterable[Any]:
    children = _children(value)
    if children:
        yield dict(value) if isinstance(value, Item) else value  # without the row
        for child in children:
            yield from _descendants(child)


def _sliced(values: list[Any], step: Slice) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value is None:
            continue
        items = _items(value)
        if items is None:
            raise ValueError(f"{_kind(value)} has no positions, only a list has")
        start, end = _bounds(step, len(items))
        if start == end:  # kubectl, too, then looks at no further list
            return found
        found += items[start : end : step.step or 1]
    return found


def _bounds(step: Slice, length: int) -> tuple[int, int]:
    """From where to where a slice goes. Raises ValueError if the list is too short."""
    start = step.start or 0
    end = length if step.end is None else step.end
    if step.single:
        end = start + 1
    if end < 0 or (end == 0 and step.single):
        end += length
    start += length * (start < 0)
    if start == end:
        return start, end
    for position in (start, end - 1):
        if not 0 <= position < length:
            raise ValueError(f"a list of {length} has no position {position}")
    if start > end:
        raise ValueError(f"position {start} is behind position {end}")
    if step.step is not None and step.step <= 0:
        raise ValueError("the step of a slice is greater than 0")
    return start, end


def _kind(value: Any) -> str:
    """What a value is, for messages."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    kinds = {str: "a text", bool: "a boolean", int: "an integer", float: "a number"}
    return kinds.get(type(value), "null")
