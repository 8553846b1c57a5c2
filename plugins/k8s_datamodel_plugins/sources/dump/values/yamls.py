"""Build the values of YAML documents from parser events, bounded and as kubectl does.

PyYAML's own constructor expands aliases without bound, recurses, turns texts into dates and cannot
load ``=``. Here the last value of a key wins, and merges happen in the order written. Two objects
without ``---`` between them are rejected, where kubectl silently takes the second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from k8s_datamodel.api import without_quotations
from k8s_datamodel_plugins.sources.dump.bounds import (
    MAX_DEPTH,
    MAX_DOCUMENTS,
    MAX_OBJECT_BYTES,
    MAX_OBJECT_WEIGHT,
    SCALAR_WEIGHT,
    Unreadable,
)
from k8s_datamodel_plugins.sources.dump.values import untagged

Take = Callable[[Any], Any]
"""Called with each element of a list at the root; its result replaces the element."""

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml if PyYAML has it, else the same in Python, 15 times slower."""

_SEPARATOR = re.compile(r"^---(?=\s|\Z)", re.MULTILINE)
_LIST_AT_ROOT = re.compile(r"""^(?:["']?items["']?\s*:|- |[\[{])""", re.MULTILINE)
_NO_KEY = object()
_MERGE = object()


def documents(text: str, take: Take) -> Iterator[tuple[Any, int] | Unreadable]:
    """The documents of a text, each with its first line; a broken one does not end it."""
    line = 1
    for number, part in enumerate(_split(text)):
        if number == MAX_DOCUMENTS:
            yield Unreadable(f"more than {MAX_DOCUMENTS} documents", line)
            return
        try:
            for value in _values(part, take):
                yield value, line
        except Unreadable as fault:
            fault.line += line - 1 if fault.line else line
            yield fault
        line += part.count("\n")


def _split(text: str) -> Iterator[str]:
    """Cut before each ``---``, so that a fault in one document does not affect the next."""
    start = 0
    for separator in _SEPARATOR.finditer(text):
        before = text[start : separator.start()]
        if not before.lstrip("\ufeff \t\r\n").startswith("%"):
            yield before
        start = separator.start()
    yield text[start:]


def _values(part: str, take: Take) -> Iterator[Any]:
    if len(part) > MAX_OBJECT_WEIGHT and not _LIST_AT_ROOT.search(part):
        raise Unreadable("a document is larger than any Kubernetes object")
    loader = LOADER(part)
    try:
        yield from _build(loader, take)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        problem = without_quotations(fault.problem or str(fault))
        raise Unreadable(problem, mark.line + 1 if mark else 0) from fault
    except yaml.reader.ReaderError as fault:
        raise Unreadable(f"not YAML text: {fault.reason}") from fault
    except yaml.YAMLError as fault:
        raise Unreadable(without_quotations(" ".join(str(fault).split()))) from fault
    finally:
        loader.dispose()


def _build(loader: Any, take: Take) -> Iterator[Any]:
    while True:
        event = loader.get_event()
        kind = type(event)
        if kind is yaml.DocumentStartEvent:
            builder = _Builder(take)
            handlers = {
                yaml.ScalarEvent: builder.scalar,
                yaml.MappingStartEvent: builder.mapping,
                yaml.SequenceStartEvent: builder.sequence,
                yaml.MappingEndEvent: builder.end,
                yaml.SequenceEndEvent: builder.end,
                yaml.AliasEvent: builder.alias,
            }
        elif kind is yaml.DocumentEndEvent:
            yield builder.root
        elif kind is yaml.StreamEndEvent:
            return
        elif kind is not yaml.StreamStartEvent:
            try:
                handlers[kind](event)
            except ValueError as fault:
                raise Unreadable(str(fault), event.start_mark.line + 1) from fault


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is not complete yet."""

    container: Any
    key: Any
    anchor: str | None
    start: int
    take: Take | None = None


class _Builder:
    """Builds one document. ``weight`` is the cost of the object being read."""

    def __init__(self, take: Take) -> None:
        self.root: Any = None
        self._take = take
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int] | None] = {}
        self._weight = 0
        self._aliased = 0

    def scalar(self, event: Any) -> None:
        text: str = event.value
        start = self._weight
        self._weight += len(text) + SCALAR_WEIGHT
        if self._weight > MAX_OBJECT_WEIGHT:
            raise ValueError("larger than any Kubernetes object")
        if event.implicit[0]:
            value = untagged.plain(text)
            if text == "<<" and self._stack and self._stack[-1].key is _NO_KEY:
                value = _MERGE
        elif event.implicit[1] or not event.tag:
            value = text
        else:
            value = untagged.tagged(event.tag, text)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._weight - start)
        self._add(value)

    def mapping(self, event: Any) -> None:
        self._open(event, {}, _NO_KEY)

    def sequence(self, event: Any) -> None:
        listed = not self._stack or (len(self._stack) == 1 and self._stack[0].key == "items")
        self._open(event, [], None)
        if listed:
            self._stack[-1].take = self._take

    def alias(self, event: Any) -> None:
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            inside = event.anchor in self._anchors
            raise ValueError("an alias holds itself" if inside else "an alias without an anchor")
        value, weight = anchored
        self._aliased += weight
        if self._aliased > MAX_OBJECT_BYTES:
            raise ValueError("its aliases expand to more than any Kubernetes object holds")
        self._weight += weight
        self._add(value)

    def end(self, event: Any) -> None:
        frame = self._stack.pop()
        if frame.anchor:
            self._anchors[frame.anchor] = (frame.container, self._weight - frame.start)
        self._add(frame.container)

    def _open(self, event: Any, container: Any, key: Any) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
        if event.anchor:
            self._anchors[event.anchor] = None
        self._stack.append(_Frame(container, key, event.anchor, self._weight))
        self._weight += SCALAR_WEIGHT

    def _add(self, value: Any) -> None:
        if not self._stack:
            self.root = value
            return
        frame = self._stack[-1]
        if frame.key is None:
            if frame.take:
                self._weight = frame.start
                value = frame.take(value)
            frame.container.append(value)
        elif frame.key is _NO_KEY:
            frame.key = value if value is _MERGE else untagged.key(value)
            if len(self._stack) == 1 and frame.key == "kind" and "kind" in frame.container:
                raise ValueError("a second kind in one document: there is no --- before it")
        else:
            if frame.key is _MERGE:
                _merge(frame.container, value)
            else:
                frame.container[frame.key] = value
            frame.key = _NO_KEY


def _merge(container: dict[str, Any], value: Any) -> None:
    """Merge several mappings; the earlier ones win."""
    for part in reversed(value) if isinstance(value, list) else (value,):
        if not isinstance(part, dict):
            raise ValueError("a merge (<<) needs a mapping or a list of mappings")
        container.update(part)
