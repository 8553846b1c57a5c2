"""Named steps that bring a database's own tables to what this version knows.

Each runs once, in a transaction with its record. The tables of resource types are not migrated here
but made to fit them, see ``schema``. After the last step all views are made anew.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from k8s_datamodel.api import DatabaseNotFoundError, StorageError
from k8s_datamodel_plugins.sql.access.connection import Database, Transaction
from k8s_datamodel_plugins.sql.access.dialects import LOCK_SECONDS
from k8s_datamodel_plugins.sql.access.location import MAKE_ONE
from k8s_datamodel_plugins.sql.access.sql_names import OWN_RELATIONS, PREFIX, tables
from k8s_datamodel_plugins.sql.layout.content import utc_now
from k8s_datamodel_plugins.sql.layout.meta_table import meta, write_seals
from k8s_datamodel_plugins.sql.layout.stored_types import stored_types
from k8s_datamodel_plugins.sql.layout.views import make_views

APPLICATION = "k8s-datamodel"
_APPLICATION_ID = 0x6B646D73  # "kdms", for `file` and for SQLite's own header

_TABLES = """
CREATE TABLE kdm_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) {clustered};
CREATE TABLE kdm_migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) {clustered};

CREATE TABLE kdm_types (
  id {identity},
  name TEXT NOT NULL UNIQUE,
  definition TEXT NOT NULL,
  next_ref {integer} NOT NULL DEFAULT 1
);

CREATE TABLE kdm_objects (
  id {identity},
  digest {bytes} NOT NULL UNIQUE,
  size {integer} NOT NULL,
  body TEXT NOT NULL
);

CREATE TABLE kdm_snapshots (
  id {identity},
  uuid TEXT NOT NULL UNIQUE,
  timestamp TEXT NOT NULL,
  cluster_context TEXT NOT NULL,
  cluster_info TEXT NOT NULL,
  cluster_uid TEXT,
  source TEXT NOT NULL,
  source_timestamp TEXT,
  namespace_filter TEXT,
  notes TEXT,
  complete INTEGER NOT NULL,
  redaction TEXT NOT NULL,
  seconds {real} NOT NULL,
  created_at TEXT NOT NULL
);
CREATE INDEX kdm_snapshots_time ON kdm_snapshots (timestamp);
CREATE INDEX kdm_snapshots_cluster ON kdm_snapshots (cluster_context, timestamp);

CREATE TABLE kdm_counts (
  snapshot_id {integer} NOT NULL REFERENCES kdm_snapshots (id),
  type_id {integer} NOT NULL REFERENCES kdm_types (id),
  count {integer},
  records {integer} NOT NULL,
  PRIMARY KEY (snapshot_id, type_id)
) {clustered};

CREATE TABLE kdm_reads (
  id {identity},
  resource_type TEXT NOT NULL,
  read TEXT NOT NULL,
  UNIQUE (resource_type, read)
);
CREATE TABLE kdm_ledger (
  snapshot_id {integer} NOT NULL REFERENCES kdm_snapshots (id),
  position {integer} NOT NULL,
  read_id {integer} NOT NULL REFERENCES kdm_reads (id),
  optional INTEGER NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  http_code {integer},
  requests {integer} NOT NULL,
  objects {integer},
  reused {integer} NOT NULL,
  bytes {integer} NOT NULL,
  microseconds {integer} NOT NULL,
  PRIMARY KEY (snapshot_id, position)
) {clustered};

CREATE TABLE kdm_leases (
  id {integer} PRIMARY KEY,
  started_at {integer} NOT NULL,
  renewed_at {integer} NOT NULL,
  host TEXT NOT NULL,
  pid {integer} NOT NULL
);

CREATE TABLE kdm_clusters (
  id {identity},
  uid TEXT NOT NULL,
  source TEXT NOT NULL,
  version TEXT NOT NULL,
  redaction TEXT NOT NULL,
  UNIQUE (uid, source)
);
CREATE TABLE kdm_indexed (
  id {identity},
  cluster_id {integer} NOT NULL REFERENCES kdm_clusters (id),
  resource TEXT NOT NULL,
  context TEXT NOT NULL,
  UNIQUE (cluster_id, resource)
);
CREATE TABLE kdm_index (
  indexed_id {integer} NOT NULL REFERENCES kdm_indexed (id),
  uid TEXT NOT NULL,
  resource_version TEXT NOT NULL,
  object_id {integer} NOT NULL {object_fk},
  PRIMARY KEY (indexed_id, uid)
) {clustered};
"""
"""The base tables.

- ``kdm_types``: definition of every type that was ever stored here (JSON), and the number of its
  next reference: numbers of records are never used twice.
- ``kdm_objects``: complete objects as canonical JSON, each distinct content once; ``size`` is the
  bytes of ``body`` in UTF-8.
- ``kdm_counts``: ``count`` is what the snapshot says, null when unknown; ``records`` is how many
  references it holds.
