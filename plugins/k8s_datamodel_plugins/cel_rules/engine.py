"""The engine: cel-expr-python, with Kubernetes' functions.

It is optional. Without it no rule can be evaluated, and `missing()` says how to get it.

Three traps of it are handled here. An evaluation error comes back as a value. An optional value
that reaches a Python function ends the process, so no function takes a value of any type. And
Python's times cannot be given back, so no function returns one.
"""

from __future__ import annotations

import functools
import importlib
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8s_datamodel_plugins.cel_rules import rewriting, value_shapes
from k8s_datamodel_plugins.cel_rules.expressions import Expression, read, write
from k8s_datamodel_plugins.cel_rules.library import (
    named_formats,
    networks,
    resource_quantities,
    semantic_versions,
    urls,
)
from k8s_datamodel_plugins.cel_rules.library.made_values import (
    CIDR,
    IP,
    SEMVER,
    Made,
    WrongKindError,
    kind_of,
    told,
)

HOW_TO_GET = (
    "CEL rules are evaluated with the extra cel, which has wheels for Python 3.11 and newer on "
    "glibc Linux, macOS on ARM, and Windows: pip install 'k8s-datamodel[cel]'"
)
_EXTENSIONS = ("sets", "lists", "two-var-comprehensions", "regex", "strings", "optional")
_NOT_MODELLED = "not modelled: "
_BEYOND_THE_ENGINE = ("Non-CEL value type", "out of range for '", "Unimplemented type")


class CompileError(Exception):
    """The engine does not take a rule; the message says why, on one line."""


@dataclass(frozen=True)
class Answer:
    """What an expression gave.

    Attributes:
        value: Its value, where there is no error.
        error: What went wrong, in the words of Kubernetes where they are known.
        modelled: Whether the server would give the same.
    """

    value: Any = None
    error: str | None = None
    modelled: bool = True


def missing() -> str:
    """How to get the engine, on one line; empty if it is there."""
    return "" if find_engine() is not None else HOW_TO_GET


@functools.cache
def find_engine() -> Any:
    """The engine's module, or None."""
    try:
        return importlib.import_module("cel_expr_python.cel")
    except ImportError:
        return None


class Engine:
    """Compiles and evaluates expressions over `self` and `oldSelf`.

    Raises:
        ImportError: the engine is not installed; ask `missing()` first.
    """

    def __init__(self) -> None:
        self._env = _base_env()

    def parsed(self, text: str) -> Expression:
        """The tree of an expression whose names and literals the engine has checked.

        Raises:
            CompileError: it is not valid, or names something that is not modelled.
        """
        try:
            self._env.compile(text)
            return read(self._env.compile(text, disable_check=True).serialize())
        except RuntimeError as error:
            raise CompileError(_first_line(str(error))) from None

    def program(self, expression: Expression, used: Sequence[value_shapes.Shape] = ()) -> Program:
        """An expression, ready to be evaluated.

        Args:
            expression: As `rewriting` made it.
            used: The shapes that it calls our functions with.

        Raises:
            CompileError: the engine does not take it.
        """
        env = _env_with(used) if used else self._env
        try:
            return Program(env.deserialize(write(expression)))
        except RuntimeError as error:
            raise CompileError(_first_line(str(error))) from None


class Program:
    """One compiled expression."""

    def __init__(self, expression: Any) -> None:
        self._expression = expression

    def answer(self, values: Mapping[str, Any]) -> Answer:
        """Evaluates it with `self` and `oldSelf`, as `value_shapes.seen` makes them."""
        try:
            result = self._expression.eval(data=values)
            value = result.plain_value()
        except (RuntimeError, TypeError, ValueError) as error:
            return Answer(error=_first_line(str(error)), modelled=False)
        if isinstance(value, str) and result.type().name() == "ERROR":
            return _failure(value)
        return Answer(value)


def _failure(text: str) -> Answer:
    _, _, said = text.partition(": ")
    if said.startswith(_NOT_MODELLED):
        return Answer(error=said, modelled=False)
    if any(mark in said for mark in _BEYOND_THE_ENGINE):
        return Answer(error=said, modelled=False)
    return Answer(error=_as_kubernetes_says(said))


