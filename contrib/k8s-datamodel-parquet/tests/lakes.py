"""Databases in memory, a place that counts what is done to it, and what a reader of a lake sees."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow.parquet as pq
from pyarrow import fs

from k8s_datamodel.api import (
    ClusterInfo,
    Column,
    LedgerEntry,
    Moment,
    Outcome,
    ResourceType,
    Snapshot,
)
from k8s_datamodel.commands import StoredSnapshots
from k8s_datamodel_parquet.lake.compacting import Compacted, compact
from k8s_datamodel_parquet.lake.lakes import Lake
from k8s_datamodel_parquet.lake.storage import Folder, Storage
from k8s_datamodel_parquet.lake.writing import Written, write

SHIPS = ResourceType(
    name="ships",
    columns=(
        Column("name"),
        Column("tons", "integer"),
        Column("afloat", "boolean"),
        Column("flags", "list"),
        Column("cargo", "json"),
    ),
    identity=("name",),
    collector=lambda reader: (),
)
LATER = replace(
    SHIPS,
    columns=(
        Column("name"),
        Column("tons", "real"),
        Column("afloat"),
        Column("flags", "json"),
        Column("cargo", "json"),
        Column("port"),
    ),
)
"""The type of a later version: a column is added, and three are wider."""

SHIP = {
    "name": "Grüße",
    "tons": 5,
    "afloat": True,
    "flags": ["a", "b, c"],
    "cargo": {"ü": [1, None]},
}
LATER_SHIP = {**SHIP, "tons": 7.25, "afloat": "half", "flags": {"a": 1}, "port": "Oslo"}


@dataclass
class MadeMoment:
    """The part of a moment that a lake asks for."""

    snapshot: Snapshot
    types: Sequence[ResourceType]
    held: Mapping[str, Sequence[Mapping[str, Any]]]
    ledger: Sequence[LedgerEntry] = ()

    def asked_for(self, resource_type: ResourceType) -> bool:
        return resource_type.name in self.snapshot.counts

    def rows(self, name: str, *, objects: bool = False) -> Iterator[Mapping[str, Any]]:
        return iter(self.held.get(name, ()))


@dataclass
class Database:
    """Snapshots in memory, as ``stored_snapshots`` gives them."""

    types: Sequence[ResourceType] = (SHIPS,)
    moments: dict[str, MadeMoment] = field(default_factory=dict)

    def add(
        self,
        day: str,
        cluster: str = "prod",
        rows: Sequence[Mapping[str, Any]] = (SHIP,),
        about: ClusterInfo | None = None,
        **more: Any,
    ) -> Snapshot:
        number = len(self.moments) + 1
        values = {
            "timestamp": f"{day} 10:00:{number:02}",
            "cluster": about or ClusterInfo(cluster, f"uid-of-{cluster}"),
            "counts": {"ships": len(rows)},
            "redaction": "salt",
            "id": number,
            "uuid": f"{cluster}-{day}-{number}",
            "created_at": f"{day} 11:00:00",
        }
        snapshot = Snapshot(**{**values, **more})
        ledger = [LedgerEntry("ships", "list of ships", Outcome("complete"))]
        self.moments[snapshot.uuid] = MadeMoment(snapshot, self.types, {"ships": rows}, ledger)
        return snapshot

    @property
    def snapshots(self) -> Sequence[Snapshot]:
        return [each.snapshot for each in self.moments.values()]

    def moment(self, snapshot: Snapshot) -> Moment:
        return cast(Moment, self.moments[snapshot.uuid])


class KilledError(BaseException):
    """The process is gone: nothing that it still tries works."""


class Watched(Storage):
    """An object store, or a folder, at which something happens before each change."""

    def __init__(self, inner: Storage, before: Callable[[int], None]) -> None:
        super().__init__(inner._system, inner._root)
        self._inner, self._before, self.changes = inner, before, 0
        self._kept = before

    def _changes(self) -> None:
        number, self.changes = self.changes, self.changes + 1
        self._before(number)

    @contextmanager
    def writing(self, path: str) -> Iterator[BinaryIO]:
        kept = io.BytesIO()
        yield kept
        self._changes()
        self._inner.write(path, kept.getvalue())

    def write(self, path: str, content: bytes) -> None:
        self._changes()
        self._inner.write(path, content)

    def remove(self, path: str) -> None:
        self._changes()
        self._inner.remove(path)

    def alone(self) -> Any:
        return self._inner.alone()


def dying(at: int) -> Callable[[int], None]:
    def before(number: int) -> None:
        if number >= at:
            raise KilledError

    return before


def bucket() -> Storage:
    """An object store: it has no lock."""
    return Storage(fs._MockFileSystem(), "bucket/lake")


def folder(path: Path) -> Storage:
    return Folder(path / "lake")


def written(storage: Storage, database: Database, partition: str | None = None) -> Written:
    return write(Lake.made(storage, partition), cast(StoredSnapshots, database))


def compacted(storage: Storage, *, grace: float = 0, later: float = 0) -> Compacted:
    """``later``: so many seconds from now."""
    import time

    return compact(Lake.opened(storage), grace=grace, now=time.time() + later + 1)


def told(storage: Storage) -> list[dict[str, str]]:
    """What engines are told: every list of files."""
    contents = [storage.read(each.path) for each in storage.files("files")]
    return [row for each in contents for row in csv.DictReader((each or b"").decode().splitlines())]


def rows_in(storage: Storage, files: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    found = []
    for each in files:
        with storage.opened(each["file"]) as file:
            found += pq.read_table(file, partitioning=None).to_pylist()
    return found


def seen(storage: Storage, relation: str = "ships") -> Counter[str]:
    """How many rows a reader sees of each snapshot."""
    name = "id" if relation == "inventory_snapshots" else "snapshot_id"
    files = [each for each in told(storage) if each["relation"] == relation]
    return Counter(row[name] for row in rows_in(storage, files))


MONDAY, TUESDAY = "2026-11-23", "2026-11-24"


def fleet() -> Database:
    """Two clusters, of one of them two snapshots on one day; three rows in each."""
    database = Database()
    for day, cluster in ((MONDAY, "prod"), (MONDAY, "prod"), (MONDAY, "lab"), (TUESDAY, "prod")):
        database.add(day, cluster, [{**SHIP, "name": f"ship {number}"} for number in range(3)])
    return database


def whole(*databases: Database) -> Counter[str]:
    """What is seen of databases whose snapshots have three rows each."""
    return Counter({name: 3 for each in databases for name in each.moments})