- ``kdm_reads``, ``kdm_ledger``: what was read (once), and how it ended in each snapshot.
- ``kdm_leases``: running stores, whose content nobody may remove yet. Times in seconds since 1970.
- ``kdm_clusters``, ``kdm_indexed``, ``kdm_index``: which object of the newest snapshots of a
  cluster had which resourceVersion, so that the next one need not read it again. ``resource`` is
  ``group/version/kind``; ``context`` is what else must be the same for a reuse.
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step; ``kdm_migrations`` keeps its name, which never changes."""

    name: str
    apply: Callable[[Transaction], None]


def _create(transaction: Transaction) -> None:
    for relation in sorted(OWN_RELATIONS):
        if transaction.exists(relation):
            raise StorageError(
                f'a relation "{relation}", which is not ours, is there already: use a database or '
                "schema of its own"
            )
    for statement in _TABLES.split(";"):
        if statement.strip():
            transaction.run(statement)
    first = {
        "application": APPLICATION,
        "schema": "0",
        "redaction_key": secrets.token_hex(32),
        "next_lease": "1",
        "garbage": "0",
    }
    transaction.insert("kdm_meta", ("key", "value"), list(first.items()))
    if transaction.dialect.name == "sqlite":
        transaction.run(f"PRAGMA application_id = {_APPLICATION_ID}")


def _digests(transaction: Transaction) -> None:
    """Earlier snapshots have no digest; entries of the index without a seal are not believed."""
    transaction.run("ALTER TABLE kdm_snapshots ADD COLUMN digest TEXT")
    transaction.run("ALTER TABLE kdm_index ADD COLUMN seal {bytes}")
    newest = transaction.scalar("SELECT max(id) FROM kdm_snapshots") or 0
    transaction.insert("kdm_meta", ("key", "value"), [("first_digest", str(newest + 1))])
    write_seals(transaction)


def _order(transaction: Transaction) -> None:
    """``sorted_at``: what snapshots are sorted by, see ``commit``; so far it was their time."""
    for statement in (
        "ALTER TABLE kdm_snapshots ADD COLUMN sorted_at TEXT NOT NULL DEFAULT ''",
        "UPDATE kdm_snapshots SET sorted_at = timestamp",
        "CREATE INDEX kdm_snapshots_sorted ON kdm_snapshots (sorted_at)",
        "DROP INDEX kdm_snapshots_cluster",
        "CREATE INDEX kdm_snapshots_cluster ON kdm_snapshots (cluster_context, sorted_at)",
    ):
        transaction.run(statement)


_KEPT = """
CREATE TABLE kdm_beside (
  id {identity},
  digest {bytes} NOT NULL UNIQUE,
  body TEXT NOT NULL
);
CREATE TABLE kdm_baselines (
  name TEXT PRIMARY KEY,
  snapshot_id {integer} NOT NULL REFERENCES kdm_snapshots (id),
  set_at TEXT NOT NULL
) {clustered};
ALTER TABLE kdm_snapshots ADD COLUMN rules {integer};
ALTER TABLE kdm_counts ADD COLUMN stamp TEXT;
ALTER TABLE kdm_index ADD COLUMN beside_id {integer}
"""
"""What snapshots keep for comparing and judging; of earlier ones it is unknown, hence null.

- ``kdm_beside``: what is known beside records (``Record.beside``), each distinct text once.
- ``kdm_baselines``: names of snapshots that are never deleted.
- ``rules``, ``stamp``: redaction rules of a snapshot, and the code that made its columns.
"""


def _keep(transaction: Transaction) -> None:
    """An object that the index has without ``beside_id`` is read anew once."""
    for statement in _KEPT.split(";"):
        transaction.run(statement)
    for row in transaction.run("SELECT name FROM kdm_types").fetchall():
        transaction.run(
            "ALTER TABLE {refs} ADD COLUMN beside_id {integer}", refs=tables(row[0]).refs
        )


def _note_views(transaction: Transaction) -> None:
    """``kdm_views``: the views that we made, so that none of somebody else's is replaced."""
    transaction.run("CREATE TABLE kdm_views (name TEXT PRIMARY KEY) {clustered}")
    known = stored_types(transaction)
    if known:
        made = [(name,) for name in sorted({*known, *OWN_RELATIONS})]
        transaction.insert("kdm_views", ("name",), made)


def _sums(transaction: Transaction) -> None:
    """What the records of each type sum up to, see ``digests``; of earlier snapshots it is unknown.

    It takes reading all references of all snapshots, which is no step to wait for at an upgrade.
    """
    transaction.run("ALTER TABLE kdm_counts ADD COLUMN sum TEXT")


_MEMOS = """
CREATE TABLE kdm_memos (
  object_id {integer} PRIMARY KEY {object_fk},
  resource_version TEXT NOT NULL,
  seal {bytes} NOT NULL,
  body TEXT NOT NULL
)
"""
"""What was made of an object alone, for the next snapshot: JSON, see ``api.Memo``.

No content: losing it costs making it anew. It is of the object at one resourceVersion, which the
content has not.
"""


def _memos(transaction: Transaction) -> None:
    """An object without one is read once more."""
    transaction.run(_MEMOS)


