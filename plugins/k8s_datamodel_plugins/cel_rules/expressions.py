"""Parsed CEL expressions as Python values, read from and written to the engine's serialized form.

The engine checks and evaluates expressions, but cannot know Kubernetes' types. So a rule is parsed
by the engine, changed here as a tree, and given back. The form is the protobuf message
`cel.expr.ParsedExpr` (github.com/google/cel-spec, proto/cel/expr/syntax.proto) in an `Any`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

_TYPE_URL = b"type.googleapis.com/cel.expr.ParsedExpr"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_STRING_CONSTANT = 6
_INT_CONSTANT = 3


@dataclass
class Constant:
    """A literal, in the engine's own bytes."""

    raw: bytes

    @property
    def text(self) -> str | None:
        """The string that it is; None for every other type."""
        for number, value in _fields(self.raw):
            if number == _STRING_CONSTANT and isinstance(value, bytes):
                return value.decode()
        return None


@dataclass
class Name:
    """A variable, or the first part of a qualified name."""

    name: str


@dataclass
class Select:
    """`operand.field`; with `test` it is `has(operand.field)`."""

    operand: Expression
    field: str
    test: bool = False


@dataclass
class Call:
    """A function, an operator (`_==_`) or, with a target, a member function."""

    function: str
    args: list[Expression]
    target: Expression | None = None


@dataclass
class ListLiteral:
    """`[a, ?b]`."""

    elements: list[Expression]
    optional: list[int] = field(default_factory=list)


@dataclass
class Entry:
    """One `key: value` of a map literal, or `name: value` of a message."""

    key: Expression | str
    value: Expression
    optional: bool = False


@dataclass
class StructLiteral:
    """`{key: value}`, or a message with a name."""

    name: str
    entries: list[Entry]


@dataclass
class Comprehension:
    """What the macros (`all`, `exists`, `map`, ...) become."""

    iter_var: str
    iter_var2: str
    iter_range: Expression
    accu_var: str
    accu_init: Expression
    condition: Expression
    step: Expression
    result: Expression


Expression = Constant | Name | Select | Call | ListLiteral | StructLiteral | Comprehension


def text_constant(text: str) -> Constant:
    """A string literal."""
    return Constant(_bytes(_STRING_CONSTANT, text.encode()))


def int_constant(number: int) -> Constant:
    """A literal of a number that is not negative."""
    return Constant(_varint(_INT_CONSTANT << 3) + _varint(number))


def children(node: Expression) -> Iterator[Expression]:
    """The expressions directly inside one."""
    if isinstance(node, Select):
        yield node.operand
    elif isinstance(node, Call):
        if node.target is not None:
            yield node.target
        yield from node.args
    elif isinstance(node, ListLiteral):
        yield from node.elements
    elif isinstance(node, StructLiteral):
        for entry in node.entries:
            if not isinstance(entry.key, str):
                yield entry.key
            yield entry.value
    elif isinstance(node, Comprehension):
        yield from (node.iter_range, node.accu_init, node.condition, node.step, node.result)


