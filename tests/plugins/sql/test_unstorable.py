"""What a database cannot hold is left out and said; its neighbours are stored. One line a case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import reduce
from typing import Any

import pytest

from k8s_datamodel.api import (
    Column,
    LedgerEntry,
    Outcome,
    Record,
    ResourceType,
    StorageError,
    UnstorableError,
)
from k8s_datamodel.reading.copying import UnreadableError, copy_snapshot
from k8s_datamodel.reading.storing import begin
from k8s_datamodel_plugins.sql.store import SqlStore
from support.servers.postgres import Postgres
from support.sql_stores import (
    CLUSTER,
    LEDGER,
    RESOURCE,
    WIDGETS,
    Backend,
    record,
    snapshot,
    store_widgets,
    widget,
    widgets,
)


def _odd(**metadata: Any) -> Record:
    complete = widget("odd")
    return record({**complete, "metadata": {**complete["metadata"], **metadata}})


def _nested(levels: int) -> dict[str, Any]:
    return reduce(lambda inner, _: {"more": inner}, range(levels), {"end": True})


LEFT_OUT = {
    "infinity in an object": (record(widget("odd", x=float("inf"))), "not JSON compliant"),
    "minus infinity in a list": (record(widget("odd", x=[float("-inf")])), "not JSON compliant"),
    "no number in an object": (record(widget("odd", x=float("nan"))), "not JSON compliant"),
    "infinity in a column": (record(widget("odd"), weight=float("inf")), 'column "weight" takes'),
    "no number in a column": (record(widget("odd"), weight=float("nan")), 'column "weight" takes'),
    "infinity in a JSON column": (record(widget("odd"), labels=[float("inf")]), 'column "labels"'),
    "more than 64 bits in a column": (record(widget("odd"), size=2**63), 'column "size" takes'),
    "text in a column of numbers": (record(widget("odd"), size="many"), 'column "size" takes'),
    "keys of two kinds": (record(widget("odd", x={1: "a", "b": 2})), "cannot be stored"),
    "a date": (record(widget("odd", x={"when": object()})), "cannot be stored"),
    "very deep": (record(widget("odd", x=_nested(100_000))), "cannot be stored"),
}
"""What no database holds, and why."""

HELD = {
    "a lone surrogate": record(widget("odd", x="\ud800")),
    "a lone surrogate in a key": record(widget("odd", x={"\udfff": 1})),
    "a lone surrogate in a name": _odd(name="odd\ud800"),
    "a lone surrogate in a JSON column": record(widget("odd"), labels={"a": "\ud800"}),
    "a lone surrogate in a list": record(widget("odd"), colours=["\ud800"]),
    "a lone surrogate in a uid": _odd(uid="\ud800"),
    "a lone surrogate in a version": _odd(resourceVersion="\ud800"),
    "NUL": record(widget("odd", x="a\0b"), why="a\0b"),
    "NUL in a name": _odd(name="odd\0"),
    "NUL in a uid": _odd(uid="a\0b"),
    "a long uid": _odd(uid="".join(f"{n:x}" for n in range(5000))),
    "a long version": _odd(resourceVersion="9" * 5000),
    "a long name": _odd(name="".join(f"{n:x}" for n in range(9000))),
    "a uid that is no text": _odd(uid=7),
    "more than 64 bits in an object": record(widget("odd", x=2**70)),
    "a very small number": record(widget("odd", x=5e-324), weight=-0.0),
    "a large number": record(widget("odd", x=1.7e308), weight=1.7e308),
    "quite deep": record(widget("odd", x=_nested(300))),
    "keys that are numbers": record(widget("odd", x={1: "a"})),
}


def _store(store: SqlStore, odd: Record) -> tuple[int, list[LedgerEntry]]:
    """Stores three records as the host does; the snapshot's number, and what was left out."""
    with store.begin([WIDGETS]) as writer:
        writer.write(WIDGETS, [widgets(1)[0], odd, record(widget("zebra"))])
        entries = list(writer.finish())
        counts = {"widgets": None if entries else 3}
        said = snapshot(counts=counts, complete=not entries)
        number = writer.commit(said, (*LEDGER, *entries))
    return number, entries


def _names(store: SqlStore, number: int) -> list[str]:
    return [row["name"] for row in store.records(number, "widgets", objects=True)]


