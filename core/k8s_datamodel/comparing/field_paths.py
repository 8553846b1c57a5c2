"""Paths to the fields of an object: how they are written, read, and matched by patterns.

The grammar is in ``docs/comparing.md``. What is written is read back as it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from k8s_datamodel.comparing.values import same

_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE = re.compile(r"[A-Za-z0-9._/-]+")
_TOKEN = re.compile(r"[A-Za-z0-9._/+-]+")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}
_POSITION = re.compile(r"(0|[1-9][0-9]*)\]")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list that is named by some of its fields: ``[name=v2]``."""

    keys: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Member:
    """An item of a set, named by its value: ``[=a]``."""

    value: Any


@dataclass(frozen=True, slots=True)
class AnyKey:
    """In a pattern: each key of a map, ``*``."""


@dataclass(frozen=True, slots=True)
class AnyItem:
    """In a pattern: each item of a list, ``[*]``."""


Step: TypeAlias = str | int | Item | Member
"""The key of a map, or an item of a list; a number is its position."""
Path: TypeAlias = tuple[Step, ...]


def written(path: Sequence[Step | AnyKey | AnyItem]) -> str:
    """The text of a path or pattern; empty for the object itself."""
    parts: list[str] = []
    for step in path:
        if isinstance(step, AnyKey):
            parts.append(".*" if parts else "*")
        elif not isinstance(step, str):
            parts.append(f"[{_selector(step)}]")
        elif _KEY.fullmatch(step):
            parts.append(f".{step}" if parts else step)
        else:
            parts.append(f"[{json_text(step)}]")
    return "".join(parts)


def _selector(step: int | Item | Member | AnyItem) -> str:
    if isinstance(step, AnyItem):
        return "*"
    if isinstance(step, Member):
        return f"={value_text(step.value)}"
    if isinstance(step, Item):
        return ",".join(f"{_name(key)}={value_text(value)}" for key, value in step.keys)
    return str(step)


def _name(key: str) -> str:
    return key if _KEY.fullmatch(key) else json_text(key)


def value_text(value: Any) -> str:
    """A value as it stands in a path: a text bare where nothing else could be meant, else JSON."""
    if isinstance(value, str) and _BARE.fullmatch(value) and _scalar(value) is value:
        return value
    return json_text(value)


def json_text(value: Any) -> str:
    """Compact JSON, with the letters as they are."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(value, separators=(",", ":"), sort_keys=True)
    return text


def _scalar(text: str) -> Any:
    """What a bare text means: a number, a word of JSON, or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    return json.loads(text) if _NUMBER.fullmatch(text) else text


@dataclass(frozen=True, slots=True)
class Pattern:
    """A path as people write it, which may have ``*`` and ``[*]``."""

    steps: tuple[Step | AnyKey | AnyItem, ...]

    def covers(self, path: Sequence[Step]) -> bool:
        """Whether it names the field at this path, or something that the field is a part of."""
        return len(self.steps) <= len(path) and self._agrees(path)

    def touches(self, path: Sequence[Step]) -> bool:
        """Whether it names that field, what it is a part of, or a part of it."""
        return self._agrees(path)

    def _agrees(self, path: Sequence[Step]) -> bool:
        return all(step_matches(ours, theirs) for ours, theirs in zip(self.steps, path))  # noqa: B905 - a prefix is enough


def step_matches(pattern: Step | AnyKey | AnyItem, step: Step) -> bool:
    """Whether a step of a pattern means a step of a path; an item may be named by fewer keys."""
    if isinstance(pattern, AnyKey):
        return isinstance(step, str)
    if isinstance(pattern, AnyItem):
        return not isinstance(step, str)
    if isinstance(pattern, Item) and isinstance(step, Item):
        known = dict(step.keys)
        return all(key in known and same(known[key], value) for key, value in pattern.keys)
    if isinstance(pattern, Member) and isinstance(step, Member):
        return same(pattern.value, step.value)
    return type(pattern) is type(step) and pattern == step


def selects(pattern: Step | AnyKey | AnyItem, item: Any) -> bool:
    """Whether a step of a pattern means an item of a list by what the item is."""
    if isinstance(pattern, AnyItem):
        return True
    if isinstance(pattern, Item):
        return isinstance(item, Mapping) and all(
            same(item.get(key), value) for key, value in pattern.keys
        )
    return isinstance(pattern, Member) and same(pattern.value, item)


