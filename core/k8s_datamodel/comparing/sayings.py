"""One line for people on a change: ``image v1.14.2 -> v1.15.0``, ``instances 3 -> 12``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from k8s_datamodel.base.plurals import counted
from k8s_datamodel.comparing.changes import Change, FieldChange, Place
from k8s_datamodel.comparing.field_paths import Item, Member, Path, Step, json_text, parsed, written
from k8s_datamodel.comparing.values import MISSING
from k8s_datamodel.redaction import tokens
from k8s_datamodel.types.comparison_rules import (
    NO_RULES,
    ComparisonRules,
    Difference,
    Fold,
    ListItem,
    Saying,
)
from k8s_datamodel.types.resource_types import ResourceType

_LONGEST = 60
_BEFORE = 12
"""Equal letters that are shown before what differs of two long texts."""

_IMAGES = re.compile(
    r"(?P<name>[^/\s=]+(?:/[^/:@\s]+)+)(?=[:@])(?::(?P<tag>[^/@\s]+))?(?:@(?P<digest>[^/\s]+))?"
)
"""Repository, and tag or digest or both."""

_IMAGE = "image"
_NAMES = ("name", "type")
"""What tells the item of a list from others, most likely."""

_VALUE = "value"
"""What an item holds that is a name and a value, such as an environment variable."""

_NAMED = ("labels", "annotations")
"""Maps whose keys are names that people know without the path."""

_SIGNS = {"added": "+", "removed": "-", "changed": "~", "recreated": "!"}


def thing_line(change: Change) -> str:
    """A change without its fields: a sign, and the identity with slashes between."""
    again = " (re-created)" if change.what == "recreated" else ""
    return f"{_SIGNS[change.what]} {thing_name(change)}{again}"


def thing_name(change: Change) -> str:
    """The identity of a thing with slashes between."""
    return key_text(change.key)


def key_text(key: Mapping[str, Any]) -> str:
    """An identity with slashes between its values."""
    return "/".join(str(value) for value in key.values() if value is not None)


def place_text(
    place: Place, path: Path, resource_type: ResourceType, words: Mapping[str, str]
) -> str:
    """What people call a field."""
    if place == "object":
        return _place(path, words)
    first = titled(resource_type, str(path[0]))
    return first if len(path) == 1 else _place((first, *path[1:]), words)


def field_lines(
    change: Change,
    resource_type: ResourceType,
    rules: ComparisonRules = NO_RULES,
    *,
    everything: bool = False,
) -> Iterator[str]:
    """A line for each field of a change, without lines that say a thing twice.

    Left out are a column that repeats what is told of the object or of another column, fields
    that a column tells, and columns that hold structures where the object they come from differs.
    Fields that the type's rules fold are counted in lines at the end.

    Args:
        change: what differs.
        resource_type: its type, which has the titles of columns.
        rules: what people call a field, and which fields a column tells.
        everything: no fields are folded.
    """
    structures = _structures(resource_type)
    fields = _told(change.fields, rules, structures)
    images = sum(each.place == "object" and each.steps[-1] == _IMAGE for each in fields)
    derived = Counter(str(each.steps[0]) for each in fields if _within_one(each, structures))
    if not any(each.place == "object" for each in fields):
        for name, number in derived.items():
            many = "1 field differs" if number == 1 else f"{number} fields differ"
            yield f"{titled(resource_type, name)}: {many}"
    sayings = [said(each, resource_type, rules) for each in fields]
    folds = _folds(() if everything else sayings)
    for each, saying in zip(fields, sayings, strict=True):
        if saying:
            if saying.fold not in folds:
                yield _said_line(each, saying)
        elif not _within_one(each, structures):
            line = field_line(each, resource_type, rules.words)
            several = images > 1 and each.place == "object" and each.steps[-1] == _IMAGE
            yield f"{line} of {_item(each.steps)}" if several else line
    for fold, number in folds.items():
        yield f"{fold.of}: {counted(number, fold.one, fold.many)}"


def _folds(sayings: Iterable[Saying | None]) -> Counter[Fold]:
    """What is said of several fields in one line, and of how many."""
    found = Counter(each.fold for each in sayings if each and each.fold)
    return Counter({fold: number for fold, number in found.items() if number >= fold.least})


def said(field: FieldChange, resource_type: ResourceType, rules: ComparisonRules) -> Saying | None:
    """How a type's own rules say a field of its objects; None where they say nothing of it."""
    says = rules.says.get(resource_type.name)
    if not says or field.place == "column":
        return None
    old, new = (None if value is MISSING else value for value in (field.old, field.new))
    return says(Difference(tuple(map(_told_step, field.steps)), field.op, old, new))


def _told_step(step: Step) -> str | ListItem:
    """A step of a path without the classes of the engine."""
    if isinstance(step, str):
        return step
    if isinstance(step, Item):
        return ListItem(written((step,)), tuple(value for _, value in step.keys))
    return ListItem(written((step,)), (step.value if isinstance(step, Member) else step,))


def _structures(resource_type: ResourceType) -> frozenset[str]:
    """Columns that hold structures which something made of the object: a line cannot tell them."""
    made = (each for each in resource_type.columns if each.value or not each.path)
    return frozenset(each.key for each in made if each.type == "json")


def _within_one(field: FieldChange, columns: frozenset[str]) -> bool:
    return field.place == "column" and field.steps[0] in columns