def _as_kubernetes_says(text: str) -> str:
    if text.startswith("Key not found in map : "):
        return f"no such key: {text.partition(' : ')[2].strip(chr(34))}"
    if text.startswith("Index error: index="):
        return f"index out of bounds: {text.removeprefix('Index error: index=').split()[0]}"
    if text == "divide by zero":
        return "division by zero"
    if text.startswith("No matching overloads found"):
        return "no such overload"
    return text


def _first_line(text: str) -> str:
    return text.removeprefix("INVALID_ARGUMENT: ").removeprefix("ERROR: ").split("\n")[0]


@functools.cache
def _base_env() -> Any:
    return _env_with(())


def _env_with(used: Sequence[value_shapes.Shape]) -> Any:
    cel = find_engine()
    if cel is None:
        raise ImportError(HOW_TO_GET)
    config = "extensions:\n" + "".join(f"- name: {name}\n" for name in _EXTENSIONS)
    dyn = cel.Type.DYN
    return cel.NewEnv(
        variables={"self": dyn, "oldSelf": dyn},
        config=cel.NewEnvConfigFromYaml(config),
        extensions=[cel.CelExtension("kubernetes", list(_declared(cel, used)))],
    )


def _declared(cel: Any, used: Sequence[value_shapes.Shape]) -> Any:
    by_name: dict[str, list[Any]] = {}
    for name, signature, result, work in [*_FUNCTIONS, *_comparing(used)]:
        overloads = by_name.setdefault(name, [])
        overloads.append(
            cel.Overload(
                f"kubernetes_{name}_{len(overloads)}",
                _type(cel, result),
                [_type(cel, one) for one in signature.lstrip(".").split()],
                is_member=signature.startswith("."),
                impl=_plain(work),
            )
        )
    return (cel.FunctionDecl(name, overloads) for name, overloads in by_name.items())


def _type(cel: Any, name: str) -> Any:
    if name == "list":
        return cel.Type.List(cel.Type.DYN)
    if name == "map":
        return cel.Type.Map(cel.Type.DYN, cel.Type.DYN)
    return getattr(cel.Type, name.upper())


def _plain(work: Callable[..., Any]) -> Callable[..., Any]:
    """Only errors with a text of their own may leave a function of ours."""

    def guarded(*values: Any) -> Any:
        try:
            return work(*values)
        except (ValueError, WrongKindError):
            raise
        except (ArithmeticError, LookupError, TypeError) as error:
            raise ValueError(f"{_NOT_MODELLED}{error}") from None

    return guarded


def _comparing(used: Sequence[value_shapes.Shape]) -> list[_Function]:
    def equal(number: int, one: Any, other: Any) -> bool:
        return value_shapes.equal(used[number], one, other)

    def merged(number: int, one: list[Any], other: list[Any]) -> list[Any]:
        return value_shapes.merged(used[number], one, other)

    return [
        (rewriting.EQUAL, "int list list", "bool", equal),
        (rewriting.EQUAL, "int map map", "bool", equal),
        (rewriting.MERGED, "int list list", "list", merged),
    ]


def _sum(items: list[Any]) -> Any:
    return sum(_comparable(items))


def _least(items: list[Any]) -> Any:
    if not items:
        raise ValueError("min called on empty list")
    return min(_comparable(items))


def _most(items: list[Any]) -> Any:
    if not items:
        raise ValueError("max called on empty list")
    return max(_comparable(items))


def _is_sorted(items: list[Any]) -> bool:
    return all(one <= other for one, other in itertools.pairwise(items))


def _comparable(items: list[Any]) -> list[Any]:
    if not all(isinstance(one, (bool, int, float, str, bytes, bytearray)) for one in items):
        raise ValueError(f"{_NOT_MODELLED}a sum, min or max of values that are no scalars")
    return items


def _index_of(items: list[Any], item: Any) -> int:
    return next((place for place, one in enumerate(items) if _equal_items(one, item)), -1)


def _last_index_of(items: list[Any], item: Any) -> int:
    found = _index_of(items[::-1], item)
    return found if found < 0 else len(items) - 1 - found


