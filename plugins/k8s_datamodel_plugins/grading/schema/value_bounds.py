"""Bounds of numbers, lengths and counts, and ``multipleOf``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import ceil, floor
from typing import Any

from k8s_datamodel_plugins.grading.schema.found import Found
from k8s_datamodel_plugins.grading.schema.pairs import Concern, Pair
from k8s_datamodel_plugins.grading.schema.schema_nodes import Node, Schema

_WIDEST = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
"""What a format lets through by itself."""

_COUNTS = ("Length", "Items", "Properties")

_Bound = list[Any]
"""A number, and whether it is itself excluded; empty without a bound."""


def _lower(node: Node) -> _Bound:
    found = [_limit(part, "minimum", "exclusiveMinimum") for part in node.parts]
    bounds = [each for each in found if each]
    bound = max(bounds, default=[])
    if bound and _whole(node):
        bound = [floor(bound[0]) + 1 if bound[1] else ceil(bound[0]), False]
    widest = _widest(node)
    return [] if bound and widest and bound[0] <= widest[0] else bound


def _upper(node: Node) -> _Bound:
    found = [_limit(part, "maximum", "exclusiveMaximum") for part in node.parts]
    bounds = [each for each in found if each]
    bound = min(bounds, key=lambda each: (each[0], not each[1]), default=[])
    if bound and _whole(node):
        bound = [ceil(bound[0]) - 1 if bound[1] else floor(bound[0]), False]
    widest = _widest(node)
    return [] if bound and widest and bound[0] >= widest[1] else bound


def _limit(part: Schema, keyword: str, exclusive: str) -> _Bound:
    return [part[keyword], exclusive in part] if keyword in part else []


def _whole(node: Node) -> bool:
    return "integer" in node.values("type")


def _widest(node: Node) -> tuple[int, int] | None:
    if not _whole(node):
        return None
    return next((_WIDEST[each] for each in node.values("format") if each in _WIDEST), None)


def _least(keyword: str, node: Node) -> _Bound:
    bound = max(node.values(keyword), default=0)
    return [bound, False] if bound > 0 else []


def _most(keyword: str, node: Node) -> _Bound:
    bounds = node.values(keyword)
    return [min(bounds), False] if bounds else []


def _judge_lower(keyword: str, pair: Pair, old: _Bound, new: _Bound) -> Iterator[Found]:
    tighter = bool(new) and (not old or tuple(new) > tuple(old))
    yield _bound(keyword, pair, old, new, tighter)


def _judge_upper(keyword: str, pair: Pair, old: _Bound, new: _Bound) -> Iterator[Found]:
    tighter = bool(new) and (not old or (new[0], not new[1]) < (old[0], not old[1]))
    yield _bound(keyword, pair, old, new, tighter)


def _bound(keyword: str, pair: Pair, old: _Bound, new: _Bound, tighter: bool) -> Found:
    rule = "bound-tightened" if tighter else "bound-relaxed"
    what = f"{keyword} is {_said(new)}, it was {_said(old)}"
    said = f"{what}: values that were valid may not be so now." if tighter else f"{what}."
    return pair.found(rule, said, _value(old), _value(new))


def _said(bound: _Bound) -> str:
    if not bound:
        return "not set"
    return f"{bound[0]}, exclusive" if bound[1] else str(bound[0])


def _value(bound: _Bound) -> Any:
    return bound[0] if bound else None


def _multiples(node: Node) -> list[Any]:
    return sorted(set(node.values("multipleOf")))


def _judge_multiples(pair: Pair, old: list[Any], new: list[Any]) -> Iterator[Found]:
    tighter = not all(any(_divides(each, known) for known in old) for each in new)
    rule = "bound-tightened" if tighter else "bound-relaxed"
    before, after = pair.values("multipleOf")
    said = f"multipleOf is {after or 'not set'}, it was {before or 'not set'}."
    yield pair.found(rule, said, before, after)


def _divides(divisor: Any, value: Any) -> bool:
    return bool(divisor) and value % divisor == 0


def _concerns() -> Iterator[Concern]:
    yield Concern("minimum", _lower, partial(_judge_lower, "minimum"))
    yield Concern("maximum", _upper, partial(_judge_upper, "maximum"))
    yield Concern("multipleOf", _multiples, _judge_multiples)
    for what in _COUNTS:
        least, most = f"min{what}", f"max{what}"
        yield Concern(least, _reader(_least, least), partial(_judge_lower, least))
        yield Concern(most, _reader(_most, most), partial(_judge_upper, most))


def _reader(read: Callable[[str, Node], _Bound], keyword: str) -> Callable[[Node], Any]:
    return partial(read, keyword)


BOUNDS = tuple(_concerns())