def _told(
    fields: Sequence[FieldChange], rules: ComparisonRules, structures: frozenset[str]
) -> list[FieldChange]:
    """The fields of a change, each thing once."""
    columns = {str(each.steps[0]) for each in fields if each.place == "column"}
    patterns = [parsed(path) for name in columns for path in rules.tells.get(name, ())]
    left = [
        each
        for each in fields
        if each.place == "column" or not any(pattern.covers(each.steps) for pattern in patterns)
    ]
    told = [each for each in fields if each.place == "object"]
    found = []
    for each in left:
        if each.place == "column":
            if any(_repeats(each, other) for other in told):
                continue
            if not _within_one(each, structures):
                told.append(each)
        found.append(each)
    return found


def _repeats(column: FieldChange, other: FieldChange) -> bool:
    """Whether a column says what another field says: equal texts or tags, or the same by name."""
    if _values(column) != _values(other):
        images = other.steps[-1] == _IMAGE and isinstance(other.old, str)
        return images and (column.old, column.new) == _of_images(other.old, str(other.new))
    texts = any(isinstance(value, str) and value for value in (column.old, column.new))
    return texts or str(column.steps[-1]) == str(other.steps[-1])


def titled(resource_type: ResourceType, key: str) -> str:
    """What people call a column, by its key in documents."""
    titles = {column.key: column.title for column in resource_type.columns}
    words = titles.get(key, key).split()
    return " ".join(word if word[1:] != word[1:].lower() else word.lower() for word in words)


def field_line(field: FieldChange, resource_type: ResourceType, words: Mapping[str, str]) -> str:
    """A field as a person would say it."""
    field = field if field.op == "replace" else _unwrapped(field)
    what = place_text(field.place, field.steps, resource_type, words)
    if field.op == "replace":
        return _replaced(what, field)
    sign, value = _came_or_went(field)
    if (name := _reference(field.steps[-1], value)) and len(field.steps) > 1:
        return f"{sign} {_one_of(str(field.steps[-2]), words)} {name}{_within(field.steps[:-2])}"
    if isinstance(field.steps[-1], Item | Member):
        return f"{sign} {what}{_flags(value, words)}"
    return f"{sign} {what} {_shown(value)}"


def _said_line(field: FieldChange, saying: Saying) -> str:
    """A field as the rules of its type say it."""
    if field.op == "replace":
        return _replaced(saying.what, field)
    sign, value = _came_or_went(field)
    shown = _shown(value) if saying.value is None else _cut(saying.value)
    return f"{sign} {saying.what} {shown}".rstrip()


def _replaced(what: str, field: FieldChange) -> str:
    if _hidden(field.old) and _hidden(field.new):
        return f"{what} differs (redacted)"
    old, new = _shortened(field.old, field.new)
    return f"{what} {old} -> {new}"


def _came_or_went(field: FieldChange) -> tuple[str, Any]:
    """The sign of a field that one side lacks, and its value."""
    return ("+", field.new) if field.op == "add" else ("-", field.old)


def _unwrapped(field: FieldChange) -> FieldChange:
    """What came or went, without the maps around it that hold nothing else, where it is long."""
    steps, value = field.steps, field.new if field.op == "add" else field.old
    if field.place == "column" or len(json_text(value)) <= _LONGEST:
        return field
    while isinstance(value, Mapping) and len(value) == 1:
        [(key, value)] = value.items()
        steps = (*steps, key)
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], Mapping):
        names = [(key, value[0][key]) for key in _NAMES if isinstance(value[0].get(key), str)]
        if names:
            steps, value = (*steps, Item((names[0],))), value[0]
    old, new = (MISSING, value) if field.op == "add" else (value, MISSING)
    return FieldChange(field.place, steps, old, new)


def _hidden(value: Any) -> bool:
    return isinstance(value, str) and tokens.TOKEN.fullmatch(value) is not None


def _reference(step: Any, value: Any) -> str:
    """The kind and name of an item that its list tells apart by uid; empty for others."""
    if not isinstance(step, Item) or [key for key, _ in step.keys] != ["uid"]:
        return ""
    said = [value.get(key) for key in ("kind", "name")] if isinstance(value, Mapping) else []
    return "/".join(map(_shown, said)) if said and all(said) else ""


def _place(path: Path, words: Mapping[str, str]) -> str:
    """A short name for a field: an item by its list and name, another one by its path."""
    if len(path) > 2 and path[-1] == _VALUE and isinstance(path[-2], Item):  # noqa: PLR2004
        return _place(path[:-1], words)
    last = path[-1]
    if isinstance(last, Item | Member) and len(path) > 1 and isinstance(path[-2], str):
        values = (
            [value for _, value in last.keys if value is not None]
            if isinstance(last, Item)
            else [last.value]
        )
        return f"{_one_of(path[-2], words)} {'/'.join(map(_shown, values))}{_within(path[:-2])}"
    if len(path) > 1 and isinstance(last, str) and path[-2] in _NAMED:
        parent = [step for step in path[:-2] if step != "metadata"]
        of = f" of {written(parent)}" if parent else ""
        return f"{_one_of(str(path[-2]), words)} {_shown(last)}{of}"
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
    return _cut(text)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _values(field: FieldChange) -> tuple[str, str]:
    return repr(field.old), repr(field.new)
