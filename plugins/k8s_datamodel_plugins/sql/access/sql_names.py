"""Names in SQL: which ones are taken, and how statements are put together from them.

Every name that comes from a plugin enters a statement through ``compose``, quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from k8s_datamodel.api import ResourceType, UnstorableError

_RELATION = re.compile(r"[a-z_][a-z0-9_]{0,44}")
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,58}")
_PART = re.compile(r"\{(\w+)\}")

PREFIX = "kdm_"
"""What all our base tables and their own columns begin with."""

SNAPSHOTS_VIEW = "inventory_snapshots"
LEDGER_VIEW = "inventory_ledger"
CHANGES_VIEW = "changes"
LATEST = "latest_"
"""What the name of the view of the newest records of a type begins with."""

OWN_RELATIONS = frozenset({SNAPSHOTS_VIEW, LEDGER_VIEW})
OWN_COLUMNS = frozenset({"id", "snapshot_id", "spec"})


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


OWN_SNAPSHOT_COLUMNS = _names(
    """id timestamp cluster_context cluster_info namespace_filter notes created_at complete
    cluster_uid source source_timestamp redaction seconds uuid"""
)

_WORDS = _names(
    """add all alter analyse analyze and any array as asc asymmetric authorization autoincrement
    between binary both case cast check collate collation column commit concurrently constraint
    create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user default deferrable delete desc distinct do drop else end escape
    except exists false fetch for foreign freeze from full grant group having ilike in index
    initially inner insert intersect into is isnull join lateral leading left like limit localtime
    localtimestamp natural not nothing notnull null offset on only or order outer overlaps placing
    primary references returning right select session_user set similar some symmetric system_user
    table tablesample then to trailing transaction true union unique update user using values
    variadic verbose when where window with"""
)
"""What SQLite or PostgreSQL take for no name unless it is quoted."""

_SYSTEM_COLUMNS = _names("tableoid xmin cmin xmax cmax ctid")
"""PostgreSQL's: https://www.postgresql.org/docs/current/ddl-system-columns.html"""


class Raw(str):
    """A piece of SQL that ``compose`` takes as it is."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Tables:
    """Names of the relations of one resource type, see ``docs/sql.md``."""

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


def check_names(resource_type: ResourceType) -> None:
    """Raise UnstorableError for a type whose names a database cannot take, or has itself.

    SQLite and PostgreSQL refuse the same names, so that every snapshot can be copied.
    """
    for problem in _problems(resource_type):
        raise UnstorableError(f'resource type "{resource_type.name}" cannot be stored: {problem}')


def is_column(name: str) -> bool:
    """Whether a view can have a column of that name, which may need quotes."""
    own = name.lower().startswith(PREFIX) or name.lower() in _SYSTEM_COLUMNS
    return bool(_COLUMN.fullmatch(name)) and not own


def _problems(resource_type: ResourceType) -> Iterator[str]:
    name = resource_type.name
    if not _RELATION.fullmatch(name):
        yield "its name must be a-z, 0-9 and _, at most 45 characters"
    if name in OWN_RELATIONS or name.startswith((PREFIX, LATEST, "sqlite_", "pg_")):
        yield "its name is taken by the database itself"
    if name in _WORDS:
        yield "its name is a word of SQL"
    if (
        not _COLUMN.fullmatch(resource_type.count)
        or resource_type.count.lower() in OWN_SNAPSHOT_COLUMNS
    ):
        yield f'"{resource_type.count}" cannot name its count'
    seen = set(OWN_COLUMNS)
    for column in resource_type.columns:
        lower = column.name.lower()
        if not _COLUMN.fullmatch(column.name) or lower.startswith(PREFIX):
            yield f'"{column.name}" cannot name a column'
        if lower in _SYSTEM_COLUMNS:
            yield f'its column "{column.name}" has a name that databases use themselves'
        if lower in _WORDS:
            yield (
                f'its column "{column.name}" is a word of SQL: its plugin can name it '
                f'{column.name}_name with the key "{column.name}"'
            )
        if lower in seen:
            yield f'its column "{column.name}" is there already'
        seen.add(lower)
