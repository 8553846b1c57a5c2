"""A rule, changed so that the engine sees Kubernetes' types.

The engine gets values without types. Where a type changes what an expression means, the
expression is changed: a text that the schema calls a date-time is wrapped in `timestamp()`, lists
that are sets or maps are compared and added by functions of ours, and Kubernetes' functions that
the engine lacks are said with those that it has. What cannot be said is not modelled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from k8s_datamodel_plugins.cel_rules import functions_by_version
from k8s_datamodel_plugins.cel_rules.expression_types import (
    INSTANT,
    ListOf,
    OptionalOf,
    Type,
    as_shape,
    has_times,
    holds_plain,
    inside_of,
    is_plain,
    is_scalar,
    is_time,
    is_unknown,
    item_of,
    shape_kind,
)
from k8s_datamodel_plugins.cel_rules.expressions import (
    Call,
    Comprehension,
    Constant,
    Entry,
    Expression,
    ListLiteral,
    Name,
    Select,
    StructLiteral,
    every,
    int_constant,
    text_constant,
)
from k8s_datamodel_plugins.cel_rules.value_shapes import Shape

EQUAL = "k8s_equal"
MERGED = "k8s_merged"
WHOLE_MATCH = "k8s_whole_match"
EVERY_MATCH = "k8s_every_match"
NOT_HERE = "k8s_not_modelled"
FIRST = "k8s_first"
INDEX_FROM = "k8s_index_from"
LAST_INDEX_FROM = "k8s_last_index_from"
PART = "k8s_part"
SCALAR = "k8s_scalar"
TRIMMED = "k8s_trimmed"
INSERTED = "k8s_inserted"


class NotModelledError(Exception):
    """A rule uses what is not modelled; the message says what."""


_OF_OURS = """
add asApproximateFloat asInteger compareTo containsCIDR containsIP family getEscapedPath getHost
getHostname getPort getQuery getScheme ip isGlobalUnicast isGreaterThan isInteger isLessThan
isLinkLocalMulticast isLinkLocalUnicast isLoopback isSorted isUnspecified major masked max min
minor patch prefixLength sign sub sum
"""
_MAKERS = {"add", "cidr", "ip", "masked", "quantity", "semver", "sub", "url"}
Path = tuple[str, ...]


@dataclass
class Rewritten:
    """What came of a rule.

    Attributes:
        expression: For the engine.
        shapes: The shapes that our functions are called with, by number.
        reads: The paths whose values the rule reads, from `self` or `oldSelf` on; what it only
            asks for with `has()` is not among them.
        uses_old: Whether it names `oldSelf`.
    """

    expression: Expression
    shapes: list[Shape] = field(default_factory=list)
    reads: set[Path] = field(default_factory=set)
    uses_old: bool = False


def rewrite(
    parsed: Expression, shape: Shape, kubernetes: tuple[int, int], old: str = "value"
) -> Rewritten:
    """Changes a parsed rule.

    Args:
        parsed: The rule.
        shape: The type of `self` and `oldSelf`.
        kubernetes: Major and minor version: what it lacks is not modelled.
        old: What `oldSelf` is: a `value`, an optional one (`some`), or none (`none`).

    Raises:
        NotModelledError: the rule uses something that is not modelled.
    """
    optional = any(_makes_optional(one) for one in every(parsed)) or old != "value"
    work = _Rewriter(shape, kubernetes, old, optional)
    expression, _ = work.changed(parsed, {})
    return Rewritten(expression, work.shapes, work.reads, work.uses_old)


Scope = Mapping[str, Type]
Typed = tuple[Expression, Type]


class _Rewriter:
    def __init__(self, shape: Shape, kubernetes: tuple[int, int], old: str, optional: bool) -> None:
        self.optional = optional
        self.shape = shape
        self.kubernetes = kubernetes
        self.old = old
        self.shapes: list[Shape] = []
        self.reads: set[Path] = set()
        self.uses_old = False

    def changed(self, node: Expression, scope: Scope) -> Typed:
        """An expression and its type; a time at a place of the object becomes a real one."""
        path = _path(node, scope)
        if path is not None and not (isinstance(node, Select) and node.test):
            self.reads.add(path)
        expression, kind = self.raw(node, scope)
        if is_time(kind) and isinstance(node, (Name, Select, Call)):
            return _as_time(expression, kind), INSTANT
        if isinstance(kind, OptionalOf) and is_time(kind.inside):
            return _as_optional_time(expression, kind.inside), OptionalOf(INSTANT)
        return expression, kind

    def raw(self, node: Expression, scope: Scope) -> Typed:
        if isinstance(node, Constant):
            return node, None
        if isinstance(node, (Name, Select)):
            return self._name(node, scope) if isinstance(node, Name) else self._select(node, scope)
        if isinstance(node, Call):
            return self._call(node, scope)
        if isinstance(node, Comprehension):
            return self._comprehension(node, scope)
        return self._literal(node, scope)

    def _name(self, node: Name, scope: Scope) -> Typed:
        if node.name in scope:
            return node, scope[node.name]
        if node.name == "self":
            return node, self.shape
        if node.name != "oldSelf":
            return node, None
        self.uses_old = True
        if self.old == "value":
            return node, self.shape
        if self.old == "none":
            inside = None if self.shape.is_time else self.shape
            return Call("none", [], Name("optional")), OptionalOf(inside)
        return Call("of", [node], Name("optional")), OptionalOf(self.shape)

    def _select(self, node: Select, scope: Scope) -> Typed:
        # The operand is read as a part of the whole path, so its own path does not count.
        if isinstance(node.operand, (Name, Select)):
            operand, kind = self.raw(node.operand, scope)
        else:
            operand, kind = self.changed(node.operand, scope)
        found = _member(kind, node.field)
        return Select(operand, node.field, node.test), None if node.test else found

    def _call(self, node: Call, scope: Scope) -> Typed:
        name = functions_by_version.qualified(node, scope)
        lacking = functions_by_version.lacking(name, self.kubernetes)
        if lacking:
            raise NotModelledError(lacking)
        if name != node.function:  # the target is a namespace, no value
            args = [self.changed(one, scope) for one in node.args]
            return self._namespaced(node, name, args)
        target = None if node.target is None else self.changed(node.target, scope)
        args = [self.changed(one, scope) for one in node.args]
        made = replace(
            node, args=[one for one, _ in args], target=None if target is None else target[0]
        )
        operator = _OPERATORS.get(name)
        if operator is not None and target is None:
            return operator(self, made, [kind for _, kind in args])
        return self._function(made, None if target is None else target[1], [k for _, k in args])

    def _namespaced(self, node: Call, name: str, args: list[Typed]) -> Typed:
        made = replace(node, args=[one for one, _ in args])
        kinds = [kind for _, kind in args]
        if name in {"optional.of", "optional.ofNonZeroValue"}:
            return made, OptionalOf(kinds[0])
        if name == "optional.none":
            return made, OptionalOf(None)
        if name == "format.named":
            return Call("ofNonZeroValue", [made], Name("optional")), OptionalOf(None)
        _refuse_special(name, kinds)
        return made, None

    def _function(self, node: Call, target: Type, kinds: list[Type]) -> Typed:
        name = node.function
        if name in _REPLACED:
            return _REPLACED[name](self, node, target, kinds), None
        if name == "validate":
            self.of_ours(node, target, kinds)
            return Call("ofNonZeroValue", [node], Name("optional")), OptionalOf(None)
        if isinstance(target, OptionalOf):
            return node, _of_optional(name, target)
        if name not in {"dyn", "first", "last", "reverse", "size", "slice"}:
            _refuse_special(name, [target, *kinds])
        return node, _made_by(name, target, kinds)

    def find(self, node: Call, *_: object) -> Expression:
        pattern = Call(WHOLE_MATCH, node.args)
        found = Call("extract", [_target(node), pattern], Name("regex"))
        return Call("orValue", [text_constant("")], found)

    def find_all(self, node: Call, *_: object) -> Expression:
        pattern, *limit = node.args
        # The engine leaves out empty matches, and Go does not.
        empty = Call("matches", [pattern], text_constant(""))
        every_match = Call(EVERY_MATCH, [pattern])
        found = Call("extractAll", [_target(node), every_match], Name("regex"))
        told = Call("_?_:_", [empty, Call(NOT_HERE, []), found])
        return Call(FIRST, [told, *limit]) if limit else told

    def text(self, node: Call, target: Type, kinds: list[Type]) -> Expression:
        if INSTANT not in kinds:
            return self.of_ours(node, target, kinds)
        made = node.args[0]
        if isinstance(made, Call) and made.function == "duration":
            return Call(TRIMMED, [node])
        if isinstance(made, Call) and made.function == "timestamp" and _path_like(made.args[0]):
            return made.args[0]  # the server keeps the offset, the engine does not
        raise NotModelledError("the text of a time that the rule computes")

    def formatted(self, node: Call, _: Type, kinds: list[Type]) -> Expression:
        given = node.args[0]
        if not isinstance(given, ListLiteral) or inside_of(kinds[0]) is INSTANT:
            raise NotModelledError("format with such values")
        # Lists and maps are written otherwise by the server.
        scalars: list[Expression] = [
            one if isinstance(one, Constant) else Call(SCALAR, [one]) for one in given.elements
        ]
        return replace(node, args=[ListLiteral(scalars, given.optional)])

    def part(self, node: Call, *_: object) -> Expression:
        if len(node.args) > 1:  # the engine refuses the text's end
            return Call(PART, [_target(node), *node.args])
        return node

    def place(self, node: Call, target: Type, kinds: list[Type]) -> Expression:
        if len(node.args) > 1:  # from an offset: of a text
            name = INDEX_FROM if node.function == "indexOf" else LAST_INDEX_FROM
            return Call(name, [_target(node), *node.args])
        return self.of_ours(node, target, kinds)

    def inserted(self, node: Call, target: Type, kinds: list[Type]) -> Expression:
        made = Call(INSERTED, node.args)
        if self.optional or any(not is_scalar(kind) for kind in kinds[1:]):
            raise NotModelledError("a map that a comprehension makes, of such values")
        return made

    def of_ours(self, node: Call, target: Type, kinds: list[Type]) -> Expression:
        """A function of ours: an optional value inside of a list or map would end the process."""
        _refuse_special(node.function, [target, *kinds])
        self._check(node.function, [(node.target, target), *zip(node.args, kinds, strict=True)])
        return node

    def _check(self, name: str, told: Sequence[tuple[Expression | None, Type]]) -> None:
        if self.optional and not all(_holds_no_optional(one, kind) for one, kind in told):
            raise NotModelledError(f"{name} in a rule with optional values")

    def equality(self, node: Call, kinds: list[Type]) -> Typed:
        if any(isinstance(one, Call) and one.function in _QUANTITIES for one in node.args):
            self._check("a comparison", list(zip(node.args, kinds, strict=True)))
            compared = Call("compareTo", [node.args[1]], node.args[0])
            return replace(node, args=[compared, int_constant(0)]), None
        one, other = kinds
        if (has_times(one) or has_times(other)) and one is not other:
            raise NotModelledError("a comparison of what has times inside with something else")
        one = as_shape(one)
        if isinstance(one, Shape) and one.kind in {"list", "map", "object"}:
            return self._equal_to_part(node, one, other), None
        if not (is_plain(one) and (is_plain(other) or holds_plain(other))):
            raise NotModelledError("a comparison with a list or object in a list or optional value")
        return node, None

    def _equal_to_part(self, node: Call, one: Shape, other: Type) -> Expression:
        if one.plain:
            return node
        self._check("a comparison", [(node.args[1], other)])
        call = Call(EQUAL, [self._number(one), *node.args])
        return Call("!_", [call]) if node.function == "_!=_" else call

    def addition(self, node: Call, kinds: list[Type]) -> Typed:
        one, other = kinds
        if isinstance(one, Shape) and one.kind == "list":
            if one.list_type != "atomic":
                self._check("+", [(node.args[1], other)])
                return Call(MERGED, [self._number(one), *node.args]), one
            return node, one
        if isinstance(one, ListOf) and one.item is not None:
            return node, one
        if item_of(other) is not None:
            return node, ListOf(item_of(other))
        return node, one if one is not None else other

    def subtraction(self, node: Call, kinds: list[Type]) -> Typed:
        return node, kinds[0]

    def index(self, node: Call, kinds: list[Type]) -> Typed:
        optional = isinstance(kinds[0], OptionalOf) or node.function == "_[?_]"
        container = kinds[0].inside if isinstance(kinds[0], OptionalOf) else kinds[0]
        found = item_of(container)
        return node, OptionalOf(found) if optional else found

    def optional_field(self, node: Call, kinds: list[Type]) -> Typed:
        name = node.args[1]
        text = name.text if isinstance(name, Constant) else None
        container = kinds[0].inside if isinstance(kinds[0], OptionalOf) else kinds[0]
        return node, OptionalOf(_member(container, text or ""))

    def ternary(self, node: Call, kinds: list[Type]) -> Typed:
        return node, kinds[2] if is_unknown(kinds[1]) else kinds[1]

    def membership(self, node: Call, kinds: list[Type]) -> Typed:
        item = None if shape_kind(kinds[1]) == "map" else item_of(kinds[1])
        if has_times(item) or not is_plain(item) or not is_plain(kinds[0]):
            raise NotModelledError("`in` with items that are times, lists or objects")
        return node, None

    def _number(self, shape: Shape) -> Expression:
        self.shapes.append(shape)
        return int_constant(len(self.shapes) - 1)

    def _literal(self, node: ListLiteral | StructLiteral, scope: Scope) -> Typed:
        if isinstance(node, StructLiteral):
            return self._struct(node, scope), None
        typed = [self.changed(one, scope) for one in node.elements]
        kinds = [kind for _, kind in typed if kind is not None]
        made = ListLiteral([one for one, _ in typed], node.optional)
        return made, ListOf(kinds[0] if kinds else None)

    def _struct(self, node: StructLiteral, scope: Scope) -> Expression:
        entries = []
        for entry in node.entries:
            key = entry.key if isinstance(entry.key, str) else self.changed(entry.key, scope)[0]
            value, kind = self.changed(entry.value, scope)
            _refuse_special("a map literal", [kind])
            entries.append(Entry(key, value, entry.optional))
        return StructLiteral(node.name, entries)

    def _comprehension(self, node: Comprehension, scope: Scope) -> Typed:
        if node.iter_var2 and self.kubernetes < functions_by_version.TWO_VARIABLES:
            raise NotModelledError("a comprehension with two variables before Kubernetes 1.32")
        items, kind = self.changed(node.iter_range, scope)
        init, accu = self.changed(node.accu_init, scope)
        inside = {**scope, **_variables(node, kind)}
        condition = self.changed(node.condition, {**inside, node.accu_var: accu})[0]
        step, found = self.changed(node.step, {**inside, node.accu_var: accu})
        if is_unknown(accu) and not is_unknown(found):
            accu = found
            step, _ = self.changed(node.step, {**inside, node.accu_var: accu})
        result, kind = self.changed(node.result, {**scope, node.accu_var: accu})
        made = replace(
            node, iter_range=items, accu_init=init, condition=condition, step=step, result=result
        )
        return made, kind


_OPERATORS: dict[str, Callable[[_Rewriter, Call, list[Type]], Typed]] = {
    "_==_": _Rewriter.equality,
    "_!=_": _Rewriter.equality,
    "_+_": _Rewriter.addition,
    "_[_]": _Rewriter.index,
    "_[?_]": _Rewriter.index,
    "_?._": _Rewriter.optional_field,
    "_?_:_": _Rewriter.ternary,
    "@in": _Rewriter.membership,
    "_-_": _Rewriter.subtraction,
}
_REPLACED: dict[str, Callable[[_Rewriter, Call, Type, list[Type]], Expression]] = {
    "find": _Rewriter.find,
    "findAll": _Rewriter.find_all,
    "string": _Rewriter.text,
    "indexOf": _Rewriter.place,
    "lastIndexOf": _Rewriter.place,
    "substring": _Rewriter.part,
    "format": _Rewriter.formatted,
    "cel.@mapInsert": _Rewriter.inserted,
    **dict.fromkeys(_OF_OURS.split(), _Rewriter.of_ours),
}
_QUANTITIES = {"quantity", "add", "sub"}  # 1000m is 1, but is held otherwise
_KEEPING_ITEMS = {"slice", "sort", "reverse", "distinct", "@sortByAssociatedKeys"}


def _path(node: Expression, scope: Scope) -> Path | None:
    """The names from `self` or `oldSelf` to a place; None for what is no such place."""
    names: list[str] = []
    while isinstance(node, Select):
        names.append(node.field)
        node = node.operand
    if isinstance(node, Name) and node.name in {"self", "oldSelf"} and node.name not in scope:
        return tuple(reversed(names))
    return None


def _path_like(node: Expression) -> bool:
    """Whether a time is at a place of the object: `seen` has written it as the server does."""
    if isinstance(node, Select):
        return _path_like(node.operand)
    if isinstance(node, Call) and node.function == "_[_]":
        return _path_like(node.args[0])
    return isinstance(node, Name)


def _member(kind: Type, name: str) -> Type:
    if isinstance(kind, OptionalOf):
        return OptionalOf(_member(kind.inside, name))
    if isinstance(kind, Shape) and kind.kind == "map":
        return kind.items
    if isinstance(kind, Shape) and kind.kind == "object":
        found = kind.by_name.get(name)
        if found is None or not found.visible:
            raise NotModelledError(f"the schema has no field {name!r} that a rule can see")
        return found
    return None


def _variables(node: Comprehension, kind: Type) -> dict[str, Type]:
    item = item_of(kind)
    if node.iter_var2:
        return {node.iter_var: None, node.iter_var2: item}
    return {node.iter_var: None if shape_kind(kind) == "map" else item}


def _made_by(name: str, target: Type, kinds: list[Type]) -> Type:
    """The type of what a function gives."""
    if name in {"timestamp", "duration"}:
        return INSTANT
    if name in _KEEPING_ITEMS:
        return ListOf(item_of(target))
    if name in {"first", "last"}:
        return OptionalOf(item_of(target))
    return kinds[0] if name == "dyn" else None


def _of_optional(name: str, kind: OptionalOf) -> Type:
    if name in {"value", "orValue"}:
        return kind.inside
    return kind if name == "or" else None


def _as_time(expression: Expression, kind: Type) -> Expression:
    return Call("timestamp" if shape_kind(kind) == "time" else "duration", [expression])


def _as_optional_time(expression: Expression, kind: Type) -> Expression:
    inside = _as_time(Call("value", [], expression), kind)
    found = Call("of", [inside], Name("optional"))
    none = Call("none", [], Name("optional"))
    return Call("_?_:_", [Call("hasValue", [], expression), found, none])


def _target(node: Call) -> Expression:
    if node.target is None:
        raise NotModelledError(f"{node.function} that is not called on a value")
    return node.target


def _makes_optional(node: Expression) -> bool:
    if isinstance(node, Name):
        return node.name == "optional"
    return isinstance(node, Call) and node.function in _OPTIONAL


_OPTIONAL = {"_?._", "_[?_]", "first", "last", "validate", "named"}


def _holds_no_optional(node: Expression | None, kind: Type) -> bool:
    """Whether a value is surely a scalar, a part of the object, or of our own making."""
    if node is None or isinstance(node, Constant) or isinstance(inside_of(kind), Shape):
        return True
    if not isinstance(node, Call):
        return False
    if node.function == "value" and isinstance(node.target, Call):
        named = node.target.args[0] if node.target.function == "ofNonZeroValue" else None
        return isinstance(named, Call) and named.function == "named"
    formats = isinstance(node.target, Name) and node.target.name == "format"
    return node.function in _MAKERS or formats


def _refuse_special(name: str, kinds: list[Type]) -> None:
    """Functions of the engine get no list or object whose values it would read otherwise."""
    for kind in kinds:
        if has_times(kind):
            raise NotModelledError(f"{name} with a list or object that has times inside")
        item = item_of(kind)
        if not (item is None or is_plain(item)):
            raise NotModelledError(f"{name} with a list of objects, sets or maps")