def every(node: Expression) -> Iterator[Expression]:
    """An expression and all inside it."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(children(one))


def read(serialized: bytes) -> Expression:
    """The tree of a serialized parsed expression.

    Raises:
        ValueError: it is no parsed expression.
    """
    parts = dict(_fields(serialized))
    if parts.get(1) != _TYPE_URL:
        raise ValueError(f"not a parsed expression: {parts.get(1)!r}")
    return _expression(_inside(dict(_fields(_inside(parts[2])))[2]))


def write(node: Expression) -> bytes:
    """The serialized form of a tree; `read` turns it back."""
    parsed = _bytes(2, _written(node, count(1)))
    return _bytes(1, _TYPE_URL) + _bytes(2, parsed)


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        kind = tag & 7
        value: int | bytes
        if kind == _VARINT:
            value, at = _read_varint(data, at)
        elif kind == _BYTES:
            size, at = _read_varint(data, at)
            value, at = data[at : at + size], at + size
        elif kind in {_FIXED64, _FIXED32}:
            size = 8 if kind == _FIXED64 else 4
            value, at = data[at : at + size], at + size
        else:
            raise ValueError(f"no protobuf message: wire type {kind}")
        yield tag >> 3, value


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, at


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:  # noqa: PLR2004
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _bytes(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(data)) + data


def _flag(number: int, value: bool) -> bytes:
    return _varint(number << 3) + b"\x01" if value else b""


def _inside(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("no parsed expression: a message is expected")
    return value


def _all_of(data: bytes, number: int) -> list[bytes]:
    return [_inside(value) for found, value in _fields(data) if found == number]


def _text_of(data: bytes, number: int) -> str:
    return next((one.decode() for one in _all_of(data, number)), "")


def _one_of(data: bytes, number: int) -> Expression:
    return _expression(_all_of(data, number)[0])


def _expression(data: bytes) -> Expression:
    for number, value in _fields(data):
        reader = _READERS.get(number)
        if reader is not None:
            return reader(_inside(value))
    raise ValueError("no parsed expression: an expression is empty")


def _read_select(data: bytes) -> Expression:
    test = any(number == 3 and value for number, value in _fields(data))  # noqa: PLR2004
    return Select(_one_of(data, 1), _text_of(data, 2), test)


def _read_call(data: bytes) -> Expression:
    targets = _all_of(data, 1)
    return Call(
        _text_of(data, 2),
        [_expression(one) for one in _all_of(data, 3)],
        _expression(targets[0]) if targets else None,
    )


def _read_list(data: bytes) -> Expression:
    optional: list[int] = []
    for number, value in _fields(data):
        if number == 2 and isinstance(value, int):  # noqa: PLR2004
            optional.append(value)
        elif number == 2:  # noqa: PLR2004
            at = 0
            while at < len(_inside(value)):
                one, at = _read_varint(_inside(value), at)
                optional.append(one)
    return ListLiteral([_expression(one) for one in _all_of(data, 1)], optional)


def _read_struct(data: bytes) -> Expression:
    return StructLiteral(_text_of(data, 1), [_read_entry(one) for one in _all_of(data, 2)])


def _read_entry(data: bytes) -> Entry:
    keys = _all_of(data, 3)
    key = _expression(keys[0]) if keys else _text_of(data, 2)
    optional = any(number == 5 and value for number, value in _fields(data))  # noqa: PLR2004
    return Entry(key, _one_of(data, 4), optional)


def _read_comprehension(data: bytes) -> Expression:
    return Comprehension(
        iter_var=_text_of(data, 1),
        iter_var2=_text_of(data, 8),
        iter_range=_one_of(data, 2),
        accu_var=_text_of(data, 3),
        accu_init=_one_of(data, 4),
        condition=_one_of(data, 5),
        step=_one_of(data, 6),
        result=_one_of(data, 7),
    )


_READERS: dict[int, Callable[[bytes], Expression]] = {
    3: Constant,
    4: lambda data: Name(_text_of(data, 1)),
    5: _read_select,
    6: _read_call,
    7: _read_list,
    8: _read_struct,
    9: _read_comprehension,
}


def _written(node: Expression, ids: count[int]) -> bytes:
    number = _varint(2 << 3) + _varint(next(ids))
    return number + _bytes(*_content(node, ids))


def _content(  # noqa: PLR0911 - one for each kind of expression
    node: Expression, ids: count[int]
) -> tuple[int, bytes]:
    """The number of an expression's field, and what is in it."""
    if isinstance(node, Constant):
        return 3, node.raw
    if isinstance(node, Name):
        return 4, _bytes(1, node.name.encode())
    if isinstance(node, Select):
        return 5, _written_select(node, ids)
    if isinstance(node, Call):
        return 6, _written_call(node, ids)
    if isinstance(node, Comprehension):
        return 9, _written_comprehension(node, ids)
    if isinstance(node, ListLiteral):
        return 7, _written_list(node, ids)
    entries = b"".join(_bytes(2, _written_entry(one, ids)) for one in node.entries)
    return 8, _bytes(1, node.name.encode()) + entries


def _written_select(node: Select, ids: count[int]) -> bytes:
    operand = _bytes(1, _written(node.operand, ids))
    return operand + _bytes(2, node.field.encode()) + _flag(3, node.test)


def _written_list(node: ListLiteral, ids: count[int]) -> bytes:
    elements = b"".join(_bytes(1, _written(one, ids)) for one in node.elements)
    return elements + b"".join(_varint(2 << 3) + _varint(place) for place in node.optional)


def _written_call(node: Call, ids: count[int]) -> bytes:
    target = b"" if node.target is None else _bytes(1, _written(node.target, ids))
    args = b"".join(_bytes(3, _written(one, ids)) for one in node.args)
    return target + _bytes(2, node.function.encode()) + args


def _written_entry(entry: Entry, ids: count[int]) -> bytes:
    number = _varint(1 << 3) + _varint(next(ids))
    if isinstance(entry.key, str):
        key = _bytes(2, entry.key.encode())
    else:
        key = _bytes(3, _written(entry.key, ids))
    return number + key + _bytes(4, _written(entry.value, ids)) + _flag(5, entry.optional)


def _written_comprehension(node: Comprehension, ids: count[int]) -> bytes:
    second = _bytes(8, node.iter_var2.encode()) if node.iter_var2 else b""
    return (
        _bytes(1, node.iter_var.encode())
        + _bytes(2, _written(node.iter_range, ids))
        + _bytes(3, node.accu_var.encode())
        + _bytes(4, _written(node.accu_init, ids))
        + _bytes(5, _written(node.condition, ids))
        + _bytes(6, _written(node.step, ids))
        + _bytes(7, _written(node.result, ids))
        + second
    )
