"""The view ``changes`` has what ``log`` tells of snapshots that read everything."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from k8s_datamodel.api import LedgerEntry, Outcome
from k8s_datamodel.cli.histories.event_log import Log
from k8s_datamodel.cli.histories.stages import Stages
from k8s_datamodel.comparing.sayings import key_text
from k8s_datamodel.comparing.type_comparisons import Looks
from k8s_datamodel.types.comparison_rules import NO_RULES
from support.sql_stores import CLUSTER, LEDGER, WIDGETS, Backend, record, snapshot, widget

SELECT = "SELECT from_snapshot_id, snapshot_id, key, change FROM changes"


def made(name: str, uid: str = "1", size: int = 1, **values: Any) -> Any:
    thing = widget(name, size)
    thing["metadata"]["uid"] = f"{name}-{uid}"
    return record(thing, **values)


def store_all(backend: Backend, *records: Any, status: Any = "complete", **changes: Any) -> int:
    store = backend.open()
    first, *others = LEDGER
    entry = LedgerEntry(first.resource_type, first.read, Outcome(status))
    count = len(records) if status == "complete" else None
    said = {"counts": {WIDGETS.name: count}, "complete": status == "complete"}
    given = {**said, "stamps": {WIDGETS.name: "now"}, **changes}
    with store.begin([WIDGETS]) as writer:
        writer.write(WIDGETS, list(records))
        return writer.commit(snapshot(uuid=str(uuid.uuid4()), **given), [entry, *others])


def test_it_says_what_log_says(backend: Backend) -> None:
    other = {"cluster": replace(CLUSTER, context="other", uid="uid-of-other")}
    store_all(backend, made("boat"), made("pier"), made("quay", in_use=3))
    store_all(backend, made("boat"), **other)
    store_all(backend, made("boat", size=2), made("quay", in_use=None), made("ropes"))
    store_all(backend, status="forbidden")
    store_all(backend, namespace_filter="elsewhere")
    store_all(backend, made("boat", "2", 2), made("quay", in_use=4), made("ropes"))
    store_all(backend, made("boat", "2", 2), made("quay", in_use=5), made("ropes", size=7))
    store_all(backend, **other)
    store_all(backend, made("quay", in_use=5, size=9), made("ropes", size=7), stamps={})
    store = backend.open()
    log = Log(Stages(store, [WIDGETS]), Looks(NO_RULES), [WIDGETS], lambda kind, key: True)
    told = {(e.old.id, e.new.id, key_text(e.change.key), e.change.what) for e in log.events()}
    found = set(backend.select(SELECT))
    assert found == {
        (1, 3, "shop/boat", "changed"),
        (1, 3, "shop/pier", "removed"),
        (1, 3, "shop/ropes", "added"),
        (2, 8, "shop/boat", "removed"),
        (3, 6, "shop/boat", "recreated"),
        (6, 7, "shop/quay", "changed"),
        (6, 7, "shop/ropes", "changed"),
        (7, 9, "shop/boat", "removed"),
        (7, 9, "shop/quay", "changed"),
    }
    assert told == found
    backend.execute("UPDATE kdm_counts SET sum = NULL")  # as an earlier version stored them
    assert set(backend.select(SELECT)) == found
    [row] = backend.select(
        "SELECT cluster_context, cluster_uid, type, namespace, name FROM changes "
        "WHERE snapshot_id = 8"
    )
    assert row == ("other", "uid-of-other", "widgets", "shop", "boat")
    store.delete([3])
    assert ("shop/boat", "recreated") in {each[2:] for each in backend.select(SELECT)}
    assert list(store.verify()) == []


def test_other_rules_of_ours_and_other_reads_are_no_change(backend: Backend) -> None:
    store_all(backend, made("boat"), made("pier"))
    store_all(backend, made("boat", colours=["red"]), made("pier"), stamps={WIDGETS.name: "new"})
    assert backend.select(SELECT) == []
    dump = replace(CLUSTER, source="file")
    store_all(backend, made("pier"), cluster=dump)
    assert backend.select(SELECT) == []
