"""Compare two objects field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from k8s_datamodel.comparing import shapes
from k8s_datamodel.comparing.changes import FieldChange, Place, SideName, UnknownField
from k8s_datamodel.comparing.defaults import with_defaults
from k8s_datamodel.comparing.field_paths import Item, Member, Path, Pattern, Step, parsed
from k8s_datamodel.comparing.noise import both_without
from k8s_datamodel.comparing.pairing import Pairs, paired
from k8s_datamodel.comparing.shapes import Shape
from k8s_datamodel.comparing.values import MISSING, amount, identical, same
from k8s_datamodel.data.objects import KubernetesObject
from k8s_datamodel.redaction import tokens
from k8s_datamodel.types.comparison_rules import NO_RULES, ComparisonRules, Noise, Schema, kind_name

RECREATED = tuple(map(parsed, ("metadata.uid", "metadata.creationTimestamp")))
"""What differs by itself after an object was deleted and created again, or where one has no uid."""
_STATUS = (parsed("status"),)


@dataclass(frozen=True)
class Lens:
    """How two sides are looked at.

    Attributes:
        rules: what plugins know of the objects.
        ignore: fields that are left out in any case.
        everything: noise is told as well, and the order of lists.
        same_cluster: both sides are of one cluster.
        same_redaction: both sides replaced the same literals, by the same rules. Then a token
            beside a literal is a change, else it is unknown.
        keyed: what users say of lists, as schemas by ``Kind.group``; it holds before all others.
        named: the side that says only what it names, as a manifest does. Of two manifests what one
            names and the other does not is a change: both are the whole text.
    """

    rules: ComparisonRules = NO_RULES
    ignore: tuple[Pattern, ...] = ()
    everything: bool = False
    same_cluster: bool = True
    same_redaction: bool = True
    named: Literal["", "from", "to", "both"] = ""
    keyed: Mapping[str, Schema] = field(default_factory=dict)

    @cached_property
    def _noise(self) -> Sequence[tuple[Noise, Pattern]]:
        if self.everything:
            return ()
        return [
            (each, parsed(each.path))
            for each in self.rules.noise
            if not (each.between_clusters and self.same_cluster)
        ]

    def noise_of_kind(self, kind: str) -> list[Pattern]:
        """The fields of a kind's objects that are left out."""
        own = [
            pattern
            for each, pattern in self._noise
            if not each.columns_of and (not each.kinds or kind in each.kinds)
        ]
        return [*own, *self.ignore]

    def noise_of_columns(self, type_name: str) -> list[Pattern]:
        """The columns of a resource type, or parts of them, that are left out."""
        own = [pattern for each, pattern in self._noise if type_name in each.columns_of]
        return [*own, *self.ignore]

    def shape(self, kind: str, schema: Schema | None) -> Shape:
        """What is known of an object's parts: by the schema that defines it, then by its kind's."""
        schemas = self.rules.schemas
        found = (self.keyed.get(kind), schema, schemas.get(kind), schemas.get("*"))
        return tuple(each for each in found if each)


PLAIN = Lens()
"""Nothing is left out."""


@dataclass(slots=True)
class Differences:
    """The fields that differ, and those that may, in order of their paths."""

    fields: list[FieldChange] = field(default_factory=list)
    unknown: list[UnknownField] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.fields or self.unknown)

    def sort(self) -> None:
        """Put them in order."""
        self.fields.sort(key=lambda each: (each.path, each.place))
        self.unknown.sort(key=lambda each: (each.path, each.place))


def object_changes(
    old: KubernetesObject,
    new: KubernetesObject,
    lens: Lens = PLAIN,
    *,
    schema: Schema | None = None,
    recreated: bool = False,
) -> Differences:
    """The fields in which two objects differ.

    Args:
        old: the object of the side ``from``.
        new: the object of the side ``to``.
        lens: how they are looked at.
        schema: what defines their kind, such as the schema of a CRD.
        recreated: uid and time differ by themselves: they are two objects of one name, or one has
            no uid, as where a tool has tidied it.
    """
    kind = kind_name(new) or kind_name(old)
    patterns = lens.noise_of_kind(kind)
    patterns += RECREATED if recreated else ()
    patterns += _STATUS if lens.named else ()
    if schema and lens.named in ("from", "both"):
        old = with_defaults(old, schema)
    if schema and lens.named in ("to", "both"):
        new = with_defaults(new, schema)
    pair = both_without(old, new, patterns)
    found = value_changes("object", (), pair, lens, lens.shape(kind, schema))
    found.fields = [each for each in found.fields if not covered(each.steps, lens.ignore)]
    found.unknown = [each for each in found.unknown if not covered(each.steps, lens.ignore)]
    found.sort()
    return found


def covered(path: Path, patterns: Iterable[Pattern]) -> bool:
    """Whether a pattern names the field at a path, or what it is a part of."""
    return any(pattern.covers(path) for pattern in patterns)


def value_changes(
    place: Place, path: Path, pair: tuple[Any, Any], lens: Lens, shape: Shape
) -> Differences:
    """The differences between two values that stand at a path, in no order."""
    walk = _Walk(place, lens)
    try:
        walk.all(path, *pair, shape)
    except RecursionError:
        return Differences(unknown=[UnknownField(place, path, "both", "it nests too deep")])
    return walk.found


