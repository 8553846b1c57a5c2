"""What tests of the SQL backend share: a database of either kind, and things to store in it."""

from __future__ import annotations

import os
import sqlite3
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Any

import psycopg

from k8s_datamodel.api import (
    ClusterInfo,
    Column,
    LedgerEntry,
    Outcome,
    Record,
    Resource,
    ResourceType,
    Snapshot,
    StorageRequest,
)
from k8s_datamodel_plugins.sql import store as store_module
from k8s_datamodel_plugins.sql.store import SqlStore, open_store

WAIT = 120
"""Seconds that nothing here takes."""

RESOURCE = Resource("parts.example.org", "v1", "widgets", "Widget")

WIDGETS = ResourceType(
    name="widgets",
    command="widget",
    singular="Widget",
    plural="Widgets",
    identity=("namespace", "name"),
    collector="nowhere:collect",
    order=10,
    columns=(
        Column("name"),
        Column("namespace"),
        Column("size", "integer"),
        Column("weight", "real"),
        Column("polished", "boolean"),
        Column("colours", "list"),
        Column("labels", "json"),
        Column("in_use", "integer", volatile=True),
        Column("why", volatile=True),
    ),
)

CLUSTER = ClusterInfo("prod", "uid-of-prod", "v1.30.1", "eks", 5, "kubernetes")

LEDGER = (
    LedgerEntry(
        "widgets",
        "widgets.parts.example.org",
        Outcome("complete", "", 200, 3, 12, 2, 4567, 0.123456),
    ),
    LedgerEntry("", "nodes", Outcome("forbidden", "nodes: 403", 403, 1), optional=True),
)


def widget(name: str, size: int = 1, version: int = 1, **spec: Any) -> dict[str, Any]:
    """A complete object."""
    return {
        "apiVersion": "parts.example.org/v1",
        "kind": "Widget",
        "metadata": {
            "name": name,
            "namespace": "shop",
            "uid": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
            "resourceVersion": str(version),
        },
        "spec": {"size": size, **spec},
    }


def record(complete: dict[str, Any], **values: Any) -> Record:
    """Its row."""
    metadata = complete["metadata"]
    derived = {
        "name": metadata["name"],
        "namespace": metadata["namespace"],
        "size": complete["spec"]["size"],
        "colours": [],
        "labels": metadata.get("labels", {}),
        "in_use": 0,
    }
    return Record({**derived, **values}, complete, {"field_managers": []})


def widgets(count: int, **spec: Any) -> list[Record]:
    """So many of them."""
    return [record(widget(f"widget-{number:05}", number, **spec)) for number in range(count)]


def snapshot(**changes: Any) -> Snapshot:
    """One of the production cluster."""
    values: dict[str, Any] = {
        "timestamp": "2024-03-15 10:30:15",
        "cluster": CLUSTER,
        "counts": {},
        "redaction": "salt-1",
        "seconds": 1.5,
    }
    return Snapshot(**{**values, **changes})


def store_widgets(
    store: SqlStore,
    records: Iterable[Record],
    ledger: Sequence[LedgerEntry] = LEDGER,
    resource_type: ResourceType = WIDGETS,
    **changes: Any,
) -> int:
    """Store one snapshot; its number."""
    with store.begin([resource_type]) as writer:
        writer.write(resource_type, list(records))
        return writer.commit(snapshot(**changes), ledger)


class Backend:
    """One empty database, and a way to look into it that is not ours."""

    def __init__(self, kind: str, url: str) -> None:
        self.kind = kind
        self.url = url
        self._stores: list[SqlStore] = []

    def open(self, *types: ResourceType, create: bool = True) -> SqlStore:
        """Open it; closed when the test ends."""
        store = open_store(StorageRequest(self.url, types or (WIDGETS,), create=create))
        self._stores.append(store)
        return store

    def select(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of a plain SELECT, by the database's own driver."""
        if self.kind == "sqlite":
            with closing(sqlite3.connect(self.url)) as connection:
                return connection.execute(statement).fetchall()
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement.encode()).fetchall()

    def execute(self, statement: str) -> None:
        """Change the database behind our back."""
        if self.kind == "sqlite":
            with closing(sqlite3.connect(self.url)) as connection:
                connection.execute(statement)
                connection.commit()
        else:
            with psycopg.connect(self.url) as connection:
                connection.execute(statement.encode())

    def close(self) -> None:
        for store in self._stores:
            store.close()


def _store_often(url: str, context: str, count: int, times: int, ready: Any) -> None:
    ready.wait()
    store = open_store(StorageRequest(url, (WIDGETS,), create=True))
    for turn in range(times):
        records = [
            record(widget(f"{context}-{turn}-{number}", number), in_use=turn)
            for number in range(count)
        ]
        with store.begin([WIDGETS]) as writer:
            for start in range(0, count, 50):
                writer.write(WIDGETS, records[start : start + 50])
            writer.commit(snapshot(cluster=replace(CLUSTER, context=context, uid=context)), LEDGER)
    store.close()


class Writers:
    """Processes that store at the same time, started behind a barrier."""

    def __init__(self, url: str, number: int, *, records: int, times: int = 1) -> None:
        server = get_context("forkserver")
        server.set_forkserver_preload(["dataset", "k8s_datamodel.api", store_module.__name__])
        # Kept here: the barrier must outlive the start of the processes.
        self._ready = server.Barrier(number)
        self.processes: list[BaseProcess] = [
            server.Process(
                target=_store_often, args=(url, f"cluster-{each}", records, times, self._ready)
            )
            for each in range(number)
        ]
        for process in self.processes:
            process.start()

    def running(self) -> bool:
        return any(process.is_alive() for process in self.processes)

    def succeed(self) -> None:
        """Wait for all, who must end well."""
        for process in self.processes:
            process.join(WAIT)
        assert [process.exitcode for process in self.processes] == [0] * len(self.processes)

    def kill(self, when: Callable[[], bool]) -> None:
        """Kill all as soon as something is so, if they have not ended before."""
        limit = time.monotonic() + WAIT
        while self.running() and not when():
            assert time.monotonic() < limit
        for process in self.processes:
            process.kill()
            process.join(WAIT)


def in_child(check: Callable[[], None], *, user: int | None = None) -> None:
    """Run a check in a process of its own, whose user and limits it may change."""
    child = os.fork()
    if child == 0:
        try:
            if user is not None:
                os.setgroups([])
                os.setgid(user)
                os.setuid(user)
            check()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, "see what the child printed"
