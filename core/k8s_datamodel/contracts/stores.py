"""The protocols of a storage backend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from k8s_datamodel.contracts.sources import ReusableObjects
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.fingerprints import UnchangedList
from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.data.objects import Record, Resource, Row
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot
from k8s_datamodel.types.resource_types import ResourceType


class SnapshotWriter(Protocol):
    """A snapshot being written. Readers see nothing of it before ``commit``.

    Left without ``commit``, it gives up and leaves nothing visible.
    """

    def __enter__(self) -> SnapshotWriter:
        """Start."""

    def __exit__(self, *exc_info: object) -> None:
        """Give up unless committed."""

    def write(self, resource_type: ResourceType, records: Sequence[Record]) -> None:
        """Add records. May be called many times for a type, types in any order."""

    def commit(self, snapshot: Snapshot, ledger: Sequence[LedgerEntry]) -> int:
        """Make the snapshot visible, whole, in one transaction; its id.

        ``uuid`` is kept, and ``created_at`` unless it is empty: copies stay what they were. A
        backend that makes digests raises errors.DamagedError for another ``digest``.
        """


class AbleWriter(SnapshotWriter, Protocol):
    """A writer with more. Each method is a capability: the host works without it."""

    def note_definition(self, resource: Resource, definition: str) -> None:
        """Keep what ``ReusableObjects.find`` must be asked with to find objects of this resource.

        Without it custom resources are read anew each time.
        """

    def amend(
        self, resource_type: ResourceType, values: Mapping[tuple[Any, ...], Mapping[str, Any]]
    ) -> None:
        """Complete records of a type that were written, before ``finish``.

        Without it columns that are ``Deferred`` stay as the collector gave them.

        Args:
            resource_type: has ``deferred`` columns.
            values: of these columns by name, by the record's values of the identity's columns.
        """

    def note_list(self, resource_type: ResourceType, resource: Resource, note: str) -> None:
        """Keep what ``ReusableRecords.unchanged_list`` gives of this list next time.

        Called before ``finish`` for a list that was read to its end, of which each object became
        one record of this type. Without it, or without ``keep``, each list is gone through.
        """

    def keep(self, resource_type: ResourceType, unchanged: UnchangedList) -> None:
        """Add the records of a list that did not change, in place of ``write`` for each.

        Raises errors.StorageError if they are there no more, or ``commit`` does.
        """

    def finish(self) -> Sequence[LedgerEntry]:
        """Write what is still kept back; an entry for each record that cannot be held.

        Called once, before ``commit``, whose ledger has the entries too. Without it such a record
        is an errors.UnstorableError of ``write`` or ``commit``, and no snapshot is stored.
        """


@dataclass(frozen=True, slots=True)
class SnapshotQuery:
    """Which snapshots. Fields may be added.

    Attributes:
        cluster_context: only of this context; None for all.
        limit: only the newest so many; None for all.
        later_than: only those whose time is later; None for all. A backend may give others too.
        other_than: only those of other contexts; None for all. A backend may give others too.
    """

    cluster_context: str | None = None
    limit: int | None = None
    later_than: str | None = None
    other_than: str | None = None


@dataclass(frozen=True, slots=True)
class StoreStats:
    """How much a database holds. Fields may be added.

    Attributes:
        location: path or URL, without a password.
        size: bytes on disk.
        snapshots: how many.
        first: timestamp of the oldest, None when there is none.
        last: timestamp of the newest.
        clusters: number of snapshots by cluster context.
        records: number of stored records by name of resource type, over all snapshots.
        storage: bytes by what they hold; the sum is ``size``. ``snapshots`` and ``ledger``, each
            resource type by its name, ``other`` for indexes and free space.
    """

    location: str
    size: int
    snapshots: int
    first: str | None
    last: str | None
    clusters: Mapping[str, int]
    records: Mapping[str, int]
    storage: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StoreSpace:
    """How much of a database is in use. Fields may be added.

    Attributes:
        used: bytes that hold something; pages that are free for reuse do not count.
        freed: about how many of these bytes the removal of the first one, two, ... of the snapshots
            that were asked for gives back. It never falls.
        pending: whether something that was deleted is still among the bytes in use, as another
            program stores; the last one that ends gives it back.
    """

    used: int
    freed: Sequence[int] = ()
    pending: bool = False


class RecordDigest(NamedTuple):
    """One record of a snapshot by its digests, see ``AbleStore.digests``.

    Equal digests of one kind mean equal values, also in two databases of one backend. Different
    ones say nothing: only the values tell whether, and how, they differ.

    Attributes:
        identity: values of the identity columns, as ``records`` gives them.
        key: what ``records`` takes as ``only``; it means something in this snapshot and type only.
        content: of the complete object, less what a backend need not keep of it.
        columns: of the complete object and of all columns that are not volatile.
        state: of the volatile columns; empty when all are null.
    """

    identity: tuple[Any, ...]
    key: int
    content: bytes
    columns: bytes
    state: bytes


class Sighting(NamedTuple):
    """A record of one thing in one snapshot by its digests, see ``AbleStore.sightings``.

    Attributes:
        snapshot_id: number of the snapshot that has it.
        key: what ``records`` takes as ``only``.
        content: as of ``RecordDigest``.
        columns: as of ``RecordDigest``.
        state: as of ``RecordDigest``.
        values: of the columns that were asked for, as ``records`` gives them.
    """

    snapshot_id: int
    key: int
    content: bytes
    columns: bytes
    state: bytes
    values: tuple[Any, ...]


class ValuesSeen(NamedTuple):
    """Values of some columns, and the snapshots that have a record with them.

    Attributes:
        values: of the columns that were asked for, as ``records`` gives them.
        snapshot_ids: numbers of the snapshots, one for each such record.
    """

    values: tuple[Any, ...]
    snapshot_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """What a query of a user gives.

    Attributes:
        columns: in their order; their names differ.
        rows: by column name; an iterable, read once. Times are text in UTC.
    """

    columns: Sequence[Column]
    rows: Iterable[Row]


class Store(Protocol):
    """An open database: what every backend has. Raises errors.StorageError, never its driver's."""

    def begin(self, types: Sequence[ResourceType]) -> SnapshotWriter:
        """Start writing a snapshot of these types (those that were skipped are left out).

        A type that this database cannot hold (a name it has itself, too many columns) is an
        errors.UnstorableError: the host then begins each type alone to find which ones, leaves
        those out, and begins with the others. Nothing is written before the writer is entered.
        """

    def snapshots(self, query: SnapshotQuery = SnapshotQuery()) -> Sequence[Snapshot]:
        """Snapshots, oldest first; the last of a cluster is its ``latest``.

        A snapshot that is stored here comes after all of its cluster that are here already,
        whatever its time says, as a clock may have been wrong. One that is copied here (it has a
        ``created_at`` when it is committed) comes where its time puts it, then by id.
        """

    def snapshot(self, snapshot_id: int) -> Snapshot:
        """One snapshot. Raises errors.SnapshotNotFoundError."""

    def records(self, snapshot_id: int, resource_type: str, *, objects: bool) -> Iterator[Row]:
        """Rows of one type of a snapshot, in order of identity, typed as the columns say.

        No lock is held between two rows. ``objects`` adds the complete object as ``spec``.
        """

    def ledger(self, snapshot_id: int) -> Sequence[LedgerEntry]:
        """The ledger of a snapshot. Raises errors.SnapshotNotFoundError."""

    def close(self) -> None:
        """Close. Called once."""


