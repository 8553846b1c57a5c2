"""What a source, a collector, a storage backend and a formatter must be able to do.

They are protocols: a plugin needs no base class. Whoever implements one may raise
``errors.DatamodelError`` with a message for the user; anything else is a fault of the plugin.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TextIO, runtime_checkable

from k8s_datamodel.model import (
    ClusterInfo,
    Count,
    Document,
    LedgerEntry,
    Outcome,
    Page,
    Row,
    Section,
    Snapshot,
    SourceRequest,
    Status,
    Table,
    Wanted,
)
from k8s_datamodel.resource_types import KubernetesObject, Record, Resource, ResourceType


class KnownObjects(Protocol):
    """Objects of earlier snapshots that need not be read again. Read-only, safe in threads."""

    def find(
        self, resource: Resource, versions: Mapping[str, str], context: str = ""
    ) -> Mapping[str, KubernetesObject]:
        """Objects that the store still holds unchanged.

        Args:
            resource: of which list.
            versions: ``metadata.resourceVersion`` by ``metadata.uid``, as the server has it now.
            context: what was noted with the resource by ``SnapshotWriter.note_context`` must be
                this; a backend that notes none is never asked with one.

        Returns:
            The complete stored object by uid, for those whose resourceVersion is the same. A
            ``RedactedObject`` is stored as it is, any other is redacted again.
        """


@dataclass(frozen=True, slots=True)
class ListRequest:
    """One list of a source. It may grow.

    Attributes:
        resource: what to list.
        namespace: only this namespace, where the resource is namespaced; None for all.
        known: what need not be read again; None to read everything.
        label_selector: only objects with such labels. A source that cannot select gives all, and
            the host selects.
        field_selector: only objects with such fields; likewise.
    """

    resource: Resource
    namespace: str | None = None
    known: KnownObjects | None = None
    label_selector: str = ""
    field_selector: str = ""


class Source(Protocol):
    """Somewhere objects come from. ``list`` and ``count`` may be called from several threads."""

    def describe(self, record: Callable[[LedgerEntry], None]) -> ClusterInfo:
        """What the cluster is; ``record`` is called for each (optional) read that this took."""

    def list(self, request: ListRequest) -> Generator[Page, None, Outcome]:
        """Yield the objects of a list, page by page, and return how it ended.

        API faults are outcomes, never exceptions: whoever iterates keeps what was read before.
        """

    def count(self, resource: Resource, namespace: str | None = None) -> Count:
        """How many objects there are, as cheaply as the source can tell."""

    def close(self) -> None:
        """Give connections and files back. Called once."""


@runtime_checkable
class NamespaceSource(Protocol):
    """What a source can do besides: tell whether there is a namespace.

    Every list in a namespace that is not there is empty. A run that is limited to one asks first.
    """

    def namespace(self, name: str) -> Outcome:
        """``complete`` if there is such a namespace, ``absent`` if there surely is none.

        ``partial`` if the source has nothing of it and need not: the run is incomplete. Any other
        status says that it is not known.
        """


class SourceFactory(Protocol):
    """Target of a ``SourceSpec``."""

    def __call__(self, request: SourceRequest) -> Source:
        """Open a source. Raises errors.SourceError or errors.UsageError when it cannot be."""


class CollectContext(Protocol):
    """What a collector may ask for. Every read lands in the ledger, under the collector's type."""

    @property
    def namespace(self) -> str | None:
        """The namespace that limits the run, or None."""

    def objects(self, resource: Resource) -> Iterator[KubernetesObject]:
        """Stream the complete objects of a list. Ends early, without an exception, at a fault."""

    def pages(self, resource: Resource) -> Iterator[Page]:
        """The same, page by page, for collectors that start counts for a page at once."""

    def facts(self, resource: Resource) -> Sequence[Any]:
        """What the type's ``Read`` of this resource makes of each object; nothing at a fault."""

    def status(self, resource: Resource) -> Status:
        """How the run's read of a resource ended: unknown is not none. Reads it if need be."""

    def whole(self, resource: Resource) -> bool:
        """Whether the source vouches that what it gave of a resource is all that there is.

        A dump often cannot, though its read is ``complete``. Reads the resource if need be.
        """

    @property
    def patterns(self) -> Sequence[str]:
        """What was asked for of a type that is on request, ``("*",)`` for all of it."""

    def wanted(self, values: Mapping[str, Any]) -> bool:
        """Whether a record with these values of some columns can be of use to this run.

        Where it cannot, as a filter would drop it, a collector need not read it.
        """

    def lists(self, wanted: Iterable[Wanted]) -> Iterator[tuple[Resource, Page]]:
        """Stream the complete objects of many lists, some of them at the same time.

        For types that say ``discovers``. Each list lands in the ledger, whether it could be read
        or not; pages come as they are read, those of one list in order. A list of a kind that is
        not served is ``failed``: another list said that the kind is there.
        """

    def count(self, resources: Sequence[Resource]) -> Iterator[Count]:
        """Count the objects of each resource, in the order asked.

        All are started at once, in parallel; iterating waits for one after the other. Ask for
        kinds that are served, as those of established CRDs: the count of any other is ``failed``.
        """

    def fault(self, what: str, reason: str) -> None:
        """Put into the ledger that something was read and could not be understood.

        The type's other records stand; the snapshot is incomplete.

        Args:
            what: its name, as ``secrets shop/sh.helm.release.v1.web.v2``.
            reason: for people, in one line.
        """

    def note(self, what: str, outcome: Outcome, *, optional: bool = False) -> None:
        """Put into the ledger what was found out of something that is no list.

        Such as ``Outcome("partial", why)`` where a dump turns out not to cover what the type needs:
        the number of its records is then unknown, and the snapshot incomplete.

        Args:
            what: its name.
            outcome: how it ended.
            optional: it only enriches, and leaves the number of records as it is.
        """


