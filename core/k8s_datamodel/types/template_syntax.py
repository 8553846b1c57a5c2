"""Parse kubectl's JSONPath templates.

The rules, quirks included, are those of k8s.io/client-go/util/jsonpath/parser.go: what kubectl
prints of an object must be what we print of it. No JSONPath library has this dialect, which is text
with ``{paths}``, ``{range}`` and ``{end}`` in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

OPERATORS = ("==", "!=", "<", "<=", ">", ">=")

_SLICE = re.compile(r"(-?\d*)(?::(-?\d*))?(?::(-?\d*))?", re.ASCII)
_KEY = re.compile(r"'([^']*)'")
_COMPARISON = re.compile(r"([^!<>=]+)([!<>=]+)(.+)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?[\d.]*")
_FIELD = re.compile(r"(?:\\.?|[^\\ \t\r\n.,\[\]$@{}])*", re.DOTALL)
_WORD = re.compile(r"[^ \t\r\n.,\[\]$@{}]+")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|[0-7]{3}|.)", re.DOTALL)
_ESCAPES = dict(zip("abfnrtv\\'\"", "\a\b\f\n\r\t\v\\'\"", strict=True))


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number or boolean."""

    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class Field:
    """The value of a key."""

    name: str


@dataclass(frozen=True, slots=True)
class Key:
    """The value of a key with dots; where there is none, what kubectl finds: a field of a field."""

    name: str
    fields: Path


@dataclass(frozen=True, slots=True)
class Every:
    """All values of a mapping or list."""


@dataclass(frozen=True, slots=True)
class Descend:
    """The value and all mappings, lists and texts in it."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some items of a list; a single position if ``end`` is not given and ``single``."""

    start: int | None
    end: int | None
    step: int | None
    single: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """The items of a list for which a comparison holds, or, without operator, a path exists."""

    left: Path
    operator: str
    right: Path