def holds(value: Any, steps: Sequence[Step | AnyKey | AnyItem]) -> bool:
    """Whether a value has a part to which steps of a pattern lead."""
    if not steps:
        return True
    step, below = steps[0], steps[1:]
    if isinstance(value, Mapping):
        named = value if isinstance(step, AnyKey) else (key for key in value if key == step)
        return any(holds(value[key], below) for key in named)
    if isinstance(value, list | tuple):
        return any(
            holds(item, below)
            for position, item in enumerate(value)
            if selects(step, item) or (type(step) is int and step == position)
        )
    return False


def parts(
    value: Any, steps: Sequence[Step | AnyKey | AnyItem], above: Path = ()
) -> Iterator[tuple[Path, Any]]:
    """The parts of a value to which steps of a pattern lead, each with its path."""
    if not steps:
        yield above, value
        return
    step, below = steps[0], steps[1:]
    if isinstance(value, Mapping):
        for key in value if isinstance(step, AnyKey) else (key for key in value if key == step):
            yield from parts(value[key], below, (*above, key))
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            if selects(step, item) or (type(step) is int and step == position):
                named = step if isinstance(step, Item | Member) else position
                yield from parts(item, below, (*above, named))


def parsed(text: str) -> Pattern:
    """Read a path or pattern. Raises ValueError, whose message says where it is invalid."""
    steps = tuple(_steps(text.strip()))
    if not steps:
        raise ValueError("a path names a field, such as spec.replicas")
    return Pattern(steps)


def parsed_path(text: str) -> tuple[str | int | AnyKey | AnyItem, ...]:
    """Read a path that ``written_path`` wrote; the empty one is the object itself.

    Raises:
        ValueError: it is none; the message says where.
    """
    found = parsed(text).steps if text else ()
    steps = tuple(step for step in found if not isinstance(step, Item | Member))
    if len(steps) < len(found):
        raise ValueError(f"{text!r} names an item by what it is")
    return steps


def written_path(steps: Sequence[str | int | AnyKey | AnyItem]) -> str:
    """The text of a path as ``diff`` writes it.

    A text is the key of a map, a number an item's position; ``AnyItem`` is written ``[*]``,
    ``AnyKey`` ``.*``.
    """
    return written(steps)


def _steps(text: str) -> Iterator[Step | AnyKey | AnyItem]:
    at = 0
    while at < len(text):
        if text[at] == "[":
            step, at = _bracket(text, at + 1)
            yield step
            continue
        if at and text[at] != ".":
            raise _invalid(text, at, "a dot or a bracket begins the next part")
        at += 1 if text[at] == "." else 0
        if text.startswith("*", at):
            yield AnyKey()
            at += 1
            continue
        match = _KEY.match(text, at)
        if not match:
            raise _invalid(text, at, 'a key follows; another than [A-Za-z0-9_-]+ stands as ["..."]')
        yield match[0]
        at = match.end()


def _bracket(text: str, at: int) -> tuple[Step | AnyItem, int]:
    if text.startswith("*]", at):
        return AnyItem(), at + 2
    if position := _POSITION.match(text, at):
        return int(position[1]), position.end()
    if text.startswith("=", at):
        value, at = _value(text, at + 1)
        return Member(value), _closed(text, at)
    keys: list[tuple[str, Any]] = []
    while True:
        key, at = _quoted_or(text, at, _KEY)
        if not keys and text.startswith("]", at) and text[at - 1] == '"':
            return key, at + 1
        if not text.startswith("=", at):
            raise _invalid(text, at, "= follows the key of an item")
        value, at = _value(text, at + 1)
        keys.append((key, value))
        if not text.startswith(",", at):
            return Item(tuple(keys)), _closed(text, at)
        at += 1


def _closed(text: str, at: int) -> int:
    if not text.startswith("]", at):
        raise _invalid(text, at, "a bracket ] ends an item")
    return at + 1


def _quoted_or(text: str, at: int, bare: re.Pattern[str]) -> tuple[str, int]:
    if text.startswith('"', at):
        value, at = _json(text, at)
        return str(value), at
    match = bare.match(text, at)
    if not match:
        raise _invalid(text, at, "a name, *, a position or a JSON string stands in brackets")
    return match[0], match.end()


def _value(text: str, at: int) -> tuple[Any, int]:
    if text[at : at + 1] in ('"', "[", "{"):
        return _json(text, at)
    match = _TOKEN.match(text, at)
    if not match:
        raise _invalid(text, at, "a value follows =; a text with other letters stands in quotes")
    return _scalar(match[0]), match.end()


def _json(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        raise _invalid(text, at, "this is no JSON") from None


def _invalid(text: str, at: int, what: str) -> ValueError:
    return ValueError(f"{text!r} is no path: at character {at + 1}, {what}")
