"""Whether the relations of a database are those that we make: compared with new ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import groupby

from k8s_datamodel.api import StorageError
from k8s_datamodel_plugins.sql.access.connection import Database, Transaction, in_memory
from k8s_datamodel_plugins.sql.access.sql_names import OWN_RELATIONS, PREFIX, Raw
from k8s_datamodel_plugins.sql.layout.migrations import MIGRATIONS
from k8s_datamodel_plugins.sql.layout.schema import make_relations
from k8s_datamodel_plugins.sql.layout.stored_types import stored_types
from k8s_datamodel_plugins.sql.layout.views import selections

_EXPECTED = f"{PREFIX}expected"
_TEMPORARY = "CREATE TEMPORARY VIEW {view} AS {selects}"

_SAME_VIEW = """
SELECT pg_get_viewdef(to_regclass(quote_ident(:name))) =
  pg_get_viewdef(to_regclass('pg_temp.' || quote_ident(:expected)))
"""


def relation_problems(database: Database) -> Iterator[str]:
    """What is missing of tables, columns, indexes and views, or is there and not ours."""
    with database.read() as transaction:
        types = stored_types(transaction)
        views = selections(types, database.dialect) if types else {}
        noted = {row[0] for row in transaction.run("SELECT name FROM kdm_views").fetchall()}
        # A name that we did not take is somebody else's.
        ours = noted.union(OWN_RELATIONS, types)
        there = [name for name in views if transaction.exists(name)]
        actual, keys = _columns(transaction), _keys(transaction)
        foreign = transaction.run(transaction.dialect.foreign).fetchall()
        texts = _texts(transaction)
    yield from [f"the relation {name} is missing" for name in views if name not in there]
    yield from [f"kdm_views: {name} is no view of ours" for name in sorted(noted.difference(views))]
    there = [name for name in there if name in ours]
    with in_memory() as model:
        for migration in MIGRATIONS:
            migration.apply(model)
        make_relations(model, types)
        yield from _missing(_columns(model), actual)
        yield from _missing_keys(_keys(model), keys, actual)
        expected = _texts(model)
    for relation, name in foreign:
        if relation in actual or relation in there:
            yield f'{relation}: the trigger or rule "{name}" is not ours'
    if database.dialect.name == "sqlite":
        changed = [name for name in there if texts.get(name) != expected[name]]
    else:
        changed = list(_changed_on_server(database, {name: views[name] for name in there}))
    yield from [f"the relation {name} is not the one that we make" for name in changed]


def _columns(transaction: Transaction) -> dict[str, set[str]]:
    """Names of the columns by table."""
    found: dict[str, set[str]] = {}
    for table, column in transaction.run(transaction.dialect.columns):
        found.setdefault(table, set()).add(column)
    return found


_Key = tuple[str, tuple[str, ...]]
"""A table, and the columns of an index."""


def _keys(transaction: Transaction) -> dict[_Key, bool]:
    """All indexes, and whether they keep something unique."""
    found: dict[_Key, bool] = {}
    rows = transaction.run(transaction.dialect.keys).fetchall()
    for (table, unique, _), parts in groupby(rows, key=lambda row: tuple(row[:3])):
        key = (table, tuple(part[3] for part in parts))
        found[key] = found.get(key, False) or bool(unique)
    return found


def _missing(expected: Mapping[str, set[str]], actual: Mapping[str, set[str]]) -> Iterator[str]:
    for table, columns in sorted(expected.items()):
        if table not in actual:
            yield f"the table {table} is missing"
            continue
        for column in sorted(columns - actual[table]):
            yield f"{table}: its column {column} is missing"


def _missing_keys(
    expected: Mapping[_Key, bool], actual: Mapping[_Key, bool], tables: Mapping[str, set[str]]
) -> Iterator[str]:
    for (table, columns), unique in sorted(expected.items()):
        if table in tables and (unique and not actual.get((table, columns))):
            yield f"{table}: nothing keeps its {', '.join(columns)} unique"
        elif table in tables and (table, columns) not in actual:
            yield f"{table}: its index of {', '.join(columns)} is missing"


def _texts(transaction: Transaction) -> dict[str, str]:
    """What SQLite's views select, by name, whatever the space in it."""
    if transaction.dialect.name != "sqlite":
        return {}
    rows = transaction.run("SELECT name, sql FROM sqlite_master WHERE type = 'view'")
    return {name: " ".join(text.partition(" AS")[2].split()) for name, text in rows}


def _changed_on_server(database: Database, views: Mapping[str, str]) -> Iterator[str]:
    """Views that PostgreSQL does not read as it reads new ones.

    New ones are temporary; a role that may not make any compares nothing.
    """
    for name, selects in views.items():
        with suppress(StorageError), database.write() as transaction:
            transaction.run(_TEMPORARY, view=_EXPECTED, selects=Raw(selects))
            names = {"name": name, "expected": _EXPECTED}
            same = transaction.scalar(_SAME_VIEW, names)
            transaction.run("DROP VIEW {view}", view=_EXPECTED)
            if not same:
                yield name
