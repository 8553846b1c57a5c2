"""The fields that changed as one YAML hunk: a sign before each line, and what they are parts of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import yaml

from k8s_datamodel.cli.diffs.diff_lines import Line
from k8s_datamodel.comparing.changes import Change, FieldChange
from k8s_datamodel.comparing.field_paths import Item, Path
from k8s_datamodel.comparing.values import MISSING

_AROUND = 3
"""Equal lines that are shown on either side of those that differ, as in a unified diff."""

_STEP = "  "


class _Dumper(yaml.SafeDumper):
    """YAML without aliases, with texts of several lines as blocks."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def hunk(change: Change) -> Iterator[Line]:
    """The lines of a change; of a thing that came or went all of its object, if it is there."""
    if change.what in ("added", "removed"):
        sign, thing = ("+", change.new) if change.what == "added" else ("-", change.old)
        yield from (Line(sign, text) for text in _yaml(thing)) if thing else ()
        return
    for place in ("object", "column"):
        fields = [each for each in change.fields if each.place == place]
        if fields and place == "column":
            yield Line("@", "columns")
        yield from _fields(fields)


def _fields(fields: Sequence[FieldChange]) -> Iterator[Line]:
    before: Path = ()
    for each in fields:
        *parents, last = each.steps
        shared = _shared(before, parents)
        for depth in range(shared, len(parents)):
            yield from _parent(parents[depth], depth)
        yield from _leaf(last, each, len(parents))
        before = tuple(parents)


def _shared(one: Sequence[Any], other: Sequence[Any]) -> int:
    """How many steps two paths have in common."""
    number = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        number += 1
    return number


def _parent(step: Any, depth: int) -> Iterator[Line]:
    """What a field is a part of: a key, or an item with what names it."""
    if isinstance(step, Item):
        texts = _yaml([dict(step.keys)])
    elif isinstance(step, str):
        texts = [_yaml({step: None})[0].removesuffix(" null")]
    else:
        texts = [f"- # {step}"]
    yield from (Line(" ", f"{_STEP * depth}{text}") for text in texts)


def _leaf(step: Any, field: FieldChange, depth: int) -> Iterator[Line]:
    old, new = (_shown(step, value) for value in (field.old, field.new))
    for sign, text in _compared(old, new):
        yield Line(sign, f"{_STEP * depth}{text}")


def _shown(step: Any, value: Any) -> list[str]:
    if value is MISSING:
        return []
    return _yaml({step: value} if isinstance(step, str) else [value])


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Lines with their signs, as in a unified diff."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(_AROUND):
        for tag, start, end, other_start, other_end in group:
            if tag == "equal":
                yield from ((" ", text) for text in old[start:end])
            else:
                yield from (("-", text) for text in old[start:end])
                yield from (("+", text) for text in new[other_start:other_end])


def _yaml(value: Mapping[str, Any] | Sequence[Any]) -> list[str]:
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**9)
    return str(text).splitlines()
