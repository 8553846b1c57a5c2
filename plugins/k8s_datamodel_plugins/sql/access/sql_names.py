"""Names in SQL: which ones are taken, and how statements are put together from them.

Every name that comes from a plugin enters a statement through ``compose``, quoted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from k8s_datamodel.api import ResourceType, UnstorableError

_RELATION = re.compile(r"[a-z_][a-z0-9_]{0,44}")
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,58}")
_PART = re.compile(r"\{(\w+)\}")

PREFIX = "kdm_"
"""What all our base tables and their own columns begin with."""

SNAPSHOTS_VIEW = "inventory_snapshots"
LEDGER_VIEW = "inventory_ledger"
OWN_RELATIONS = frozenset({SNAPSHOTS_VIEW, LEDGER_VIEW})
OWN_COLUMNS = frozenset({"id", "snapshot_id", "spec"})
OWN_SNAPSHOT_COLUMNS = frozenset(
    {
        "id",
        "timestamp",
        "cluster_context",
        "cluster_info",
        "namespace_filter",
        "notes",
        "created_at",
        "complete",
        "cluster_uid",
        "source",
        "source_timestamp",
        "redaction",
        "seconds",
        "uuid",
    }
)


class Raw(str):
    """A piece of SQL that ``compose`` takes as it is."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Tables:
    """Names of the relations that hold one resource type.

    Attributes:
        view: what people query, named by the type.
        rows: derived columns, each distinct content once.
        states: distinct values of the volatile columns, once.
        refs: which content and state each snapshot holds.
    """

    view: str
    rows: str
    states: str
    refs: str


def tables(type_name: str) -> Tables:
    """The relations of a type."""
    base = f"{PREFIX}{type_name}"
    return Tables(type_name, f"{base}_rows", f"{base}_states", f"{base}_refs")


def quote(name: str) -> str:
    """A name as SQL spells it, whatever it is."""
    return '"' + name.replace('"', '""') + '"'


def compose(template: str, /, **parts: str | Sequence[str]) -> str:
    """A statement from a template, whose ``{part}`` become quoted names, lists of them, or Raw."""

    def piece(match: re.Match[str]) -> str:
        part = parts[match[1]]
        if isinstance(part, Raw):
            return part
        return quote(part) if isinstance(part, str) else ", ".join(map(quote, part))

    return _PART.sub(piece, template)


def marks(placeholder: str, count: int) -> Raw:
    """``count`` placeholders, separated by commas."""
    return Raw(", ".join([placeholder] * count))


def check_names(resource_type: ResourceType, reserved: Collection[str] = ()) -> None:
    """Refuse a type whose names SQL or we ourselves cannot take, or are ``reserved``.

    Raises:
        UnstorableError: it names the type and the column.
    """
    for problem in _problems(resource_type, reserved):
        raise UnstorableError(f'resource type "{resource_type.name}" cannot be stored: {problem}')


def _problems(resource_type: ResourceType, reserved: Collection[str]) -> Iterator[str]:
    name = resource_type.name
    if not _RELATION.fullmatch(name):
        yield "its name must be a-z, 0-9 and _, at most 45 characters"
    if name in OWN_RELATIONS or name.startswith((PREFIX, "sqlite_", "pg_")):
        yield "its name is taken by the database itself"
    if (
        not _COLUMN.fullmatch(resource_type.count)
        or resource_type.count.lower() in OWN_SNAPSHOT_COLUMNS
    ):
        yield f'"{resource_type.count}" cannot name its count'
    seen = set(OWN_COLUMNS)
    for column in resource_type.columns:
        if not _COLUMN.fullmatch(column.name) or column.name.lower().startswith(PREFIX):
            yield f'"{column.name}" cannot name a column'
        if column.name.lower() in reserved:
            yield f'its column "{column.name}" has a name that the database itself uses'
        if column.name.lower() in seen:
            yield f'its column "{column.name}" is there already'
        seen.add(column.name.lower())
