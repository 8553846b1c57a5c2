"""JSONPath as kubectl and CRDs write it.

This module walks names, positions and ``[*]``: most paths need no more, and it costs no import.
Filters, slices and ``..`` go to python-jsonpath, which follows RFC 9535, runs on every Python that
we support, and accepts kubectl's names with a dash. ``path_patterns`` limits the time of its
patterns. (jsonpath-ng parses slower and dropped Python 3.10; jsonpath-rfc9535 rejects kubectl's
forms.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

_QUOTED = r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*" """.strip()
_INNER = rf"""\[ (?: {_QUOTED} | [^\[\]'"] )* \]"""
_SEGMENT = re.compile(
    rf"""\. (?P<member> \* | (?: \\. | [\w/-] )+ )           # kubectl: a backslash before a dot
      | \[ \s* (?: (?P<quoted> {_QUOTED} ) | (?P<index> -?(?:0|[1-9][0-9]*) ) | (?P<all> \* ) )
        \s* \]
      | (?P<other> \[ (?: {_QUOTED} | {_INNER} | [^\[\]'"] )* \] | . )""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(r"[\w-]+|\*")

_Step = str | int | None
"""A name, a position, or None for all."""


@dataclass(frozen=True, slots=True)
class JsonPath:
    """A parsed expression.

    ``find`` returns all values in document order; it raises DatamodelError if a pattern takes too
    long. A ``singular`` path leads to at most one value. ``names`` are the steps of a path of names
    alone.
    """

    text: str
    find: Callable[[Mapping[str, Any]], list[Any]]
    singular: bool
    names: tuple[Any, ...] = ()

    def first(self, value: Any) -> Any:
        """The first of the values, or None; fast for names alone."""
        if not self.names:
            return next(iter(self.find(value)), None)
        try:
            for name in self.names:
                value = value[name]
        except (KeyError, TypeError):  # there is none, or it is no mapping
            return None
        return value


def parse(text: str) -> JsonPath:
    r"""Parse a path.

    Args:
        text: such as ``.spec.rules[*].host``, ``.metadata.labels['a/b']``,
            ``.metadata.labels.app\.kubernetes\.io/name`` or
            ``.status.conditions[?(@.type=="Ready")].status``, optionally in ``{}`` and with ``$``.

    Raises ValueError, whose message says where the path is invalid.
    """
    path = text.strip()
    if path.startswith("{") and path.endswith("}"):
        path = path[1:-1].strip()
    path = path.removeprefix("$")
    if not path.startswith((".", "[")):
        raise ValueError("a path begins with a dot, such as .spec.replicas")
    segments = list(_SEGMENT.finditer(path))
    if any(segment["other"] for segment in segments):
        return _by_engine(text, "$" + "".join(map(_standard, segments)))
    steps = tuple(map(_step, segments))
    names = steps if all(isinstance(step, str) for step in steps) else ()
    return JsonPath(text, partial(_walk, steps), None not in steps, names)


def _step(segment: re.Match[str]) -> _Step:
    if segment["index"]:
        return int(segment["index"])
    if segment["all"] or segment["member"] == "*":
        return None
    return re.sub(r"\\(.)", r"\1", segment["member"] or segment["quoted"][1:-1])


def _walk(steps: Iterable[_Step], value: Any) -> list[Any]:
    values = [value]
    for step in steps:
        values = [child for each in values for child in _children(each, step)]
    return values


def _children(value: Any, step: _Step) -> Iterable[Any]:
    if isinstance(value, Mapping):
        if step is None:
            return value.values()
        return (value[step],) if step in value else ()
    if isinstance(value, list):
        if step is None:
            return value
        if isinstance(step, int) and -len(value) <= step < len(value):
            return (value[step],)
    return ()


def _standard(segment: re.Match[str]) -> str:
    """Translate a segment to RFC 9535, which has no backslash outside quotes."""
    if segment["member"] is None or _PLAIN.fullmatch(segment["member"]):
        return segment[0]
    name = re.sub(r"\\(.)", r"\1", segment["member"]).replace("\\", "\\\\").replace("'", "\\'")
    descending = segment.string[: segment.start()].endswith(".")
    return f".['{name}']" if descending else f"['{name}']"


def _by_engine(text: str, path: str) -> JsonPath:
    from jsonpath import JSONPath  # noqa: PLC0415 - few paths need it

    from k8s_datamodel.types.path_patterns import Environment  # noqa: PLC0415 - as above

    try:
        compiled = Environment().compile(path)
    except Exception as error:  # its errors have several roots
        raise ValueError(str(error).partition("\n")[0]) from None
    if not isinstance(compiled, JSONPath):
        raise ValueError("give one path, not several combined")
    return JsonPath(text, compiled.findall, compiled.singular_query())
