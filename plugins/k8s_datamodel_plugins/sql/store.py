"""The storage backend: what ``sql.register_storage_backends`` points at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from k8s_datamodel.api import (
    ClusterInfo,
    LedgerEntry,
    QueryAnswer,
    RecordDigest,
    ResourceType,
    Row,
    Sighting,
    Snapshot,
    SnapshotQuery,
    StorageRequest,
    StoreFactory,
    StoreSpace,
    StoreStats,
    ValuesSeen,
)
from k8s_datamodel_plugins.sql.access.connection import Database
from k8s_datamodel_plugins.sql.access.location import check_file, locate
from k8s_datamodel_plugins.sql.keeping import baselines
from k8s_datamodel_plugins.sql.keeping.garbage import delete_snapshots
from k8s_datamodel_plugins.sql.keeping.restore import backup
from k8s_datamodel_plugins.sql.keeping.space import read_space
from k8s_datamodel_plugins.sql.keeping.verify import find_problems
from k8s_datamodel_plugins.sql.layout.meta_table import meta
from k8s_datamodel_plugins.sql.layout.migrations import prepare
from k8s_datamodel_plugins.sql.layout.schema import fit
from k8s_datamodel_plugins.sql.layout.stored_types import stored_types
from k8s_datamodel_plugins.sql.readers import record_reader, snapshot_reader
from k8s_datamodel_plugins.sql.readers.query_answers import answer
from k8s_datamodel_plugins.sql.readers.record_digests import read_differing, read_digests
from k8s_datamodel_plugins.sql.readers.reusable_objects import SqlReusableObjects, reusable_objects
from k8s_datamodel_plugins.sql.readers.series_reader import read_series
from k8s_datamodel_plugins.sql.readers.sighting_reader import read_ever_stored, read_sightings
from k8s_datamodel_plugins.sql.readers.statistics import read_stats
from k8s_datamodel_plugins.sql.writers.writer import SqlSnapshotWriter

_ALL = SnapshotQuery()


def open_store(request: StorageRequest) -> SqlStore:
    """Open a database; with ``request.create``, make it when there is none.

    Raises StorageError, which says in one line what is wrong, where, and what to do.
    """
    location = locate(request.url)
    check_file(location, create=request.create)
    database = Database(location)
    try:
        if prepare(database, create=request.create):
            _fit_known(database, request.types)
    except BaseException:
        database.close()
        raise
    if location.path:
        return FileStore(database, request.types, location.path)
    return SqlStore(database, request.types)


def shipped_queries() -> Path:
    """The folder of queries on snapshots as a whole."""
    return Path(__file__).with_name("queries")


def _fit_known(database: Database, types: Sequence[ResourceType]) -> None:
    """Give an earlier version's database the relations that its types have today."""
    with database.read() as transaction:
        known = stored_types(transaction)
    fit(database, [each for each in types if each.name in known], ())


