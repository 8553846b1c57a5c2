"""The functions that the engine gets from us, each with its signature.

No function takes a value of any type: an optional value that reaches Python ends the process.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Mapping
from typing import Any

from k8s_datamodel_plugins.cel_rules import rewriting
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

NOT_MODELLED = "not modelled: "
"""How the text of an error begins where the server may answer otherwise."""


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
        raise ValueError(f"{NOT_MODELLED}a sum, min or max of values that are no scalars")
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


# What matches the empty text within a text, but not by itself.
_EDGE = re.compile(r"(?<!\\)(?:\\\\)*\\[bB]")


def _every_match(pattern: str) -> str:
    if _EDGE.search(pattern):
        raise ValueError(f"{NOT_MODELLED}findAll with empty matches")
    return _whole_match(pattern)


def _not_here() -> list[Any]:
    raise ValueError(f"{NOT_MODELLED}findAll with empty matches")


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
    raise ValueError(f"{NOT_MODELLED}the text of a list or map")


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


Function = tuple[str, str, str, Callable[..., Any]]
"""Name, types of the arguments (a dot before those of a member), type of the result, and code."""

_ITEMS = ("bool", "int", "uint", "double", "string", "bytes", "list", "map")

FUNCTIONS: list[Function] = [
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
