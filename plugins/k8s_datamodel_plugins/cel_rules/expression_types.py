"""The types of expressions in a rule: shapes of the schema, and what expressions make of them."""

from __future__ import annotations

from dataclasses import dataclass

from k8s_datamodel_plugins.cel_rules.value_shapes import Shape


@dataclass(frozen=True)
class ListOf:
    """The type of a list that an expression makes."""

    item: Type


@dataclass(frozen=True)
class OptionalOf:
    """The type of an optional value."""

    inside: Type


Type = Shape | ListOf | OptionalOf | None
INSTANT = Shape("instant")  # a timestamp or duration that an expression made


def item_of(kind: Type) -> Type:
    """The type of the items of a list, or of the values of a map; None if it is not known."""
    if isinstance(kind, Shape) and kind.kind in {"list", "map"}:
        return kind.items
    return kind.item if isinstance(kind, ListOf) else None


def as_shape(kind: Type) -> Type:
    """The shape of a list that an expression makes of parts of the object."""
    if isinstance(kind, ListOf):
        item = as_shape(kind.item)
        return Shape("list", items=item) if isinstance(item, Shape) else kind
    return kind


def shape_kind(kind: Type) -> str:
    """The kind of a shape; empty for another type."""
    return kind.kind if isinstance(kind, Shape) else ""


def is_unknown(kind: Type) -> bool:
    """Whether nothing is known of a type."""
    return kind is None or (isinstance(kind, ListOf) and is_unknown(kind.item))


def inside_of(kind: Type) -> Shape | None:
    """What is in a list or optional value, however deep; the type itself if it is neither."""
    while isinstance(kind, (ListOf, OptionalOf)):
        kind = kind.item if isinstance(kind, ListOf) else kind.inside
    return kind


def has_times(kind: Type) -> bool:
    """Whether a value of a type is a time, or has some in it."""
    inside = inside_of(kind)
    return inside is not None and inside.has_times


def is_plain(kind: Type) -> bool:
    """Whether the engine compares values of a type as the server does."""
    inside = inside_of(kind)
    return inside is None or inside.plain


def holds_plain(kind: Type) -> bool:
    """Whether the items of a type are such values."""
    item = item_of(kind)
    return item is not None and item is not INSTANT and is_plain(item)


def is_scalar(kind: Type) -> bool:
    """Whether values of a type are no lists, maps, objects or times; true if nothing is known."""
    if kind is None:
        return True
    return isinstance(kind, Shape) and kind.plain and kind.kind not in {"list", "map", "instant"}


def is_time(kind: Type) -> bool:
    """Whether it is the type of a text that is a time or duration for a rule."""
    return isinstance(kind, Shape) and kind.is_time
