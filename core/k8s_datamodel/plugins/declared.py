"""Collecting the objects of a resource type that a YAML file declares; see ``typefiles``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, TypeAlias

from k8s_datamodel.contracts.collecting import CollectContext
from k8s_datamodel.data.columns import ColumnType
from k8s_datamodel.data.objects import Record, Resource
from k8s_datamodel.types.jsonpaths import JsonPath, parse

Conversion: TypeAlias = Callable[[list[Any], JsonPath], Any]
"""Makes a column's value of what its path found."""


@dataclass(frozen=True, slots=True)
class DeclaredColumn:
    """Where a column's value is.

    Attributes:
        name: of the column.
        path: a JSONPath.
        type: a key of ``TYPES``.
    """

    name: str
    path: str
    type: str = "text"


@dataclass(frozen=True, slots=True)
class DeclaredCollector:
    """Lists one resource and takes the columns from each object. Plain data, so it can be kept.

    Attributes:
        resource: what is listed.
        columns: where each value is.
        file: in which this is declared.
    """

    resource: Resource
    columns: tuple[DeclaredColumn, ...]
    file: str = ""

    def __call__(self, context: CollectContext) -> Iterator[Record]:
        """One record for each object."""
        columns = [(each.name, parse(each.path), TYPES[each.type][1]) for each in self.columns]
        for thing in context.objects(self.resource):
            values = {name: make(path.find(thing), path) for name, path, make in columns}
            yield Record(values, thing)


def _text(found: list[Any], _: JsonPath) -> str | None:
    """Scalars as they are, several with commas between, as kubectl's custom columns."""
    if len(found) == 1 and isinstance(found[0], list):
        found = found[0]
    texts = [_scalar(value) for value in found if value is not None]
    return ",".join(texts) if texts else None


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _list(found: list[Any], _: JsonPath) -> list[str] | None:
    if len(found) == 1 and isinstance(found[0], list):
        return [_scalar(value) for value in found[0]]
    values = [_scalar(value) for value in found if value is not None]
    return values or None


def _json(found: list[Any], path: JsonPath) -> Any:
    if path.singular:
        return found[0] if found else None
    return found


def _only(convert: Callable[[Any], Any]) -> Conversion:
    """A conversion of one value; None for none, for several, and for what does not convert."""

    def make(found: list[Any], _: JsonPath) -> Any:
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


def _time(value: Any) -> str | None:
    text = re.sub(r"\.\d+", "", value).replace("Z", "+00:00")
    time = datetime.fromisoformat(text)
    return time.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S") if time.tzinfo else None


TYPES: Mapping[str, tuple[ColumnType, Conversion]] = {
    "text": ("text", _text),
    "integer": ("integer", _only(_integer)),
    "real": ("real", _only(_real)),
    "boolean": ("boolean", _only(_boolean)),
    "list": ("list", _list),
    "json": ("json", _json),
    "time": ("text", _only(_time)),
}
"""What a file may call a type: the column's type, and how values of it are made."""