class SqlStore:
    """A ``contracts.Store`` on SQLite or PostgreSQL, and what only a database can do.

    Threads may share it. Every method raises StorageError, never a driver's exception.
    """

    def __init__(self, database: Database, types: Sequence[ResourceType]) -> None:
        self._database = database
        self._types = tuple(types)

    @property
    def place(self) -> str:
        """How messages name this database: a path, or a URL without its secrets."""
        return self._database.place

    @property
    def redaction_key(self) -> bytes:
        """Secret salt of this database, 32 bytes; made with it, never changed."""
        with self._database.read() as transaction:
            return bytes.fromhex(meta(transaction, "redaction_key"))

    def begin(self, types: Sequence[ResourceType]) -> SqlSnapshotWriter:
        """Start writing a snapshot of these types; makes the relations of all active ones."""
        needed = [each.name for each in types]
        active = {each.name: each for each in (*self._types, *types)}
        stored = fit(self._database, list(active.values()), needed)
        defers = {each.name for each in types if each.deferred}
        return SqlSnapshotWriter(self._database, [stored[name] for name in needed], defers)

    def reusable(self, cluster: ClusterInfo, redaction: str = "") -> SqlReusableObjects | None:
        """What the newest snapshots of a cluster hold."""
        return reusable_objects(self._database, cluster, redaction)

    def snapshots(self, query: SnapshotQuery = _ALL) -> Sequence[Snapshot]:
        """Snapshots, oldest first."""
        return snapshot_reader.read_snapshots(self._database, query)

    def snapshot(self, snapshot_id: int) -> Snapshot:
        """One snapshot. Raises SnapshotNotFoundError."""
        return snapshot_reader.read_snapshot(self._database, snapshot_id)

    def records(
        self,
        snapshot_id: int,
        resource_type: str,
        *,
        objects: bool,
        only: Sequence[int] | None = None,
    ) -> Iterator[Row]:
        """Rows of one type in order of identity, each with ``id``; ``spec`` too if asked for.

        With ``only``, those that have these keys of ``digests``, in their order.
        """
        return record_reader.read_records(
            self._database, snapshot_id, resource_type, objects=objects, only=only
        )

    def beside(
        self, snapshot_id: int, resource_type: str, *, only: Sequence[int] | None = None
    ) -> Iterator[Mapping[str, Any]]:
        """What is kept beside each record of one type, in the order of ``records``."""
        return record_reader.read_beside(self._database, snapshot_id, resource_type, only)

    def digests(
        self, snapshot_id: int, resource_type: str, identity: Sequence[str] = ()
    ) -> Iterator[RecordDigest]:
        """The records of one type in order of identity, each by its digests."""
        return read_digests(self._database, snapshot_id, resource_type, identity)

    def differing(
        self, snapshot_id: int, other_id: int, resource_type: str, identity: Sequence[str] = ()
    ) -> Iterator[RecordDigest]:
        """Those of ``digests`` that another snapshot does not have."""
        return read_differing(self._database, snapshot_id, other_id, resource_type, identity)

    def sightings(
        self, resource_type: str, identity: Mapping[str, Any], columns: Sequence[str] = ()
    ) -> Iterator[Sighting]:
        """One thing in each snapshot that has it, in order of the snapshots' numbers."""
        return read_sightings(self._database, resource_type, identity, columns)

    def ever_stored(self, resource_type: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """The values of some columns over all snapshots, each combination once."""
        return read_ever_stored(self._database, resource_type, columns)

    def sums(self, snapshot_ids: Sequence[int]) -> Mapping[int, Mapping[str, str | None]]:
        """What the records of some snapshots sum up to, by number and name of type."""
        return snapshot_reader.read_sums(self._database, snapshot_ids)

    def series(
        self, snapshot_ids: Sequence[int], resource_type: str, columns: Sequence[str]
    ) -> Iterator[ValuesSeen]:
        """The values of some columns of all records of some snapshots, in no order."""
        return read_series(self._database, snapshot_ids, resource_type, columns)

    def ledger(self, snapshot_id: int) -> Sequence[LedgerEntry]:
        """The ledger of a snapshot. Raises SnapshotNotFoundError."""
        return snapshot_reader.read_ledger(self._database, snapshot_id)

    def types(self) -> Sequence[ResourceType]:
        """Every type that was ever stored here, also of plugins that are gone; no collectors."""
        with self._database.read() as transaction:
            return [stored.type for stored in stored_types(transaction).values()]

    def delete(self, snapshot_ids: Sequence[int]) -> int:
        """Remove snapshots and what only they needed; how many there were."""
        return delete_snapshots(self._database, snapshot_ids)

    def baselines(self) -> Mapping[str, int]:
        """Numbers of the snapshots that have a name, by name."""
        return baselines.read_baselines(self._database)

    def set_baseline(self, name: str, snapshot_id: int) -> int | None:
        """Give a snapshot a name; the number of the one that had it. Raises as ``snapshot``."""
        return baselines.set_baseline(self._database, name, snapshot_id)

    def unset_baseline(self, name: str) -> bool:
        """Take a name away; whether there was one."""
        return baselines.unset_baseline(self._database, name)

    def note(self, snapshot_id: int, text: str, *, append: bool = False) -> None:
        """Replace the user's words on a snapshot, or add to them. Raises as ``snapshot``."""
        baselines.note(self._database, snapshot_id, text, append=append)

    def query(
        self, statement: str, values: Mapping[str, str], seconds: float
    ) -> AbstractContextManager[QueryAnswer]:
        """The answer of a user's query, which only reads. Raises UsageError."""
        return answer(self._database, statement, values, seconds)

    def stats(self) -> StoreStats:
        """How much there is of what."""
        return read_stats(self._database)

    def space(self, order: Sequence[int] = ()) -> StoreSpace:
        """How many bytes are in use, and what removing snapshots in this order gives back."""
        return read_space(self._database, order)

    def verify(self) -> Sequence[str]:
        """One line for each thing that is wrong with the database; it is read in full."""
        return list(find_problems(self._database))

    def close(self) -> None:
        """Close. Called once."""
        self._database.close()


class FileStore(SqlStore):
    """A store on an SQLite file."""

    def __init__(self, database: Database, types: Sequence[ResourceType], path: Path) -> None:
        super().__init__(database, types)
        self._path = path

    def backup(self, path: Path) -> None:
        """Copy the database into a file of its own, whole, while others may write."""
        backup(self._database, self._path, path)


if TYPE_CHECKING:
    _conforms: StoreFactory = open_store