def _equal_items(one: Any, other: Any) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _whole_match(pattern: str) -> str:
    """A pattern whose first and only group is the whole match."""
    return f"({_PARTS.sub(_without_group, pattern)})"


def _without_group(found: re.Match[str]) -> str:
    return "(?:" if found["group"] else found[0]


# What a "(" may stand in (a quotation, an escape, a class), and each group that captures.
_PARTS = re.compile(
    r"\\Q.*?(?:\\E|\Z)|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]"
    r"|(?P<group>\((?:\?P?<\w+>|(?!\?)))",
    re.DOTALL,
)


def _every_match(pattern: str) -> str:
    if re.search(r"\\\\[bB]", pattern):
        raise ValueError(f"{_NOT_MODELLED}findAll with empty matches")
    return _whole_match(pattern)


def _not_here() -> list[Any]:
    raise ValueError(f"{_NOT_MODELLED}findAll with empty matches")


def _index_from(text: str, part: str, offset: int) -> int:
    if offset < 0 and part:
        raise ValueError(f"index out of range: {offset}")
    return text.find(part, offset) if part else offset


def _last_index_from(text: str, part: str, offset: int) -> int:
    if offset < 0 and part:
        raise ValueError(f"index out of range: {offset}")
    if not part:
        return offset
    return -1 if offset >= len(text) else text.rfind(part, 0, offset + len(part))


def _part(text: str, start: int, end: int) -> str:
    if start > end:
        raise ValueError(f"invalid substring range. start: {start}, end: {end}")
    for place in (start, end):
        if not 0 <= place <= len(text):
            raise ValueError(f"index out of range: {place}")
    return text[start:end]


def _no_scalar(_: object) -> Any:
    raise ValueError(f"{_NOT_MODELLED}the text of a list or map")


def _trimmed(text: str) -> str:
    """A time as Go writes it: without zeros at the end of the fraction."""
    return re.sub(r"\.?0+(?=[Zs]$)", "", text) if "." in text else text


def _inserted(given: Mapping[Any, Any], key: Any, value: Any) -> dict[Any, Any]:
    if key in given:
        raise ValueError(f"insert failed: key {key} already exists")
    return {**given, key: value}


def _inserted_all(given: Mapping[Any, Any], other: Mapping[Any, Any]) -> dict[Any, Any]:
    for key, value in other.items():
        given = _inserted(given, key, value)
    return dict(given)


def _first(items: list[Any], count: int) -> list[Any]:
    return items if count < 0 else items[:count]


def _text(value: Made) -> str:
    kind = kind_of(value)
    if kind in {IP, CIDR}:
        return told(value, kind)
    raise WrongKindError


def _compared(one: Made, other: Made) -> int:
    if kind_of(one) == SEMVER:
        return semantic_versions.compared(one, other)
    mine, theirs = resource_quantities.value_of(one), resource_quantities.value_of(other)
    return (mine > theirs) - (mine < theirs)


def _ip_of(value: Made) -> Made:
    return networks.cidr_ip(value)


