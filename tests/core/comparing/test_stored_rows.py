"""Two snapshots of a database are compared by their digests; only what differs is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel.api import StorageRequest
from k8s_datamodel.comparing.comparisons import Comparison
from k8s_datamodel.comparing.sides import Side, StoredRows
from k8s_datamodel_plugins.sql.store import open_store
from support.sql_stores import WIDGETS, record, store_widgets, widget


def test_two_snapshots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(StorageRequest(str(tmp_path / "x.db"), (WIDGETS,), create=True))
    first = [record(widget(f"w{number:03}", number)) for number in range(200)]
    second = [*first[1:], record(widget("z", 1))]
    second[50] = record(widget("w051", 999))
    second[60] = record(widget("w061", 61), in_use=7)
    ids = [store_widgets(store, records) for records in (first, second)]
    read: list[Any] = []
    records = type(store).records

    def noted(self: Any, *args: Any, only: Any = None, **options: Any) -> Any:
        read.extend(only)
        return records(self, *args, only=only, **options)

    monkeypatch.setattr(type(store), "records", noted)

    def side(snapshot_id: int) -> Side:
        return Side([WIDGETS], lambda _: StoredRows(store, snapshot_id, WIDGETS))

    comparison = Comparison(side(ids[0]), side(ids[1]))
    said = [(each.what, each.key["name"]) for each in comparison.changes()]
    assert ("removed", "w000") in said
    assert ("changed", "w051") in said
    assert ("added", "z") in said
    assert len(read) == 4
    assert ("changed", "w061") in said
    assert comparison.counts["widgets"].unchanged == 197
    store.close()
