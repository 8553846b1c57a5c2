"""Check that a collector yields records of its type that can be stored.

A record of a plugin's that cannot be stored must not take the snapshot of all others with it, so it
is found here, before it gets to a store.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from k8s_datamodel.data.objects import Record
from k8s_datamodel.redaction.tokens import is_token
from k8s_datamodel.types.resource_types import ResourceType

_INTEGERS = range(-(2**63), 2**63)
"""What databases hold."""


_NUMBERS = ("integer", "real", "boolean")
_TEXTS = frozenset({str})

_CHECKS: Mapping[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "real": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "list": lambda value: (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and (set(map(type, value)) <= _TEXTS or all(isinstance(item, str) for item in value))
    ),
    "json": lambda value: not _json_fault(value),
}


_SURELY: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "real": (float, int),
    "boolean": (bool,),
}
"""Of these types, and no subclass, a value needs no look: nearly all values are."""


class Checks:
    """Checks the records of one type in one run.

    A thorough check also finds an object that is no JSON, and two records of one identity. Built-in
    types, whose objects are those that were read, do without: it costs as much as storing them.
    """

    def __init__(self, resource_type: ResourceType, *, thorough: bool) -> None:
        self._columns = {column.name: column.type for column in resource_type.columns}
        self._surely = {
            name: frozenset((type(None), *_SURELY.get(kind, ())))
            for name, kind in self._columns.items()
        }
        self._numbers = [each.name for each in resource_type.columns if each.type in _NUMBERS]
        self._identity = resource_type.identity
        self._thorough = thorough
        self._seen: set[int] = set()

    def checked(self, made: object) -> Record:
        """The record, without tokens where numbers belong. Raises TypeError or ValueError."""
        if not isinstance(made, Record):
            raise TypeError(f"yielded {type(made).__name__} in place of a Record")
        if made.row and made.row.known:  # it was checked when it was stored
            if self._thorough:
                self._check_identity(made)
            return made
        record = self.without_tokens(made)
        self._check(record)
        return record

    def without_tokens(self, record: Record) -> Record:
        """The record with null for each number of which only a token is known."""
        values = record.values
        replaced = [name for name in self._numbers if _is_token(values.get(name))]
        return (
            replace(record, values={**values, **dict.fromkeys(replaced)}, row=None)
            if replaced
            else record
        )

    def _check(self, record: Record) -> None:
        surely = self._surely
        for name, value in record.values.items():
            if name not in surely:
                raise ValueError(f"a record has a value for {name!r}, which is no column")
            if type(value) not in surely[name]:
                self._check_value(name, value)
        for name in self._identity:
            if name not in record.values:
                raise ValueError(f"a record lacks {name!r}, which is part of its identity")
        if not isinstance(record.spec, (dict, Mapping)):  # a dict is found sooner
            raise TypeError(f"spec of a record is {type(record.spec).__name__}, not an object")
        if self._thorough:
            self._check_whole(record)

    def _check_value(self, name: str, value: Any) -> None:
        kind = self._columns[name]
        if not _CHECKS[kind](value):
            found = type(value).__name__
            raise TypeError(f"column {name!r} is {kind}, a record has {found}")
        if kind == "integer" and value not in _INTEGERS:
            raise ValueError(f"column {name!r} is integer, a record has one of more than 64 bits")

    def _check_whole(self, record: Record) -> None:
        if fault := _json_fault(record.spec):
            raise ValueError(f"spec of a record cannot be stored: {fault}")
        self._check_identity(record)

    def _check_identity(self, record: Record) -> None:
        identity = tuple(record.values[name] for name in self._identity)
        if (key := hash(identity)) in self._seen:
            shown = "/".join(str(part) for part in identity if part is not None)
            raise ValueError(f"two records have the identity {shown}")
        self._seen.add(key)


def _is_token(value: Any) -> bool:
    return isinstance(value, str) and is_token(value)


def _json_fault(value: Any) -> str:
    """Why a value is nothing that JSON has; empty when it is."""
    try:
        _ENCODER.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        return str(error)
    return ""


def json_default(value: Any) -> Any:
    """A mapping or a sequence as JSON knows it."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return list(value)
    raise TypeError(f"{type(value).__name__} is nothing that JSON has")


_ENCODER = json.JSONEncoder(allow_nan=False, default=json_default)