class Collector(Protocol):
    """Target of a ``ResourceType``: makes records of what the context gives."""

    def __call__(self, context: CollectContext) -> Iterable[Record]:
        """Yield one record for each thing of the type, in any order."""


class SnapshotWriter(Protocol):
    """A snapshot being written. Nothing of it is seen by a reader before ``commit``.

    Left as a context manager without ``commit``, it gives up and leaves nothing visible.
    """

    def __enter__(self) -> SnapshotWriter:
        """Start."""

    def __exit__(self, *exc_info: object) -> None:
        """Give up unless committed."""

    def write(self, resource_type: ResourceType, records: Sequence[Record]) -> None:
        """Add records. May be called many times for a type, types in any order."""

    def note_context(self, resource: Resource, context: str) -> None:
        """Keep what ``KnownObjects.find`` must be asked with to find objects of this resource.

        A backend without this method works; custom resources are then read anew each time.
        """

    def finish(self) -> Sequence[LedgerEntry]:
        """Write what is still kept back; an entry for each record that cannot be held.

        Called once, after the last ``write`` and before ``commit``, whose ledger has the entries
        too. Where a backend lacks this method, or nobody calls it, a record that cannot be held
        is an errors.UnstorableError of ``write`` or ``commit``, and no snapshot is stored.
        """

    def commit(self, snapshot: Snapshot, ledger: Sequence[LedgerEntry]) -> int:
        """Make the snapshot visible, whole, in one transaction; its id.

        Its ``uuid`` is kept, and so is its ``created_at`` unless it is empty: a snapshot that is
        copied says of itself what it said before. One whose ``digest`` the backend makes itself,
        and finds to be another one, is an errors.DamagedError.
        """


@dataclass(frozen=True, slots=True)
class SnapshotQuery:
    """Which snapshots. It may grow.

    Attributes:
        cluster_context: only of this context; None for all.
        limit: only the newest so many; None for all.
        later_than: only those whose time is later; None for all. A backend may give others too.
    """

    cluster_context: str | None = None
    limit: int | None = None
    later_than: str | None = None