class AbleStore(Store, Protocol):
    """A store with more. Each attribute is a capability, which ``StorageSpec.can`` names."""

    @property
    def redaction_key(self) -> bytes:
        """Secret salt of this database for ``redaction``; made with the database, never changed.

        Without it each snapshot has a salt of its own, so nobody sees whether a credential changed.
        """

    def reusable(self, cluster: ClusterInfo, redaction: str) -> ReusableObjects | None:
        """What the newest snapshot of a cluster holds; None when nothing can be reused.

        ``redaction`` is that of the snapshot to come: objects of another are not reused. Without
        it every snapshot reads everything.
        """

    def beside(
        self, snapshot_id: int, resource_type: str, *, only: Sequence[int] | None = None
    ) -> Iterator[Mapping[str, Any]]:
        """What is kept beside each record (``Record.beside``), in the order of ``records``.

        Empty for a record without any. A store that has ``digests``, too, takes ``only``, keys of
        these, and gives what is beside their records, in their order. A store with this capability
        also keeps the ``redaction_rules`` and the ``stamps`` of snapshots. Raises
        errors.SnapshotNotFoundError.
        """

    def baselines(self) -> Mapping[str, int]:
        """Numbers of the snapshots that have a name, by name; ``delete`` passes them over.

        A store with this capability has ``set_baseline`` and ``unset_baseline``, too.
        """

    def set_baseline(self, name: str, snapshot_id: int) -> int | None:
        """Give a snapshot a name; the number of the one that had it before, None for none.

        Raises errors.SnapshotNotFoundError.
        """

    def unset_baseline(self, name: str) -> bool:
        """Take a name away; whether there was one."""

    def note(self, snapshot_id: int, text: str, *, append: bool = False) -> None:
        """Replace the user's words on a snapshot, or add to them, which no digest counts.

        Raises errors.SnapshotNotFoundError.
        """

    def digests(
        self, snapshot_id: int, resource_type: str, identity: Sequence[str] = ()
    ) -> Iterator[RecordDigest]:
        """The records of one type of a snapshot by their digests; nothing of them is decoded.

        They come in order of identity: by the columns from left to right, null first, texts by
        code point, whatever the database would do by itself. ``identity`` names these columns; by
        default they are those that the database knows. No lock is held between two of them.
        Raises errors.SnapshotNotFoundError.

        ``records`` of a store with this capability also takes ``only``. Without it two snapshots
        are compared row by row, which costs the more the larger they are.
        """

    def records(
        self,
        snapshot_id: int,
        resource_type: str,
        *,
        objects: bool,
        only: Sequence[int] | None = None,
    ) -> Iterator[Row]:
        """As ``Store.records``; ``only`` are keys of ``digests``, whose rows come in their order.

        A part of the capability ``digests``.
        """

    def differing(
        self, snapshot_id: int, other_id: int, resource_type: str, identity: Sequence[str] = ()
    ) -> Iterator[RecordDigest]:
        """Those of ``digests`` of which another snapshot has none with equal columns and state.

        In the order of ``digests``. Without it all of both are compared, which costs the more the
        larger they are, however little differs. Raises errors.SnapshotNotFoundError for either.
        """

    def sightings(
        self, resource_type: str, identity: Mapping[str, Any], columns: Sequence[str] = ()
    ) -> Iterator[Sighting]:
        """One thing in each snapshot that has it, in order of the snapshots' numbers.

        Args:
            resource_type: name of its type.
            identity: its value of each identity column by name.
            columns: those whose values are wanted.

        A store with this capability has ``digests`` and ``ever_stored``, too. Without it each
        snapshot is read from its beginning until the thing comes.
        """

    def ever_stored(self, resource_type: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """The values of some columns that are not volatile, each combination once, in no order.

        Of all snapshots of all clusters; what only a deleted snapshot had may be among them. A
        part of the capability ``sightings``.
        """

    def series(
        self, snapshot_ids: Sequence[int], resource_type: str, columns: Sequence[str]
    ) -> Iterator[ValuesSeen]:
        """The values of some columns of all records of some snapshots, in no order.

        Values may come several times, each time with other snapshots. A column that is not known is
        null. Numbers of no snapshot are passed over. Memory grows with the records of all of them.
        Without it the snapshots are read one by one.
        """

    def sums(self, snapshot_ids: Sequence[int]) -> Mapping[int, Mapping[str, str | None]]:
        """What the records of some snapshots sum up to, by number and name of type.

        Two snapshots with equal ones of a type have equal records of it, with equal columns and
        state. Different ones say nothing, and null says that it is not known. Each type that the
        counts or the ledger of a snapshot name is there, and no other. Numbers of no snapshot are
        passed over. Without it all of both are asked for what differs, however often nothing does.
        """

    def types(self) -> Sequence[ResourceType]:
        """Every type of which there are records, also of plugins that are gone; no collectors.

        ``database copy`` needs it.
        """

    def delete(self, snapshot_ids: Sequence[int]) -> int:
        """Remove snapshots and what only they needed, give the space back; how many there were."""

    def query(
        self, statement: str, values: Mapping[str, str], seconds: float
    ) -> AbstractContextManager[QueryAnswer]:
        """The answer of a query in the language of the database, which may only read.

        It is asked when the context is entered. No lock is held while the answer is read.

        Args:
            statement: one statement; what it names as ``:name`` is bound and never spliced.
            values: by these names, as texts.
            seconds: how long the database may take, before it is a StorageError.

        Raises errors.UsageError with the database's words for what it does not take, and for what
        would write.
        """

    def stats(self) -> StoreStats:
        """How much there is of what."""

    def space(self, order: Sequence[int] = ()) -> StoreSpace:
        """How much is in use, and what removing snapshots in this order would give back."""

    def verify(self) -> Sequence[str]:
        """What is wrong with digests, references and ledgers, a line each; none if well."""

    def backup(self, path: Path) -> None:
        """Write a copy that opens, also while others write.

        Raises errors.StorageError, and errors.UsageError for what cannot be its place: the
        database itself, or what is no regular file where a backup is a file.
        """


@dataclass(frozen=True, slots=True)
class StorageRequest:
    """Which database to open. Fields may be added.

    Attributes:
        url: what ``--db-path`` says: a path, or a URL whose scheme chose the backend.
        types: the active resource types, whose relations the backend provides.
        create: make the database when there is none; without it that is an error.
    """

    url: str
    types: tuple[ResourceType, ...]
    create: bool = False


class StoreFactory(Protocol):
    """Target of a ``StorageSpec``."""

    def __call__(self, request: StorageRequest) -> Store:
        """Open a database, with what ``StorageSpec.can`` says. Raises errors.StorageError."""


class Restore(Protocol):
    """What ``StorageSpec.restore`` names."""

    def __call__(self, request: StorageRequest, backup: Path) -> Sequence[Path]:
        """Put what ``Store.backup`` wrote in the place of a database, whole or not at all.

        Nothing is changed unless ``Store.verify`` finds nothing wrong with the backup and nobody
        else uses the database; the backup itself stays as it is.

        Returns:
            What was in its place and is no database that can be opened, moved aside.

        Raises:
            StorageError: one of these, or it cannot be read or written.
            UsageError: the backup is the database, or is not there.
        """
