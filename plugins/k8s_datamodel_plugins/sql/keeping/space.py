"""How much of a database is in use, and what the removal of snapshots would give back.

SQLite tells its pages exactly. A PostgreSQL server keeps the space of what was deleted until it has
vacuumed, so there the rows are added up. What a removal gives back is an estimate: the bytes of a
table divided by its rows, for the rows that nothing else needs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from k8s_datamodel.api import StoreSpace
from k8s_datamodel_plugins.sql.access.connection import Database, Transaction
from k8s_datamodel_plugins.sql.access.sql_names import Raw, Tables, tables
from k8s_datamodel_plugins.sql.keeping import leases
from k8s_datamodel_plugins.sql.layout.stored_types import stored_types
from k8s_datamodel_plugins.sql.readers.statistics import relation_sizes

_ROW_BYTES, _ENTRY_BYTES = 28, 12
"""PostgreSQL's, beside the values: of a row with its pointer, and of an entry of an index.

https://www.postgresql.org/docs/current/storage-page-layout.html
"""

_LAST_USES = """
WITH place (number, at) AS (VALUES {places})
SELECT {column}, max(at) FROM place CROSS JOIN {refs}
WHERE snapshot_id = number AND {column} IS NOT NULL GROUP BY {column}
"""
"""Things by the place of the last snapshot of an order that uses them.

CROSS JOIN: SQLite goes from place to place then, each of which it finds by the key. Without it, it
looked for each of two million references through a thousand places.
"""

_OTHER_USES = """
WITH place (number, at) AS (VALUES {places}) SELECT DISTINCT {column} FROM {refs}
WHERE snapshot_id NOT IN (SELECT number FROM place)
"""


def read_space(database: Database, order: Sequence[int]) -> StoreSpace:
    """Bytes in use, and those that removing snapshots in this order gives back, in sum."""
    with database.read() as transaction:
        sizes = _sizes(transaction)
        used, pending = _used(transaction, sizes), leases.is_garbage(transaction)
        freed = [0.0] * len(order)
        for at, number in _freed(transaction, sizes, order) if order else ():
            freed[at] += number
    return StoreSpace(used, [min(used, int(each)) for each in accumulate(freed)], pending)


def _used(transaction: Transaction, sizes: Mapping[str, int]) -> int:
    if transaction.dialect.name != "sqlite":
        return sum(sizes.values())
    pages = transaction.scalar("SELECT page_count FROM pragma_page_count")
    free = transaction.scalar("SELECT freelist_count FROM pragma_freelist_count")
    return int((pages - free) * transaction.scalar("SELECT page_size FROM pragma_page_size"))


def _sizes(transaction: Transaction) -> Mapping[str, int]:
    """Bytes in use by table, its indexes included."""
    if transaction.dialect.name == "sqlite":
        return relation_sizes(transaction)
    columns, indexed = defaultdict(list), defaultdict(list)
    for table, column in transaction.run(transaction.dialect.columns):
        columns[table].append(column)
    for table, _, index, column in transaction.run(transaction.dialect.keys):
        indexed[table].append((index, column))
    return {
        table: _live(transaction, table, names, indexed[table]) for table, names in columns.items()
    }


def _live(
    transaction: Transaction, table: str, columns: Sequence[str], keys: Sequence[tuple[str, str]]
) -> int:
    """Bytes of a table's rows as the server keeps them, and of the entries of its indexes."""
    times = Counter([*columns, *(column for _, column in keys)])
    each = " + ".join(
        f"{number} * COALESCE(sum(pg_column_size({{c{at}}})), 0)"
        for at, number in enumerate(times.values())
    )
    more = _ROW_BYTES + _ENTRY_BYTES * len({index for index, _ in keys})
    names = {f"c{at}": name for at, name in enumerate(times)}
    total = f"SELECT count(*) * {more} + {each} FROM {{table}}"  # noqa: S608 - ours
    return int(transaction.scalar(total, table=table, **names))


