"""One line for people on a change: ``image v1.14.2 -> v1.15.0``, ``instances 3 -> 12``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from k8s_datamodel.comparing.changes import Change, FieldChange
from k8s_datamodel.comparing.field_paths import Item, Member, Path, json_text, written
from k8s_datamodel.types.resource_types import ResourceType

_LONGEST = 60
_IMAGE = "image"
_SIGNS = {"added": "+", "removed": "-", "changed": "~", "recreated": "!"}


def thing_line(change: Change) -> str:
    """A change without its fields: a sign, and the identity with slashes between."""
    values = [str(value) for value in change.key.values() if value is not None]
    again = " (re-created)" if change.what == "recreated" else ""
    return f"{_SIGNS[change.what]} {'/'.join(values)}{again}"


def field_lines(
    change: Change, resource_type: ResourceType, words: Mapping[str, str] | None = None
) -> Iterator[str]:
    """A line for each field of a change.

    A column that repeats what is told of the object is left out: it has the same two values.

    Args:
        change: what differs.
        resource_type: its type, which has the titles of columns.
        words: what people call a field, by its name; ``ComparisonRules.words``.
    """
    objects = [each for each in change.fields if each.place == "object"]
    told = {_values(each) for each in objects}
    images = sum(each.steps[-1] == _IMAGE for each in objects)
    for each in change.fields:
        if each.place == "object" or _values(each) not in told:
            line = field_line(each, resource_type, words or {})
            several = images > 1 and each.steps[-1] == _IMAGE
            yield f"{line} of {_item(each.steps)}" if several else line


def field_line(field: FieldChange, resource_type: ResourceType, words: Mapping[str, str]) -> str:
    """A field as a person would say it."""
    what = _what(field, resource_type, words)
    if field.op == "replace":
        old, new = _shortened(field.old, field.new)
        return f"{what} {old} -> {new}"
    sign, value = ("+", field.new) if field.op == "add" else ("-", field.old)
    if isinstance(field.steps[-1], Item | Member):
        return f"{sign} {what}{_flags(value, words)}"
    return f"{sign} {what} {_shown(value)}"


def _what(field: FieldChange, resource_type: ResourceType, words: Mapping[str, str]) -> str:
    if field.place == "object":
        return _place(field.steps, words)
    titles = {column.key: column.title for column in resource_type.columns}
    first = str(field.steps[0])
    return titles.get(first, first).lower() + written(("", *field.steps[1:])).removeprefix('[""]')


def _place(path: Path, words: Mapping[str, str]) -> str:
    """A short name for a field: an item by its list and name, another one by its path."""
    last = path[-1]
    if isinstance(last, Item | Member) and len(path) > 1 and isinstance(path[-2], str):
        values = (
            [value for _, value in last.keys if value is not None]
            if isinstance(last, Item)
            else [last.value]
        )
        return f"{_one_of(path[-2], words)} {'/'.join(map(_shown, values))}{_within(path[:-2])}"
    return _IMAGE if last == _IMAGE and _item(path) else written(path)


def _within(path: Path) -> str:
    """The nearest item that a field is a part of, as words."""
    return f" of {item}" if (item := _item(path)) else ""


def _item(path: Path) -> str:
    """The name of the nearest item that a field is a part of; empty without one."""
    items = [step for step in path if isinstance(step, Item)]
    return "/".join(_shown(value) for _, value in items[-1].keys) if items else ""


def _one_of(name: str, words: Mapping[str, str]) -> str:
    """What an item of a list is called: version of versions."""
    if name in words:
        return words[name]
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def _flags(value: Any, words: Mapping[str, str]) -> str:
    """The switches of an item: (served, not stored)."""
    if not isinstance(value, Mapping):
        return ""
    said = [
        f"{'' if switch else 'not '}{words.get(name, name)}"
        for name, switch in value.items()
        if isinstance(switch, bool)
    ]
    return f" ({', '.join(said)})" if said else ""


def _shortened(old: Any, new: Any) -> tuple[str, str]:
    """Two values; of two images of one repository what differs."""
    if isinstance(old, str) and isinstance(new, str):
        for separator in ("@", ":"):
            before, after = old.rpartition(separator), new.rpartition(separator)
            named = "/" in before[0] and "//" not in before[0]
            if named and before[0] == after[0] and "/" not in before[2] + after[2]:
                return before[2], after[2]
    return _shown(old), _shown(new)


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) and value.isprintable() and value else json_text(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _values(field: FieldChange) -> tuple[str, str]:
    return repr(field.old), repr(field.new)