@pytest.mark.parametrize(("odd", "why"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_no_database_holds_is_left_out(backend: Backend, odd: Record, why: str) -> None:
    store = backend.open()
    number, (entry,) = _store(store, odd)
    assert (entry.resource_type, entry.outcome.status) == ("widgets", "failed")
    assert entry.outcome.reason.startswith('widgets "shop/odd" cannot be stored: ')
    assert why in entry.outcome.reason
    assert _names(store, number) == ["widget-00000", "zebra"]
    assert store.verify() == []
    with pytest.raises(UnstorableError, match='widgets "shop/odd" cannot be stored'):
        store_widgets(store, [odd])
    assert len(store.snapshots()) == 1


@pytest.mark.parametrize("odd", HELD.values(), ids=HELD)
def test_what_is_only_odd_is_stored_known_and_stored_again(backend: Backend, odd: Record) -> None:
    store = backend.open()
    number, entries = _store(store, odd)
    assert entries == []
    assert len(_names(store, number)) == 3
    known = store.reusable(CLUSTER, "salt-1")
    assert known is not None
    metadata = odd.spec["metadata"]
    uids = [each.spec["metadata"]["uid"] for each in widgets(1)]
    versions = {**dict.fromkeys(uids, "1"), str(metadata["uid"]): str(metadata["resourceVersion"])}
    found = dict(known.find(RESOURCE, versions))
    assert uids[0] in found
    again = [replace(odd, spec=each) for each in found.values()]
    store_widgets(store, [*again[:1], odd])
    assert store.verify() == []


def test_many_that_cannot_be_held_are_named_and_counted(backend: Backend) -> None:
    store = backend.open()
    bad = [record(widget(f"w{n:03}", x=float("inf"))) for n in range(30)]
    with store.begin([WIDGETS]) as writer:
        writer.write(WIDGETS, [*bad, *widgets(2)])
        entries = writer.finish()
        assert len(entries) == 21
        assert entries[-1].outcome.reason == "10 more widgets cannot be stored"
        number = writer.commit(snapshot(counts={"widgets": None}, complete=False), entries)
    assert len(_names(store, number)) == 2


def _long(read: str) -> tuple[LedgerEntry, ...]:
    return (LedgerEntry("widgets", read, Outcome("failed", read * 3)),)


@pytest.mark.parametrize(
    ("ledger", "changes"),
    [
        (_long("".join(f"{n:x}" for n in range(5000))), {"complete": False}),
        (_long("\ud800\0"), {"complete": False}),
        (LEDGER, {"cluster": replace(CLUSTER, context="c" + "".join(map(str, range(3000))))}),
        (LEDGER, {"cluster": replace(CLUSTER, uid="".join(map(str, range(3000))))}),
        (LEDGER, {"cluster": replace(CLUSTER, uid="\ud800", version="\0")}),
        (LEDGER, {"namespace_filter": "\ud800", "notes": "\0"}),
    ],
    ids=["long read", "odd read", "long context", "long uid", "odd uid", "odd namespace"],
)
def test_words_that_no_index_takes_lose_nothing(
    backend: Backend, ledger: tuple[LedgerEntry, ...], changes: dict[str, Any]
) -> None:
    store = backend.open()
    numbers = [store_widgets(store, widgets(2), ledger, **changes) for _ in range(2)]
    assert [len(_names(store, number)) for number in numbers] == [2, 2]
    assert len(store.ledger(numbers[0])) == len(ledger)
    assert store.verify() == []


ENCODINGS = {"LATIN1": "latin1", "SQL_ASCII": "utf-8", "EUC_KR": "euc_kr"}
"""Encodings of databases, and Python's codec for what each holds."""


@pytest.fixture(params=ENCODINGS)
def narrow(request: pytest.FixtureRequest, postgres: Postgres) -> Iterator[tuple[Backend, str]]:
    """A database whose encoding is not UTF-8, and the codec of what it holds."""
    backend = Backend("postgresql", postgres.new_database(encoding=request.param))
    yield backend, ENCODINGS[request.param]
    backend.close()


@pytest.mark.postgresql
@pytest.mark.parametrize("text", ["Grüße", "\u4e2d", "\U0001f389"])
@pytest.mark.parametrize("where", ["object", "column", "state"])
def test_a_character_that_a_database_cannot_hold(
    narrow: tuple[Backend, str], text: str, where: str
) -> None:
    backend, codec = narrow
    odd = {
        "object": record(widget("odd", x=text)),
        "column": record(widget("odd"), colours=[text]),
        "state": record(widget("odd"), why=text),
    }[where]
    store = backend.open()
    number, entries = _store(store, odd)
    rows = list(store.records(number, "widgets", objects=True))
    assert len(rows) + len(entries) == 3
    for entry in entries:
        assert 'widgets "shop/odd" cannot be stored: the database cannot hold it' in (
            entry.outcome.reason
        )
    for row in rows:
        if row["name"] == "odd":
            assert text in (row["spec"]["spec"].get("x"), row["why"], *row["colours"])
    assert bool(entries) == (not _holds(codec, text))
    assert store.verify() == []


def _holds(codec: str, text: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.postgresql
def test_words_of_a_snapshot_that_a_database_cannot_hold_are_escaped(postgres: Postgres) -> None:
    backend = Backend("postgresql", postgres.new_database(encoding="LATIN1"))
    store = backend.open()
    ledger = (LedgerEntry("widgets", "\u4e2d", Outcome("failed", "\u4e2d\u6587")),)
    cluster = replace(CLUSTER, context="prod-\u4e2d")
    number = store_widgets(
        store, widgets(2), ledger, notes="\u4e2d", cluster=cluster, complete=False
    )
    found = store.snapshot(number)
    assert (found.notes, found.cluster.context) == ("\\u4e2d", "prod-\\u4e2d")
    assert store.ledger(number)[0].outcome.reason == "\\u4e2d\\u6587"
    assert store.verify() == []
    backend.close()


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("records", "changes"),
    [
        ([record(widget("odd", x="\u4e2d"))], {}),
        ([record(widget("odd"))], {"notes": "\u4e2d"}),
    ],
    ids=["record", "notes"],
)
def test_a_copy_is_the_same_or_is_none(
    sqlite_backend: Backend, postgres: Postgres, records: list[Record], changes: dict[str, Any]
) -> None:
    source = sqlite_backend.open()
    store_widgets(source, records, **changes)
    good = store_widgets(source, widgets(2))
    backend = Backend("postgresql", postgres.new_database(encoding="LATIN1"))
    target = backend.open()
    with pytest.raises(UnreadableError, match="the database cannot hold it"):
        copy_snapshot(source, target, source.snapshot(1), [WIDGETS])
    copy_snapshot(source, target, source.snapshot(good), [WIDGETS])
    assert [each.digest for each in target.snapshots()] == [source.snapshot(good).digest]
    assert target.verify() == []
    backend.close()


def _wide(columns: int) -> ResourceType:
    more = tuple(Column(f"c{number}", "integer") for number in range(columns))
    return replace(WIDGETS, name="gadgets", count="gadget_count", columns=(*WIDGETS.columns, *more))


def _named(name: str) -> ResourceType:
    column = Column(name)
    return replace(
        WIDGETS, name="gadgets", count="gadget_count", columns=(*WIDGETS.columns, column)
    )


TYPES: dict[str, tuple[ResourceType, tuple[str, ...], str]] = {
    "a column kdm_id": (_named("kdm_id"), ("sqlite", "postgresql"), "cannot name a column"),
    "a column kdm_digest": (_named("kdm_digest"), ("sqlite", "postgresql"), "cannot name a column"),
    "a column KDM_ID": (_named("KDM_ID"), ("sqlite", "postgresql"), "cannot name a column"),
    "a column spec": (_named("spec"), ("sqlite", "postgresql"), "is there already"),
    "a column ctid": (_named("ctid"), ("sqlite", "postgresql"), "databases use themselves"),
    "a column xmin": (_named("xmin"), ("sqlite", "postgresql"), "databases use themselves"),
    "a column tableoid": (_named("tableoid"), ("sqlite", "postgresql"), "databases use themselves"),
    "a column rowid": (_named("rowid"), (), ""),
    "a column oid": (_named("oid"), (), ""),
    "2,000 columns": (_wide(2000), ("sqlite", "postgresql"), "2,009 columns, this database takes"),
    "1,590 columns": (_wide(1590), ("postgresql",), "1,599 columns, this database takes 1,590"),
    "500 columns": (_wide(500), (), ""),
    "a count that is taken": (
        replace(WIDGETS, name="gadgets"),
        ("sqlite", "postgresql"),
        "both call their count",
    ),
}
"""A type, the backends that cannot hold it, and why."""


@pytest.mark.parametrize(("odd", "refuse", "why"), TYPES.values(), ids=TYPES)
def test_a_type_that_a_database_cannot_hold_is_left_out(
    backend: Backend, odd: ResourceType, refuse: tuple[str, ...], why: str
) -> None:
    store = backend.open(WIDGETS, odd)
    writer, left_out = begin(store, [WIDGETS, odd])
    with writer:
        writer.write(WIDGETS, widgets(2))
        if not left_out:
            writer.write(odd, widgets(3))
        number = writer.commit(snapshot(complete=not left_out), (*LEDGER, *left_out))
    assert [entry.resource_type for entry in left_out] == ["gadgets"] * (backend.kind in refuse)
    assert all(why in entry.outcome.reason for entry in left_out)
    assert len(_names(store, number)) == 2
    assert len(list(store.records(number, "gadgets", objects=True))) == (0 if left_out else 3)
    assert store.verify() == []


def test_a_database_that_holds_none_of_the_types_stores_nothing(backend: Backend) -> None:
    odd = _named("kdm_id")
    store = backend.open(odd)
    with pytest.raises(UnstorableError, match="cannot name a column"):
        begin(store, [odd])


def _index_repointed(backend: Backend) -> None:
    backend.execute("UPDATE kdm_index SET object_id = CASE object_id WHEN 1 THEN 2 ELSE 1 END")


def _version_claimed(backend: Backend) -> None:
    backend.execute("UPDATE kdm_index SET resource_version = '2'")


def _no_seals(backend: Backend) -> None:
    backend.execute("UPDATE kdm_index SET seal = NULL")


def _managers_changed(backend: Backend) -> None:
    body = """'{"field_managers":[["v1","somebody","Apply",""]]}'"""
    backend.execute(f"UPDATE kdm_beside SET body = {body}")


def _managers_of_others(backend: Backend) -> None:
    backend.execute("UPDATE kdm_index SET beside_id = 3 - beside_id")


@pytest.mark.parametrize("damage", [_index_repointed, _version_claimed, _no_seals])
def test_an_index_that_others_changed_is_not_believed(
    backend: Backend, damage: Callable[[Backend], None]
) -> None:
    store = backend.open()
    store_widgets(store, widgets(2))
    damage(backend)
    known = store.reusable(CLUSTER, "salt-1")
    assert known is not None
    uids = [each.spec["metadata"]["uid"] for each in widgets(2)]
    assert [dict(known.find(RESOURCE, dict.fromkeys(uids, v))) for v in ("1", "2")] == [{}, {}]
    store_widgets(store, widgets(2))
    assert len(known.find(RESOURCE, dict.fromkeys(uids, "1"))) == 2
    assert store.verify() == []


@pytest.mark.parametrize("damage", [_managers_changed, _managers_of_others])
def test_managers_that_others_changed_are_not_believed(
    backend: Backend, damage: Callable[[Backend], None]
) -> None:
    store = backend.open()
    one, two = widgets(2)
    managed = {"field_managers": [["v1", "kit", "Apply", ""]]}
    store_widgets(store, [one, Record(two.values, two.spec, managed)])
    damage(backend)
    known = store.reusable(CLUSTER, "salt-1")
    assert known is not None
    uids = [each.spec["metadata"]["uid"] for each in (one, two)]
    assert dict(known.find(RESOURCE, dict.fromkeys(uids, "1"))) == {}
    assert store.verify() != []


def test_an_object_that_others_changed_is_not_reused(backend: Backend) -> None:
    store = backend.open()
    store_widgets(store, widgets(1))
    backend.execute("UPDATE kdm_objects SET body = replace(body, 'shop', 'shed')")
    known = store.reusable(CLUSTER, "salt-1")
    assert known is not None
    uid = widgets(1)[0].spec["metadata"]["uid"]
    with pytest.raises(StorageError, match="the content of object 1 is not what its digest says"):
        dict(known.find(RESOURCE, {uid: "1"})[uid])