@dataclass(frozen=True, slots=True)
class StoreStats:
    """How much a database holds. It may grow.

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


class Store(Protocol):
    """An open storage backend. Raises errors.StorageError with a clear line, never its driver's."""

    @property
    def redaction_key(self) -> bytes:
        """Secret salt of this database for ``redaction``; made with the database, never changed."""

    def begin(self, types: Sequence[ResourceType]) -> SnapshotWriter:
        """Start writing a snapshot of these types (those that were skipped are left out).

        A type that this database cannot hold (a name it has itself, too many columns) is an
        errors.UnstorableError: the host then begins each type alone to find which ones, leaves
        those out, and begins with the others. Nothing is written before the writer is entered.
        """

    def known(self, cluster: ClusterInfo, redaction: str) -> KnownObjects | None:
        """What the newest snapshot of a cluster holds; None when nothing can be reused.

        ``redaction`` is that of the snapshot to come: objects of another are not reused.
        """

    def snapshots(self, query: SnapshotQuery = SnapshotQuery()) -> Sequence[Snapshot]:
        """Snapshots, oldest first; the last of a cluster is its ``latest``.

        One that is stored here comes after all of its cluster that are here already, whatever its
        time says, as a clock may have been wrong. One that is copied here (it has a ``created_at``
        when it is committed) comes where its time puts it. Beyond that by time, then id.
        """

    def snapshot(self, snapshot_id: int) -> Snapshot:
        """One snapshot. Raises errors.SnapshotNotFoundError."""

    def records(self, snapshot_id: int, resource_type: str, *, specs: bool) -> Iterator[Row]:
        """Rows of one type of a snapshot, in order of identity, typed as the columns say.

        No lock is held between two rows. ``specs`` adds the complete object as ``spec``.
        """

    def ledger(self, snapshot_id: int) -> Sequence[LedgerEntry]:
        """The ledger of a snapshot. Raises errors.SnapshotNotFoundError."""

    def types(self) -> Sequence[ResourceType]:
        """Every type of which there are records, also of plugins that are gone; no collectors."""

    def delete(self, snapshot_ids: Sequence[int]) -> int:
        """Remove snapshots and what only they needed, give the space back; how many there were."""

    def stats(self) -> StoreStats:
        """How much there is of what."""

    def verify(self) -> Sequence[str]:
        """What is wrong with digests, references and ledgers, a line each; none if well."""

    def backup(self, path: Path) -> None:
        """Write a copy that opens, also while others write.

        Raises errors.StorageError, and errors.UsageError for what cannot be its place: the
        database itself, or what is no regular file where a backup is a file.
        """

    def close(self) -> None:
        """Close. Called once."""


@dataclass(frozen=True, slots=True)
class StorageRequest:
    """Which database to open. It may grow.

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
        """Open a database. Raises errors.StorageError."""


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


@dataclass(frozen=True, slots=True)
class Output:
    """Where a formatter writes. It may grow.

    Attributes:
        text: UTF-8 text stream; write here unless the format is binary.
        binary: the byte stream beneath it.
        color: whether escape sequences may be used.
        width: of the terminal in columns; None when it is none, so nothing may be cut or wrapped.
    """

    text: TextIO
    binary: BinaryIO
    color: bool = False
    width: int | None = None


class Formatter(Protocol):
    """Target of a ``FormatterSpec``. Writes as it reads: rows may be more than memory holds."""

    def listing(self, listing: Section | Table, output: Output) -> None:
        """Write rows."""

    def record(self, section: Section, row: Row, output: Output) -> None:
        """Write one record in full, what ``get`` shows."""

    def document(self, document: Document, output: Output) -> None:
        """Write one snapshot."""

    def documents(self, documents: Iterable[Document], output: Output) -> None:
        """Write many snapshots, what ``export-all`` gives."""

    def value(self, value: Mapping[str, Any], output: Output) -> None:
        """Write a plain mapping of scalars, lists and mappings, such as statistics."""