_Function = tuple[str, str, str, Callable[..., Any]]
_ITEMS = ("bool", "int", "uint", "double", "string", "bytes", "list", "map")
_FUNCTIONS: list[_Function] = [
    ("isIP", "string", "bool", networks.is_ip),
    ("ip", "string", "dyn", networks.ip),
    ("ip", ".map", "dyn", _ip_of),
    ("ip.isCanonical", "string", "bool", networks.ip_is_canonical),
    ("family", ".map", "int", networks.family),
    ("isUnspecified", ".map", "bool", networks.is_unspecified),
    ("isLoopback", ".map", "bool", networks.is_loopback),
    ("isLinkLocalMulticast", ".map", "bool", networks.is_link_local_multicast),
    ("isLinkLocalUnicast", ".map", "bool", networks.is_link_local_unicast),
    ("isGlobalUnicast", ".map", "bool", networks.is_global_unicast),
    ("isCIDR", "string", "bool", networks.is_cidr),
    ("cidr", "string", "dyn", networks.cidr),
    ("containsIP", ".map string", "bool", networks.contains_ip),
    ("containsIP", ".map map", "bool", networks.contains_ip),
    ("containsCIDR", ".map string", "bool", networks.contains_cidr),
    ("containsCIDR", ".map map", "bool", networks.contains_cidr),
    ("masked", ".map", "dyn", networks.masked),
    ("prefixLength", ".map", "int", networks.prefix_length),
    ("string", "map", "string", _text),
    ("isURL", "string", "bool", urls.is_url),
    ("url", "string", "dyn", urls.url),
    ("getScheme", ".map", "string", urls.get_scheme),
    ("getHost", ".map", "string", urls.get_host),
    ("getHostname", ".map", "string", urls.get_hostname),
    ("getPort", ".map", "string", urls.get_port),
    ("getEscapedPath", ".map", "string", urls.get_escaped_path),
    ("getQuery", ".map", "dyn", urls.get_query),
    ("isQuantity", "string", "bool", resource_quantities.is_quantity),
    ("quantity", "string", "dyn", resource_quantities.quantity),
    ("sign", "map", "int", resource_quantities.sign),
    ("isInteger", ".map", "bool", resource_quantities.is_integer),
    ("asInteger", ".map", "int", resource_quantities.as_integer),
    ("asApproximateFloat", ".map", "double", resource_quantities.as_approximate_float),
    ("add", ".map map", "dyn", resource_quantities.add),
    ("add", ".map int", "dyn", resource_quantities.add),
    ("sub", ".map map", "dyn", resource_quantities.sub),
    ("sub", ".map int", "dyn", resource_quantities.sub),
    ("isGreaterThan", ".map map", "bool", lambda one, other: _compared(one, other) > 0),
    ("isLessThan", ".map map", "bool", lambda one, other: _compared(one, other) < 0),
    ("compareTo", ".map map", "int", _compared),
    ("isSemver", "string", "bool", semantic_versions.is_semver),
    ("isSemver", "string bool", "bool", semantic_versions.is_semver),
    ("semver", "string", "dyn", semantic_versions.semver),
    ("semver", "string bool", "dyn", semantic_versions.semver),
    ("major", ".map", "int", semantic_versions.major),
    ("minor", ".map", "int", semantic_versions.minor),
    ("patch", ".map", "int", semantic_versions.patch),
    ("format.named", "string", "dyn", named_formats.named),
    *[
        (f"format.{name}", "", "dyn", functools.partial(named_formats.named, name))
        for name in named_formats.NAMES
    ],
    ("validate", ".map string", "dyn", named_formats.validate),
    ("find", ".string string", "string", lambda *_: ""),
    ("findAll", ".string string", "list", lambda *_: []),
    ("findAll", ".string string int", "list", lambda *_: []),
    (rewriting.WHOLE_MATCH, "string", "string", _whole_match),
    (rewriting.EVERY_MATCH, "string", "string", _every_match),
    (rewriting.NOT_HERE, "", "list", _not_here),
    (rewriting.INDEX_FROM, "string string int", "int", _index_from),
    (rewriting.LAST_INDEX_FROM, "string string int", "int", _last_index_from),
    *[
        (rewriting.SCALAR, one, "dyn", lambda value: value)
        for one in ("bool", "int", "double", "string", "bytes")
    ],
    *[(rewriting.SCALAR, one, "dyn", _no_scalar) for one in ("list", "map")],
    (rewriting.PART, "string int int", "string", _part),
    (rewriting.TRIMMED, "string", "string", _trimmed),
    (rewriting.INSERTED, "map map", "map", _inserted_all),
    *[
        (rewriting.INSERTED, f"map {key} {value}", "map", _inserted)
        for key in ("bool", "int", "string")
        for value in ("bool", "int", "double", "string", "bytes")
    ],
    (rewriting.FIRST, "list int", "list", _first),
    ("isSorted", ".list", "bool", _is_sorted),
    ("sum", ".list", "dyn", _sum),
    ("min", ".list", "dyn", _least),
    ("max", ".list", "dyn", _most),
    *[("indexOf", f".list {item}", "int", _index_of) for item in _ITEMS],
    *[("lastIndexOf", f".list {item}", "int", _last_index_of) for item in _ITEMS],
]