@dataclass(frozen=True, slots=True)
class Union:
    """What each of several paths finds."""

    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word outside quotes: ``range`` and ``end``, all others are errors when evaluated."""

    name: str


Step: TypeAlias = Literal | Field | Key | Every | Descend | Slice | Filter | Union | Word
Path: TypeAlias = tuple[Step, ...]


def parse_nodes(text: str) -> tuple[Path, ...]:
    """Parse a template: a path for each ``{...}``, a literal for each text between.

    Raises ValueError, whose message says what is invalid.
    """
    nodes: list[Path] = []
    position = 0
    while position < len(text):
        opening = text.find("{", position)
        end = len(text) if opening < 0 else opening
        if end > position:
            nodes.append((Literal(text[position:end]),))
        if opening < 0:
            break
        action = _Action(text, opening + 1)
        nodes.append(action.path())
        position = action.position
    return tuple(nodes)


class _Action:
    """The inside of one ``{...}``; ``position`` is behind what was parsed."""

    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self.steps: list[Step] = []

    def path(self) -> Path:
        while not self._take("}"):
            self._step()
        return tuple(self.steps)

    def _take(self, mark: str) -> bool:
        taken = self.text.startswith(mark, self.position)
        self.position += len(mark) * taken
        return taken

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.position)
        assert found is not None  # noqa: S101 - each of the patterns matches at least nothing
        self.position = found.end()
        return found[0]

    def _step(self) -> None:
        if self._take("[?("):
            self.steps.append(self._filter())
        elif self._take(".."):
            self._descend()
        elif self.position == len(self.text) or self.text[self.position] in "\r\n":
            raise ValueError("a { has no }")
        else:
            self._marked(self.text[self.position])

    def _marked(self, mark: str) -> None:
        """Parse the step that begins with this character."""
        if mark in " @$":  # the current object, at any place
            self.position += 1
        elif mark == "[":
            self.steps += self._brackets()
        elif mark in "\"'":
            self.steps.append(Literal(self._quoted(mark)))
        elif mark == ".":
            self.position += 1
            self.steps.append(self._field())
        elif mark in "+-" or mark.isdigit():
            self.steps.append(Literal(_number(self._match(_NUMBER))))
        elif mark == "_" or mark.isalpha():
            word = self._match(_WORD)
            boolean = word in ("true", "false")
            self.steps.append(Literal(word == "true") if boolean else Word(word))
        else:
            raise ValueError(f"unexpected {mark!r}")

    def _descend(self) -> None:
        if self.steps and isinstance(self.steps[-1], Descend):
            raise ValueError("'..' follows '..'")
        self.steps.append(Descend())
        following = self.text[self.position : self.position + 1]
        if following == "_" or following.isalnum():
            self.steps.append(self._field())

    def _field(self) -> Step:
        name = self._match(_FIELD)
        return Every() if name == "*" else Field(name.replace("\\", ""))

    def _quoted(self, mark: str) -> str:
        length = self._until(mark, "a quoted text has no end", escaped=True)
        return _unescaped(self.text[self.position - length + 1 : self.position - 1])

    def _until(self, mark: str, missing: str, *, escaped: bool = False) -> int:
        """Go behind the next mark; how many characters that was."""
        start = self.position
        at = self.text.find(mark, start + 1)
        while escaped and at > 0 and self.text[at - 1] == "\\":
            at = self.text.find(mark, at + 1)
        if at < 0 or "\n" in self.text[start:at]:
            raise ValueError(missing)
        self.position = at + 1
        return self.position - start

    def _brackets(self) -> Path:
        length = self._until("]", "a [ has no ]")
        inside = self.text[self.position - length + 1 : self.position - 1]
        parts = inside.split(",")
        if len(parts) > 1:
            return (Union(tuple(_inner(f"[{part.strip(' ')}]") for part in parts)),)
        if key := _KEY.fullmatch(inside):
            fields = _inner(f".{key[1]}")
            return fields if len(fields) == 1 else (Key(key[1], fields),)
        return (_slice(":" if inside == "*" else inside),)

    def _filter(self) -> Filter:
        start, quote, quotes = self.position, "", 0
        while True:
            mark = self.text[self.position : self.position + 1]
            if mark in ("", "\n"):
                raise ValueError("a filter [?( has no )]")
            self.position += 1
            if mark in "\"'" and not quote:
                quote, quotes = mark, 1
            elif mark == quote and self.text[self.position - 2] != "\\":
                quotes = 2
            elif mark == ")" and quotes != 1:
                break
        inside = self.text[start : self.position - 1]
        if not self._take("]"):
            raise ValueError("a filter ends with )]")
        if not (found := _COMPARISON.fullmatch(inside)):
            return Filter(_inner(inside), "", ())
        left, operator, right = found.groups()
        if operator not in OPERATORS:
            raise ValueError(f"there is no operator {operator!r}; use {', '.join(OPERATORS)}")
        return Filter(_inner(left), operator, _inner(right))


def _inner(text: str) -> Path:
    return _Action(text + "}", 0).path()


def _slice(text: str) -> Slice:
    found = _SLICE.fullmatch(text)
    if not found:
        raise ValueError(f"[{text}] is no position: use [0], [-1], [0:2], [*] or ['key']")
    start, end, step = (_index(part) for part in found.groups())
    return Slice(start, end, step, single=found[2] is None)


def _index(text: str | None) -> int | None:
    if text == "-":
        raise ValueError("'-' is no position")
    return int(text) if text else None


def _number(text: str) -> int | float:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    raise ValueError(f"{text!r} is no number")


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = match[1]
    if code in _ESCAPES:
        return _ESCAPES[code]
    if code[0] in "uUx" and len(code) > 1:
        return chr(int(code[1:], 16))
    if len(code) > 1:
        return chr(int(code, 8))
    raise ValueError(f"there is no escape {match[0]!r}")
