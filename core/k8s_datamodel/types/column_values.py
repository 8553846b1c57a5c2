"""Convert the values that a path finds in an object to the column's type."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timezone
from typing import Any, TypeAlias

from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import KubernetesObject, Record
from k8s_datamodel.types.jsonpaths import parse

_Get: TypeAlias = Callable[[KubernetesObject], Any]


def filler(columns: Iterable[Column], load: Callable[[str], Any]) -> Callable[[Any], Any]:
    """A function that fills the columns a collector left out, by their paths and functions.

    It makes a record of a complete object, completes a record, and returns all else as it is.
    ``load`` imports a ``"module:attribute"``.
    """
    getters = [(each.name, _getter(each, load)) for each in columns if each.path or each.value]

    def fill(made: Any) -> Any:
        if isinstance(made, Record):
            values, thing, beside = dict(made.values), made.spec, made.beside
        elif isinstance(made, dict | Mapping):
            values, thing, beside = {}, made, {}
        else:
            return made
        for name, get in getters:
            if name not in values:
                values[name] = get(thing)
        return Record(values, thing, beside)

    return fill


def _getter(column: Column, load: Callable[[str], Any]) -> _Get:
    own: Any = load(column.value) if isinstance(column.value, str) and column.value else None
    own = own or column.value
    if not column.path:
        return own  # type: ignore[no-any-return]  # it is foreign
    path = parse(column.path)
    first, find = path.first, path.find
    if own:
        found = first if path.singular else find
        return lambda thing: own(found(thing))
    if column.type == "json":
        return first if path.singular else find
    convert = _CONVERSIONS[column.type]
    if not path.singular:
        return lambda thing: convert(find(thing))
    return lambda thing: None if (value := first(thing)) is None else convert([value])


def utc(found: Any) -> str | None:
    """An RFC 3339 time as UTC text, ``YYYY-MM-DD HH:MM:SS``; None for what is no such time.

    For ``Column.value``; of a list it takes the only item.
    """
    [value] = found if isinstance(found, list) and len(found) == 1 else [found]
    try:
        time = datetime.fromisoformat(re.sub(r"\.\d+", "", value).replace("Z", "+00:00"))
        return time.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S") if time.tzinfo else None
    except (ArithmeticError, TypeError, ValueError):
        return None


def _text(found: list[Any]) -> str | None:
    """Scalars as they are, several with commas between, as kubectl's custom columns."""
    values = found[0] if len(found) == 1 and isinstance(found[0], list) else found
    texts = [_scalar(value) for value in values if value is not None]
    return ",".join(texts) if texts else None


def _list(found: list[Any]) -> list[str] | None:
    if len(found) == 1 and isinstance(found[0], list):
        return [_scalar(value) for value in found[0]]
    return [_scalar(value) for value in found if value is not None] or None


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _only(convert: Callable[[Any], Any]) -> Callable[[list[Any]], Any]:
    """A conversion of one value; None for none, for several, and for what does not convert."""

    def make(found: list[Any]) -> Any:
        try:
            return convert(found[0]) if len(found) == 1 else None
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return None

    return make


def _integer(value: Any) -> int | None:
    if isinstance(value, str):  # an IntOrString, such as the ports of a service
        return int(value)
    whole = isinstance(value, int | float) and value == int(value)
    return None if isinstance(value, bool) or not whole else int(value)


def _real(value: Any) -> float | None:
    return None if isinstance(value, bool) else float(value)


def _boolean(value: Any) -> bool | None:
    # The status of a condition is a text: True, False or Unknown.
    return value if isinstance(value, bool) else {"true": True, "false": False}[value.lower()]


_CONVERSIONS: Mapping[str, Callable[[list[Any]], Any]] = {
    "text": _text,
    "integer": _only(_integer),
    "real": _only(_real),
    "boolean": _only(_boolean),
    "list": _list,
}