def _freed(
    transaction: Transaction, sizes: Mapping[str, int], order: Sequence[int]
) -> Iterator[tuple[int, float]]:
    """Places in the order, and bytes that go with the snapshot there."""
    rate = _Rates(transaction, sizes)
    places: dict[int, int] = {}
    for at, number in enumerate(order):
        places.setdefault(number, at)
    types = stored_types(transaction)
    references = {stored.id: tables(name).refs for name, stored in types.items()}
    for at in places.values():
        yield at, rate.of("kdm_snapshots") + rate.of("kdm_counts") * len(types)
    for number, entries in transaction.run(
        "SELECT snapshot_id, count(*) FROM kdm_ledger GROUP BY snapshot_id"
    ):
        if number in places:
            yield places[number], entries * rate.of("kdm_ledger")
    for number, type_id, records in transaction.run(
        "SELECT snapshot_id, type_id, records FROM kdm_counts"
    ):
        if number in places:
            yield places[number], records * rate.of(references[type_id])
    last = _LastUses(transaction, places, len(order))
    objects: dict[int, int] = {}
    for name in types:
        each = tables(name)
        for at in last.of(each, "state_id").values():
            yield at, rate.of(each.states)
        for at in last.of(each, "beside_id").values():
            yield at, rate.of("kdm_beside")
        yield from _rows(transaction, each, last, rate, objects)
    yield from _objects(transaction, rate, objects, len(order))


def _rows(
    transaction: Transaction,
    each: Tables,
    last: _LastUses,
    rate: _Rates,
    objects: dict[int, int],
) -> Iterator[tuple[int, float]]:
    """The rows of a type; ``objects`` gets where each of its objects is used last."""
    gone = last.of(each, "row_id")
    for at in gone.values():
        yield at, rate.of(each.rows)
    for row, thing in transaction.run("SELECT kdm_id, kdm_object FROM {rows}", rows=each.rows):
        objects[thing] = max(objects.get(thing, 0), gone.get(row, last.never))


def _objects(
    transaction: Transaction, rate: _Rates, objects: Mapping[int, int], never: int
) -> Iterator[tuple[int, float]]:
    """The objects, each by its share of the bytes."""
    gone = {thing: at for thing, at in objects.items() if at < never}
    total = int(transaction.scalar("SELECT sum(size) FROM kdm_objects") or 0)
    share = rate.bytes_of("kdm_objects") / total if total else 0
    found = transaction.lookup("SELECT id, size FROM kdm_objects WHERE id IN ({keys})", list(gone))
    for thing, size in found:
        yield gone[thing], size * share


class _LastUses:
    """Where in an order things are used last, of those that nothing else uses."""

    def __init__(self, transaction: Transaction, places: Mapping[int, int], never: int) -> None:
        self._transaction = transaction
        self.never = never
        self._places = Raw(", ".join(f"({int(each)}, {at})" for each, at in places.items()))

    def of(self, each: Tables, column: str) -> Mapping[int, int]:
        parts = {"places": self._places, "column": column, "refs": each.refs}
        others = {row[0] for row in self._transaction.run(_OTHER_USES, **parts)}
        last = self._transaction.run(_LAST_USES, **parts)
        return {thing: at for thing, at in last if thing not in others}


class _Rates:
    """Bytes of a row by table, beyond the first page of the table and of each of its indexes."""

    def __init__(self, transaction: Transaction, sizes: Mapping[str, int]) -> None:
        self._transaction = transaction
        self._sizes = sizes
        self._known: dict[str, float] = {}
        self._first: Mapping[str, int] = {}
        if transaction.dialect.name == "sqlite":
            rows = transaction.run(
                "SELECT tbl_name, count(*) * page_size FROM sqlite_master, pragma_page_size "
                "WHERE rootpage > 0 GROUP BY tbl_name"
            )
            self._first = {row[0]: row[1] for row in rows}

    def bytes_of(self, table: str) -> int:
        return max(0, self._sizes.get(table, 0) - self._first.get(table, 0))

    def of(self, table: str) -> float:
        if table not in self._known:
            number = self._transaction.scalar("SELECT count(*) FROM {table}", table=table)
            self._known[table] = self.bytes_of(table) / number if number else 0.0
        return self._known[table]