_LISTS = """
CREATE TABLE kdm_lists (
  indexed_id {integer} NOT NULL REFERENCES kdm_indexed (id),
  type_id {integer} NOT NULL REFERENCES kdm_types (id),
  snapshot_id {integer} NOT NULL REFERENCES kdm_snapshots (id),
  first_ref {integer} NOT NULL,
  records {integer} NOT NULL,
  sum TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  first_key {bytes} NOT NULL,
  last_key {bytes} NOT NULL,
  note TEXT NOT NULL,
  seal {bytes} NOT NULL,
  PRIMARY KEY (indexed_id, type_id)
) {clustered}
"""
"""Which records of a snapshot are those of a whole list, so that the next one need not look at it.

They are ``records`` in number, from ``first_ref`` on, and come to ``sum``; the list had
``fingerprint``, see ``api.ListFingerprint``. The keys are the first and the last identity. ``note``
is the host's. No content: losing it costs going through the list.
"""


def _lists(transaction: Transaction) -> None:
    """A list without an entry is gone through once more."""
    transaction.run(_LISTS)


MIGRATIONS = (
    Migration("2026-01-create", _create),
    Migration("2026-11-digests", _digests),
    Migration("2026-11-order", _order),
    Migration("2026-11-side", _keep),
    Migration("2026-11-views", _note_views),
    Migration("2026-11-sums", _sums),
    Migration("2026-11-memos", _memos),
    Migration("2026-11-lists", _lists),
)
"""In order. The schema's number is how many there are."""

_EARLIER = (
    "; but an earlier k8s-datamodel made it, and it is brought up to date before it is read: "
    "a copy that can be written will do"
)


def prepare(database: Database, *, create: bool) -> bool:
    """Bring a database up to date; write nothing when there is nothing to do.

    Returns whether it is one of an earlier version. Raises StorageError if it is another program's
    or newer, or empty without ``create``.
    """
    if create and database.dialect.name == "sqlite":
        _without_log(database)
    schema = _schema(database, create=create)
    if schema > len(MIGRATIONS):
        raise StorageError(
            f"{database.place}: made by a newer k8s-datamodel (schema {schema}, this one knows "
            f"{len(MIGRATIONS)}): upgrade"
        )
    if schema < len(MIGRATIONS):
        try:
            _migrate(database)
        except StorageError as error:
            raise StorageError(f"{error}{_EARLIER}" if schema else str(error)) from error
    return 0 < schema < len(MIGRATIONS)


def _without_log(database: Database) -> None:
    """Another program may have given the file a write-ahead log, which a plain copy misses."""
    with suppress(StorageError), database.driver() as driver:
        if driver.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            driver.execute("PRAGMA busy_timeout = 1000")
            try:
                driver.execute("PRAGMA journal_mode = DELETE")
            finally:
                driver.execute(f"PRAGMA busy_timeout = {LOCK_SECONDS * 1000}")


def _schema(database: Database, *, create: bool) -> int:
    """Number of the schema, 0 for an empty database."""
    with database.read() as transaction:
        if transaction.exists("kdm_meta"):
            find = "SELECT value FROM kdm_meta WHERE key = 'application'"
            if transaction.scalar(find) == APPLICATION:
                return int(meta(transaction, "schema"))
            raise _foreign(database)
        foreign = database.dialect.name == "sqlite" and transaction.scalar(
            "SELECT count(*) FROM sqlite_master"
        )
    if foreign:
        raise _foreign(database)
    if not create:
        raise DatabaseNotFoundError(f"{database.place}: nothing is stored in it yet; {MAKE_ONE}")
    return 0


def _foreign(database: Database) -> StorageError:
    return StorageError(f"{database.place}: is another program's database; nothing was changed")


def _migrate(database: Database) -> None:
    if database.dialect.name == "sqlite":
        _shrinkable(database)
    for number, migration in enumerate(MIGRATIONS, start=1):
        with database.write() as transaction:
            if database.dialect.before_migrating:
                transaction.run(database.dialect.before_migrating)
            # Another process may have been faster since we looked.
            if not _applied(transaction, migration.name):
                migration.apply(transaction)
                if number == len(MIGRATIONS) and (known := stored_types(transaction)):
                    make_views(transaction, known, known)
                _record(transaction, migration.name, number)


def _shrinkable(database: Database) -> None:
    # Space can only be given back page by page if the file was made for it; later this says
    # nothing, and VACUUM does it.
    with database.driver() as driver:
        if not driver.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            driver.execute("PRAGMA auto_vacuum = INCREMENTAL")


def _applied(transaction: Transaction, name: str) -> bool:
    if not transaction.exists(f"{PREFIX}migrations"):
        return False
    count = "SELECT count(*) FROM kdm_migrations WHERE name = :name"
    return bool(transaction.scalar(count, {"name": name}))


def _record(transaction: Transaction, name: str, number: int) -> None:
    transaction.run(
        "INSERT INTO kdm_migrations (name, applied_at) VALUES (:name, :now)",
        {"name": name, "now": utc_now()},
    )
    transaction.run(
        "UPDATE kdm_meta SET value = :number WHERE key = 'schema'", {"number": str(number)}
    )
    if transaction.dialect.name == "sqlite":
        transaction.run(f"PRAGMA user_version = {number}")
