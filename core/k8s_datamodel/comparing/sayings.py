"""One line for people on a change: ``image v1.14.2 -> v1.15.0``, ``instances 3 -> 12``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from k8s_datamodel.comparing.changes import Change, FieldChange
from k8s_datamodel.comparing.field_paths import Item, Member, Path, json_text, written
from k8s_datamodel.types.resource_types import ResourceType

_LONGEST = 60
_BEFORE = 12
"""Equal letters that are shown before what differs of two long texts."""

_IMAGES = re.compile(
    r"(?P<name>[^/\s]+(?:/[^/:@\s]+)+)(?=[:@])(?::(?P<tag>[^/@\s]+))?(?:@(?P<digest>[^/\s]+))?"
)
"""Repository, and tag or digest or both."""

_IMAGE = "image"
_SIGNS = {"added": "+", "removed": "-", "changed": "~", "recreated": "!"}


def thing_line(change: Change) -> str:
    """A change without its fields: a sign, and the identity with slashes between."""
    again = " (re-created)" if change.what == "recreated" else ""
    return f"{_SIGNS[change.what]} {thing_name(change)}{again}"


def thing_name(change: Change) -> str:
    """The identity of a thing with slashes between."""
    return "/".join(str(value) for value in change.key.values() if value is not None)


def field_lines(
    change: Change, resource_type: ResourceType, words: Mapping[str, str] | None = None
) -> Iterator[str]:
    """A line for each field of a change.

    A column that repeats what is told of the object is left out: it has the same two values. So
    are the parts of a column that holds a structure, which was made of the object.

    Args:
        change: what differs.
        resource_type: its type, which has the titles of columns.
        words: what people call a field, by its name; ``ComparisonRules.words``.
    """
    objects = [each for each in change.fields if each.place == "object"]
    told = {_values(each) for each in objects}
    images = sum(each.steps[-1] == _IMAGE for each in objects)
    derived = _derived([each for each in change.fields if _values(each) not in told], resource_type)
    for name, number in () if objects else derived.items():
        many = "1 field differs" if number == 1 else f"{number} fields differ"
        yield f"{titled(resource_type, name)}: {many}"
    for each in change.fields:
        if each.place == "column" and each.steps[0] in derived:
            continue
        if each.place == "object" or _values(each) not in told:
            line = field_line(each, resource_type, words or {})
            several = images > 1 and each.steps[-1] == _IMAGE
            yield f"{line} of {_item(each.steps)}" if several else line


def _derived(fields: Sequence[FieldChange], resource_type: ResourceType) -> dict[str, int]:
    """How many fields differ within columns that hold structures, which a line cannot tell."""
    structures = {
        each.key for each in resource_type.columns if each.type == "json" and not each.path
    }
    found = Counter(str(each.steps[0]) for each in fields if each.place == "column")
    return {name: number for name, number in found.items() if name in structures}


def titled(resource_type: ResourceType, key: str) -> str:
    """What people call a column, by its key in documents."""
    titles = {column.key: column.title for column in resource_type.columns}
    return titles.get(key, key).lower()


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
    first = titled(resource_type, str(field.steps[0]))
    return first + written(("", *field.steps[1:])).removeprefix('[""]')


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
    """Two values; of two images of one repository, and of two long texts, what differs."""
    if isinstance(old, str) and isinstance(new, str):
        old, new = _of_images(old, new)
        same = _shared(old, new)
        if max(len(old), len(new)) > _LONGEST and same > _BEFORE:
            old, new = (f"…{each[same - _BEFORE :]}" for each in (old, new))
    return _shown(old), _shown(new)


def _of_images(old: str, new: str) -> tuple[str, str]:
    """What differs of two images of one repository: the tag, else the digest; else both texts."""
    one, other = _IMAGES.fullmatch(old), _IMAGES.fullmatch(new)
    if one and other and one["name"] == other["name"]:
        for part in ("tag", "digest"):
            if one[part] and other[part] and one[part] != other[part]:
                return one[part], other[part]
        return old[len(one["name"]) + 1 :], new[len(one["name"]) + 1 :]
    return old, new


def _shared(old: str, new: str) -> int:
    """How many letters two texts begin with alike."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(old), len(new)))


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) and value.isprintable() and value else json_text(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _values(field: FieldChange) -> tuple[str, str]:
    return repr(field.old), repr(field.new)
