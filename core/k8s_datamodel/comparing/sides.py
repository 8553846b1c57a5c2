"""What the engine needs of a side: its ledger, and its rows in order of identity."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.data.objects import KubernetesObject, Row
from k8s_datamodel.data.snapshots import UNREDACTED
from k8s_datamodel.types.resource_types import ResourceType


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a side, before it is read.

    Attributes:
        identity: the values of its type's identity columns.
        whole: a digest of everything: the object and all columns, also the volatile ones. Rows
            with equal ones are never read. None if there is none.
        content: a digest of the complete object alone; None if there is none.
        held: the row itself, if it is in memory already.
        key: what reads the row, if it is stored.
    """

    identity: tuple[Any, ...]
    whole: Hashable | None = None
    content: Hashable | None = None
    held: Row | None = None
    key: int = 0


class TypeRows(Protocol):
    """The rows of one type of a side."""

    def entries(self) -> Iterator[Entry]:
        """All of them in order of identity: tuples by code point, null first. Called once."""

    def rows(self, entries: Sequence[Entry]) -> Iterable[Row]:
        """The rows of some entries, in their order, with the complete object as ``spec``."""


@dataclass(frozen=True, slots=True)
class HeldRows:
    """Rows that come in order of identity, with their objects, such as those of a moment."""

    resource_type: ResourceType
    source: Iterable[Row]

    def entries(self) -> Iterator[Entry]:
        """An entry for each row, with the row."""
        names = self.resource_type.identity
        for row in self.source:
            yield Entry(tuple(row.get(name) for name in names), held=row)

    def rows(self, entries: Sequence[Entry]) -> Iterable[Row]:
        """What the entries hold."""
        return [each.held or {} for each in entries]


class Digest(Protocol):
    """What a store says of a record, see ``contracts.RecordDigest``."""

    @property
    def identity(self) -> tuple[Any, ...]:
        """Values of the identity columns."""

    @property
    def key(self) -> int:
        """What reads the record."""

    @property
    def content(self) -> bytes:
        """Of the complete object."""

    @property
    def columns(self) -> bytes:
        """Of the object and the columns that are not volatile."""

    @property
    def state(self) -> bytes:
        """Of the volatile columns."""


class DigestingStore(Protocol):
    """A store with the capability ``digests``, see ``contracts.AbleStore``."""

    def digests(
        self, snapshot_id: int, resource_type: str, identity: Sequence[str] = ()
    ) -> Iterator[Digest]:
        """The records of a type by their digests, in order of identity."""

    def records(
        self,
        snapshot_id: int,
        resource_type: str,
        *,
        objects: bool,
        only: Sequence[int] | None = None,
    ) -> Iterator[Row]:
        """The rows that keys name, in their order."""


@dataclass(frozen=True, slots=True)
class StoredRows:
    """The rows of one type of a snapshot; only those are read whose digests differ."""

    store: DigestingStore
    snapshot_id: int
    resource_type: ResourceType

    def entries(self) -> Iterator[Entry]:
        """An entry for each digest."""
        kind = self.resource_type
        for each in self.store.digests(self.snapshot_id, kind.name, kind.identity):
            whole = each.columns, each.state
            yield Entry(each.identity, whole, each.content, key=each.key)

    def rows(self, entries: Sequence[Entry]) -> Iterable[Row]:
        """Read the rows of some entries."""
        keys = [each.key for each in entries]
        name = self.resource_type.name
        return self.store.records(self.snapshot_id, name, objects=True, only=keys)


def _nothing_found(type_name: str, identity: tuple[Any, ...]) -> KubernetesObject | None:
    return None


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison.

    Attributes:
        types: the resource types that it knows.
        rows: function of a type's name that gives its rows.
        ledger: what was read, and how that ended. It is looked at after the first row of a type
            was asked for, as a run has it only then.
        counts: rows by name of type, None where they could not all be read.
        namespace: the namespace that limited the reading.
        cluster: what identifies the cluster; the sides are of one if these are equal.
        redaction: id of the salt with which literals were replaced, ``none`` without.
        rules: of redaction, by number; None if unknown.
        stamps: by name of type, what changes with the code that made its columns.
        manifest: it says only what it names.
        dump: it is of files, which need not hold everything that the cluster has.
        find: function of a type's name and an identity that gives the complete object, if any.
        description: the moment as the document shows it.
    """

    types: Sequence[ResourceType]
    rows: Callable[[str], TypeRows]
    ledger: Sequence[LedgerEntry] = ()
    counts: Mapping[str, int | None] = field(default_factory=dict)
    namespace: str | None = None
    cluster: str = ""
    redaction: str = UNREDACTED
    rules: int | None = None
    stamps: Mapping[str, str] = field(default_factory=dict)
    manifest: bool = False
    dump: bool = False
    find: Callable[[str, tuple[Any, ...]], KubernetesObject | None] = _nothing_found
    description: Mapping[str, Any] = field(default_factory=dict)

    def has(self, type_name: str) -> bool:
        """Whether it is about a type at all."""
        named = (each for each in self.types if each.name == type_name)
        return any(not each.on_request or self._asked(type_name) for each in named)

    def _asked(self, type_name: str) -> bool:
        noted = any(entry.resource_type == type_name for entry in self.ledger)
        return noted or self.counts.get(type_name) is not None


def same_redaction(one: Side, other: Side) -> bool:
    """Whether both sides replaced the same literals: then a literal beside a token is a change."""
    redacted = (one.redaction == UNREDACTED) is (other.redaction == UNREDACTED)
    return redacted and one.rules is not None and one.rules == other.rules