class _Walk:
    """Two values, with a list of what is left to compare: objects may nest deep."""

    def __init__(self, place: Place, lens: Lens) -> None:
        self._place: Place = place
        self._lens = lens
        self._left: list[tuple[Path, Any, Any, Shape]] = []
        self.found = Differences()

    def all(self, path: Path, old: Any, new: Any, shape: Shape) -> None:
        self._left.append((path, old, new, shape))
        while self._left:
            self._value(*self._left.pop())

    def _value(self, path: Path, old: Any, new: Any, shape: Shape) -> None:
        if identical(old, new):
            return
        if isinstance(old, dict | Mapping) and isinstance(new, dict | Mapping):
            self._maps(path, old, new, shape)
        elif isinstance(old, list | tuple) and isinstance(new, list | tuple):
            self._lists(path, paired(old, new, shape), (old, new), shape)
        elif not same(old, new) and not self._same_amount(old, new, shape):
            self._leaf(path, old, new)

    def _maps(
        self, path: Path, old: Mapping[str, Any], new: Mapping[str, Any], shape: Shape
    ) -> None:
        one_sided = []
        for key in dict.fromkeys((*old, *new)):
            pair = old.get(key, MISSING), new.get(key, MISSING)
            if MISSING in pair:
                one_sided.append((key, *pair))
            else:
                self._left.append(((*path, key), *pair, shapes.of_key(shape, key)))
        self._one_sided(path, one_sided, self._is_named)

    def _lists(self, path: Path, pairs: Pairs, lists: tuple[Any, Any], shape: Shape) -> None:
        one_sided = []
        items = shapes.of_items(shape)
        for step, old, new in pairs.pairs:
            if old is MISSING or new is MISSING:
                one_sided.append((step, old, new))
            else:
                self._left.append(((*path, step), old, new, items))
        self._one_sided(path, one_sided, self._is_named if pairs.merged else lambda *_: True)
        if pairs.reordered and (pairs.ordered or self._lens.everything):
            self.found.fields.append(FieldChange(self._place, path, *lists))

    def _is_named(self, old: Any, new: Any) -> bool:
        """Whether the side that says only what it names, if one does, has a value for this."""
        if self._lens.named == "both":
            return any(each is not MISSING and each is not None for each in (old, new))
        named = {"from": old, "to": new}.get(self._lens.named, ())
        return named is not MISSING and named is not None

    def _one_sided(
        self,
        path: Path,
        found: Sequence[tuple[Step, Any, Any]],
        counts: Callable[[Any, Any], bool],
    ) -> None:
        """Parts that one side has; what redaction may have renamed is unknown."""
        named = [(_name(step, old if new is MISSING else new), old) for step, old, new in found]
        hidden = [one for one in named if _redacted(one[0])]
        for (name, _), (step, old, new) in zip(named, found, strict=True):
            rivals = named if _redacted(name) else hidden
            others = (each for each, one in rivals if (one is MISSING) is not (old is MISSING))
            if hidden and any(self._may_be(name, other) for other in others):
                side: SideName = "to" if old is MISSING else "from"
                self._unknown((*path, step), side, "its name is redacted otherwise on the sides")
            elif counts(old, new):
                self.found.fields.append(FieldChange(self._place, (*path, step), old, new))

    def _may_be(self, name: str | None, other: str | None) -> bool:
        if name is None or other is None:
            return False
        both = _redacted(name) and _redacted(other)
        comparable = both or not self._lens.same_redaction
        return comparable and tokens.compare(name, other) == "unknown"

    def _same_amount(self, old: Any, new: Any, shape: Shape) -> bool:
        if not shapes.is_quantity(shape):
            return False
        mine, theirs = amount(old), amount(new)
        return mine is not None and mine == theirs

    def _leaf(self, path: Path, old: Any, new: Any) -> None:
        reason = self._unknown_text(old, new)
        if reason:
            side: SideName = (
                "from" if not _redacted(new) else "to" if not _redacted(old) else "both"
            )
            self._unknown(path, side, reason)
        elif self._is_named(old, new):
            self.found.fields.append(FieldChange(self._place, path, old, new))

    def _unknown_text(self, old: Any, new: Any) -> str:
        """Why nobody knows whether two different leaves were equal before they were redacted."""
        if not (_redacted(old) or _redacted(new)):
            return ""
        if not all(isinstance(each, str | int | float) for each in (old, new)):
            return ""
        if tokens.compare(str(old), str(new)) != "unknown":
            return ""
        if _redacted(old) and _redacted(new):
            return "the sides are redacted with two salts"
        return "" if self._lens.same_redaction else "it is redacted on one side only"

    def _unknown(self, path: Path, side: SideName, reason: str) -> None:
        self.found.unknown.append(UnknownField(self._place, path, side, reason))


def _redacted(value: Any) -> bool:
    return isinstance(value, str) and tokens.TOKEN.search(value) is not None


def _name(step: Step, value: Any) -> str | None:
    """What names a part: its key, or the text that stands at a position; else None."""
    if isinstance(step, int):
        return value if isinstance(value, str) else None
    if isinstance(step, Item):
        return "\0".join(str(value) for _, value in step.keys)
    return str(step.value if isinstance(step, Member) else step)
