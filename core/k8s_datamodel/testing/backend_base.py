"""Databases for the tests of a storage backend, and how to store into them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

import pytest

from k8s_datamodel.contracts.specs import StorageSpec, capabilities
from k8s_datamodel.contracts.stores import AbleStore, StorageRequest, Store
from k8s_datamodel.data.objects import Record
from k8s_datamodel.testing.alone import alone
from k8s_datamodel.testing.parts import LEDGER, PARTS, snapshot

Test = TypeVar("Test", bound=Callable[..., None])


def needs(*what: str) -> Callable[[Test], Test]:
    """A test of these capabilities, which is left out where a backend does not declare them."""

    def mark(test: Test) -> Test:
        test.__dict__["needs"] = frozenset(what)
        return test

    return mark


class BackendTests:
    """What tests of a backend work with."""

    storage: ClassVar[StorageSpec]

    def __init_subclass__(cls) -> None:
        """Leave out the tests of what the backend does not declare."""
        if storage := getattr(cls, "storage", None):
            for name in dir(cls):
                if not getattr(getattr(cls, name), "needs", frozenset()) <= capabilities(storage):
                    setattr(cls, name, None)

    def url(self, path: Path) -> str:
        """What ``--db-path`` says for a database at a path where there is nothing yet."""
        return f"{self.storage.scheme}:///{path}"

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self._path = tmp_path / "kit.db"
        self._opened: list[AbleStore] = []
        yield
        for store in self._opened:
            store.close()

    def open(self, path: Path | None = None, *, create: bool = True) -> AbleStore:
        """The test's database, or the one at a path; closed when the test ends."""
        registry = alone(self.storage)
        factory = registry.load_target(self.storage)
        store = cast(AbleStore, factory(self._request(path or self._path, create=create)))
        self._opened.append(store)
        registry.expect(self.storage, store, Store, self.storage.can)
        return store

    def _request(self, path: Path, *, create: bool = True) -> StorageRequest:
        return StorageRequest(self.url(path), (PARTS,), create)

    def _store(self, store: AbleStore, records: Sequence[Record], **changes: Any) -> int:
        """Store one snapshot, in several parts and not in order; its number."""
        changes = {"uuid": str(uuid.uuid4()), "counts": {PARTS.name: len(records)}, **changes}
        with store.begin([PARTS]) as writer:
            for start in range(0, len(records), 100):
                writer.write(PARTS, records[start : start + 100][::-1])
            return writer.commit(snapshot(**changes), LEDGER)

    def _insist_on_well(self, store: AbleStore) -> None:
        if "verify" in self.storage.can:
            assert list(store.verify()) == []

    def _rows(self, store: AbleStore, number: int) -> list[Mapping[str, Any]]:
        return list(store.records(number, PARTS.name, objects=True))

    def _column(self, store: AbleStore, number: int, name: str) -> list[Any]:
        return [row[name] for row in store.records(number, PARTS.name, objects=False)]


def numbers(store: AbleStore) -> list[int]:
    """The numbers of all snapshots, in their order."""
    return [each.id for each in store.snapshots()]


def values(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows without what a backend may add to the columns."""
    names = [column.name for column in PARTS.columns]
    return [{name: row[name] for name in names} for row in rows]


def plain(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The object without its resourceVersion, which need not be kept."""
    metadata = {key: v for key, v in spec["metadata"].items() if key != "resourceVersion"}
    return {**spec, "metadata": metadata}
