"""The changes of one object as a unified diff of YAML: what is not told as a change is the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from typing import Any

import yaml

from k8s_datamodel.comparing.changes import Change, FieldChange
from k8s_datamodel.comparing.field_paths import Item, Member, Path, Step
from k8s_datamodel.comparing.values import MISSING, same

_Told = Sequence[tuple[Path, FieldChange]]
"""Changes with what is left of their paths below a part of an object."""


def hunk(change: Change, context: int = 3) -> Iterator[str]:
    """Lines of a unified diff of a change that has its objects, without ends of lines.

    The object after the change is the one before it, with the fields that are told put in: noise,
    order and what a manifest does not name are no difference. A long text is compared by its lines.
    """
    old = change.old or {}
    new = patched(old, change.fields) if change.old and change.new else change.new or {}
    before, after = (_lines(each) if each else [] for each in (old, new))
    name = "/".join(str(value) for value in change.key.values() if value is not None)
    mine, theirs = (f"{change.type_name}/{name}" if each else "/dev/null" for each in (old, new))
    yield from unified_diff(before, after, mine, theirs, lineterm="", n=context)


def patched(old: Mapping[str, Any], fields: Sequence[FieldChange]) -> Any:
    """An object with the changes of its fields put in; columns are no fields of it."""
    return _patched(old, [(each.steps, each) for each in fields if each.place == "object"])


def _patched(value: Any, told: _Told) -> Any:
    for steps, change in told:
        if not steps:
            return change.new
    if isinstance(value, list):
        return _patched_list(value, told)
    left = dict(value)
    for step in _first(told):
        new = _patched(value.get(step), _below(told, step))
        if new is MISSING:
            left.pop(str(step), None)
        else:
            left[str(step)] = new
    return left


def _patched_list(value: list[Any], told: _Told) -> list[Any]:
    left: list[Any] = list(value)
    added: list[tuple[Step, Any]] = []
    for step in _first(told):
        below = _below(told, step)
        added += [(step, one.new) for rest, one in below if not rest and one.op == "add"]
        changed = [each for each in below if each[0] or each[1].op != "add"]
        at = _position(value, step)
        if changed and at is not None:
            left[at] = _patched(value[at], changed)
    left = [each for each in left if each is not MISSING]
    for step, new in added:
        left.insert(step if isinstance(step, int) else len(left), new)
    return left


def _first(told: _Told) -> list[Step]:
    found: list[Step] = []
    for steps, _ in told:
        if steps[0] not in found:
            found.append(steps[0])
    return found


def _below(told: _Told, step: Step) -> _Told:
    return [(steps[1:], change) for steps, change in told if steps[0] == step]


def _position(value: list[Any], step: Step) -> int | None:
    """Where an item stands; a key that it lacks has its default."""
    if isinstance(step, int):
        return step if step < len(value) else None
    for at, item in enumerate(value):
        if isinstance(step, Member) and same(step.value, item):
            return at
        if isinstance(step, Item) and isinstance(item, Mapping):
            found = [(item.get(key), named) for key, named in step.keys]
            if all(one is None or same(one, named) for one, named in found):
                return at
    return None


class _Dumper(yaml.SafeDumper):
    """Writes long texts as blocks, and no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _lines(value: Mapping[str, Any]) -> list[str]:
    text = yaml.dump(dict(value), Dumper=_Dumper, allow_unicode=True, width=10_000)
    return str(text).splitlines()
