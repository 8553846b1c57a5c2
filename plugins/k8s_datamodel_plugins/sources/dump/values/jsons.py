"""Read JSON values one by one, lists element by element, in bounded memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from k8s_datamodel_plugins.sources.dump.bounds import MAX_OBJECT_BYTES, Unreadable
from k8s_datamodel_plugins.sources.dump.values import untagged
from k8s_datamodel_plugins.sources.dump.values.yamls import Take

_DECODER = json.JSONDecoder(
    parse_float=untagged.decimal, parse_int=untagged.integer, parse_constant=untagged.constant
)
_SPACE = re.compile(r"[ \t\r\n]*")


def documents(text: str, take: Take) -> Iterator[tuple[Any, int] | Unreadable]:
    """The values of a file with their first lines: one value, JSON lines, or concatenated values.

    ``take`` gets each element of a list at the root, see ``yamls.Take``. A fault that stops the
    reading comes last.
    """
    reader = _Reader(text, take)
    line, counted = 1, 0
    while not reader.at_end():
        line, counted = line + text.count("\n", counted, reader.position), reader.position
        try:
            yield reader.root(), line
        except RecursionError:
            yield Unreadable("nested too deeply", line)
            return
        except ValueError as fault:
            at = text.count("\n", 0, reader.fault_at(fault)) + 1
            yield Unreadable(getattr(fault, "msg", str(fault)), at)
            return


class _Reader:
    """A position in a text. Values are decoded in a window, which no object may exceed."""

    def __init__(self, text: str, take: Take) -> None:
        self._text = text
        self._take = take
        self._base = 0
        self._window = text[:MAX_OBJECT_BYTES]
        self.position = 0

    def at_end(self) -> bool:
        self._skip()
        return self.position == len(self._text)

    def fault_at(self, fault: ValueError) -> int:
        return self._base + fault.pos if isinstance(fault, json.JSONDecodeError) else self.position

    def root(self) -> Any:
        """The next value; elements of a list or of ``items`` go to ``take``."""
        start = self._peek()
        if start == "[":
            return self._array()
        return self._object() if start == "{" else self._value()

    def _object(self) -> dict[str, Any]:
        result: dict[str, Any] = {}
        self.position += 1
        if self._peek() == "}":
            self.position += 1
            return result
        while True:
            key = self._value() if self._peek() == '"' else self._fail("expected a key in quotes")
            self._expect(":")
            listed = key == "items" and self._peek() == "["
            result[key] = self._array() if listed else self._value()
            if self._expect(",}") == "}":
                return result

    def _array(self) -> list[Any]:
        result: list[Any] = []
        self.position += 1
        if self._peek() == "]":
            self.position += 1
            return result
        while True:
            result.append(self._take(self._value()))
            if self._expect(",]") == "]":
                return result

    def _value(self) -> Any:
        self._skip()
        if not self._base <= self.position < self._base + len(self._window):
            self._slide()
        try:
            return self._decode()
        except ValueError:
            if self._base + len(self._window) == len(self._text):
                raise
        self._slide()
        try:
            return self._decode()
        except ValueError as fault:
            if self._base + len(self._window) == len(self._text):
                raise
            raise ValueError("broken, or larger than any Kubernetes object") from fault

    def _decode(self) -> Any:
        value, end = _DECODER.raw_decode(self._window, self.position - self._base)
        whole = self._base + len(self._window) == len(self._text)
        if end == len(self._window) and not whole:  # a number may continue after the window
            raise ValueError("cut off")
        self.position = self._base + end
        return value

    def _slide(self) -> None:
        self._base = self.position
        self._window = self._text[self._base : self._base + MAX_OBJECT_BYTES]

    def _skip(self) -> None:
        match = _SPACE.match(self._text, self.position)
        self.position = match.end() if match else self.position

    def _peek(self) -> str:
        self._skip()
        return self._text[self.position : self.position + 1]

    def _expect(self, wanted: str) -> str:
        found = self._peek()
        if not found or found not in wanted:
            self._fail(f"expected {' or '.join(repr(each) for each in wanted)}")
        self.position += 1
        return found

    def _fail(self, reason: str) -> Any:
        raise ValueError(reason)
