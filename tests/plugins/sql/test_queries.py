"""Users' queries: they read, whatever they say, and their answers are values of documents."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from k8s_datamodel.api import DatamodelError, StorageError, UsageError
from k8s_datamodel_plugins.sql.access.query_texts import checked, for_psycopg
from k8s_datamodel_plugins.sql.store import SqlStore
from support.servers.postgres import Postgres
from support.sql_stores import Backend, record, store_widgets, widget, widgets

SECONDS = 60.0
AT_ONCE = 0.2
ENDLESS = (
    "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 0 OR x > 0) "
    "SELECT count(*) FROM c"
)


def ask(store: SqlStore, statement: str, **values: str) -> list[dict[str, Any]]:
    with store.query(statement, values, SECONDS) as answer:
        return [dict(row) for row in answer.rows]


REFUSED = {
    "nothing": ("  ;", "this is no query"),
    "a comment": ("-- nothing", ""),
    "two statements": ("SELECT 1; SELECT 2", ""),
    "a second that writes": ("SELECT 1; DROP TABLE kdm_meta", ""),
    "the end of the transaction first": ("COMMIT; DELETE FROM kdm_meta", ""),
    "insert": ("INSERT INTO kdm_meta VALUES ('a', 'b')", ""),
    "insert that returns": ("INSERT INTO kdm_meta VALUES ('a', 'b') RETURNING key", ""),
    "update": ("UPDATE kdm_snapshots SET notes = 'x'", ""),
    "delete": ("DELETE FROM kdm_snapshots", ""),
    "with, then delete": ("WITH x AS (SELECT 1) DELETE FROM kdm_meta", ""),
    "drop": ("DROP VIEW widgets", ""),
    "create": ("CREATE TABLE mine (id integer)", ""),
    "create for the session": ("CREATE TEMPORARY TABLE mine (id integer)", ""),
    "create as": ("CREATE TABLE mine AS SELECT 1", ""),
    "alter": ("ALTER TABLE kdm_meta ADD COLUMN x text", ""),
    "begin": ("BEGIN", ""),
    "commit": ("COMMIT", ""),
    "a transaction in it": ("SAVEPOINT here", ""),
    "vacuum": ("VACUUM", ""),
    "analyze": ("ANALYZE", ""),
    "reindex": ("REINDEX kdm_meta", ""),
    "no such column": ("SELECT nobody FROM widgets", "nobody"),
    "no such relation": ("SELECT 1 FROM nowhere", "nowhere"),
    "no SQL": ("how many are there", "syntax error"),
    "a value that it needs": ("SELECT :a", "needs --param a=VALUE"),
    "a quote that is open": ("SELECT 'x", ""),
    "NUL": ("SELECT 1\0", "this is no query"),
}
OF_SQLITE = {
    "journal": ("PRAGMA journal_mode = WAL", "PRAGMA is more than that"),
    "query_only off": ("PRAGMA query_only = OFF", "PRAGMA is more than that"),
    "writable schema": ("PRAGMA writable_schema = ON", "PRAGMA is more than that"),
    "user version": ("PRAGMA user_version = 9", "PRAGMA is more than that"),
    "attach": ("ATTACH 'other.db' AS other", "ATTACH is more than that"),
    "attach for vacuum": ("VACUUM INTO 'copy.db'", ""),
    "detach": ("DETACH main", "DETACH is more than that"),
    "extension": ("SELECT load_extension('x')", "load_extension is more than that"),
    "virtual table": ("CREATE VIRTUAL TABLE x USING fts5(a)", "more than that"),
    "trigger": ("CREATE TEMP TRIGGER x AFTER INSERT ON kdm_meta BEGIN SELECT 1; END", ""),
    "the schema": ("UPDATE sqlite_master SET sql = ''", "may not be modified"),
    "numbered value": ("SELECT ?", ""),
}
OF_POSTGRESQL = {
    "program": ("COPY kdm_meta TO PROGRAM 'cat'", "syntax error"),
    "file": ("COPY kdm_meta TO '/tmp/x'", "syntax error"),
    "code": ("DO $$ BEGIN DELETE FROM kdm_meta; END $$", "syntax error"),
    "role": ("SET ROLE collector", "syntax error"),
    "read write": ("SET TRANSACTION READ WRITE", "syntax error"),
    "read write by function": (
        "SELECT set_config('transaction_read_only', 'off', false)",
        "read-write mode",
    ),
    "into": ("SELECT 1 AS a INTO mine", "INTO"),
    "for update": ("SELECT * FROM kdm_meta FOR UPDATE", "read-only transaction"),
    "with that deletes": (
        "WITH x AS (DELETE FROM kdm_meta RETURNING key) SELECT * FROM x",
        "data-modifying",
    ),
    "number": ("SELECT nextval('kdm_objects_id_seq')", "read-only transaction"),
    "lock": ("LOCK TABLE kdm_meta", "syntax error"),
    "truncate": ("TRUNCATE kdm_meta", "syntax error"),
    "prepare": ("PREPARE x AS DELETE FROM kdm_meta", "syntax error"),
    "listen": ("LISTEN x", "syntax error"),
    "cursor closed": ("SELECT 1; CLOSE kdm_query; DELETE FROM kdm_meta", ""),
    "no columns": ("SELECT FROM kdm_meta", "gives rows"),
    "a time without end": ("SELECT 'infinity'::timestamptz", "a value that no document holds"),
    "no such function": ("SELECT nothing(1)", "does not exist; No function matches"),
}


def _of(backend: Backend) -> dict[str, tuple[str, str]]:
    return {**REFUSED, **(OF_SQLITE if backend.kind == "sqlite" else OF_POSTGRESQL)}


def test_what_is_no_query_that_reads_is_refused(backend: Backend, tmp_path: Path) -> None:
    store = backend.open()
    store_widgets(store, widgets(2))
    for what, (statement, said) in _of(backend).items():
        with pytest.raises(UsageError) as caught:
            pytest.fail(f"{what}: {ask(store, statement)}")
        text = str(caught.value)
        assert said in text, what
        assert "kdm_query" not in text, what
        assert "\n" not in text
        assert caught.value.exit_code == 2
    assert store.verify() == []
    assert sorted(path.name for path in tmp_path.iterdir()) == (
        ["inventory.db"] if backend.kind == "sqlite" else []
    )
    assert ask(store, "SELECT count(*) AS n FROM widgets") == [{"n": 2}]
    assert store_widgets(store, widgets(1)) == 2


@pytest.mark.parametrize("seconds", [AT_ONCE, 1e-9], ids=["at work", "before it begins"])
def test_a_query_that_takes_too_long_is_stopped(backend: Backend, seconds: float) -> None:
    store = backend.open()
    with (
        pytest.raises(StorageError, match=rf"took longer than {seconds:g} s, and was stopped"),
        store.query(ENDLESS, {}, seconds),
    ):
        pass
    assert ask(store, "SELECT 1 AS a") == [{"a": 1}]


@pytest.mark.postgresql
def test_a_server_that_sleeps_is_stopped(postgres: Postgres) -> None:
    backend = Backend("postgresql", postgres.new_database())
    store = backend.open()
    slow = "SELECT set_config('statement_timeout', '0', false), pg_sleep(60)"
    with pytest.raises(StorageError, match="took longer"), store.query(slow, {}, AT_ONCE):
        pass
    # What a function did to its session is gone with it.
    assert ask(store, "SELECT current_setting('statement_timeout') AS t") == [{"t": "1min"}]
    backend.close()


@pytest.mark.postgresql
def test_nothing_that_a_function_did_lasts(postgres: Postgres) -> None:
    backend = Backend("postgresql", postgres.new_database())
    store = backend.open()
    with suppress(UsageError):  # the server refuses it from version 16 on
        ask(store, "SELECT lo_from_bytea(0, 'x')")
    assert ask(store, "SELECT count(*) AS n FROM pg_largeobject_metadata") == [{"n": 0}]
    backend.close()


@pytest.fixture
def alarm() -> Iterator[None]:
    """An alarm interrupts as Ctrl-C does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def _ask_until_the_alarm(store: SqlStore) -> None:
    signal.setitimer(signal.ITIMER_REAL, AT_ONCE)
    ask(store, ENDLESS)


def test_ctrl_c_stops_a_query(backend: Backend, alarm: None) -> None:
    store = backend.open()
    with pytest.raises(KeyboardInterrupt):
        _ask_until_the_alarm(store)
    assert ask(store, "SELECT 1 AS a") == [{"a": 1}]


def test_nothing_is_locked_while_an_answer_is_read(backend: Backend) -> None:
    store = backend.open()
    store_widgets(store, widgets(1200))
    with store.query("SELECT name FROM widgets ORDER BY name", {}, SECONDS) as answer:
        rows = iter(answer.rows)
        assert next(rows) == {"name": "widget-00000"}
        store.delete([1])
        assert len(list(rows)) == 1199


def test_values_are_bound_and_never_spliced(backend: Backend) -> None:
    store = backend.open()
    sly = "x' OR '1'='1"
    store_widgets(store, [record(widget("x", 3)), record(widget(sly, 12))])
    name = "SELECT name FROM widgets WHERE name = :name"
    assert ask(store, name, name=sly) == [{"name": sly}]
    assert ask(store, name, name="100% :name %(name)s") == []
    size = "SELECT size FROM widgets WHERE snapshot_id = :id AND size > :size OR size = :size"
    assert ask(store, size, id="1", size="10") == [{"size": 12}]
    count = "SELECT size FROM widgets GROUP BY size HAVING count(*) >= :n ORDER BY size LIMIT :n"
    assert ask(store, count, n="1") == [{"size": 3}]
    assert ask(
        store,
        "SELECT ':a %' AS a, '10:30' AS t -- :b",
    ) == [{"a": ":a %", "t": "10:30"}]
    with pytest.raises(UsageError, match="no parameter :other; it has :name"):
        ask(store, name, name="x", other="y")


def test_values_have_types_and_columns_have_names(backend: Backend) -> None:
    store = backend.open()
    store_widgets(store, [record(widget("x"), polished=True, weight=1.5, labels={"a": "b"})])
    statement = """
        SELECT s.id, w.id, s.timestamp, w.size, w.weight, w.polished, w.why, s.complete,
          count(*) AS number, sum(w.size) AS total, avg(w.size) AS mean, 9223372036854775807 AS big
        FROM widgets w JOIN inventory_snapshots s ON s.id = w.snapshot_id
        GROUP BY s.id, w.id, s.timestamp, w.size, w.weight, w.polished, w.why, s.complete;
    """
    with store.query(statement, {}, SECONDS) as answer:
        kinds = {each.name: each.type for each in answer.columns}
        (row,) = answer.rows
    true = backend.kind == "postgresql" or 1
    assert row == {
        "id": 1,
        "id_2": 1,
        "timestamp": "2024-03-15 10:30:15",
        "size": 1,
        "weight": 1.5,
        "polished": true,
        "why": None,
        "complete": true,
        "number": 1,
        "total": 1,
        "mean": 1,
        "big": 2**63 - 1,
    }
    assert [kinds[name] for name in ("id_2", "weight", "why")] == ["integer", "real", "text"]
    assert kinds["polished"] == ("boolean" if backend.kind == "postgresql" else "integer")
    digests = ask(store, "SELECT digest FROM kdm_objects")
    assert bytes.fromhex(digests[0]["digest"])
    labels = ask(store, "SELECT labels FROM widgets")[0]["labels"]
    assert labels == ({"a": "b"} if backend.kind == "postgresql" else '{"a":"b"}')


def test_answers_larger_than_memory_allows_go_through_a_file(backend: Backend) -> None:
    store = backend.open()
    rows = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 12000) "
    large = f"{rows} SELECT x, '{'y' * 1000}' AS y FROM c"
    with store.query(large, {}, SECONDS) as answer:
        assert sum(row["x"] for row in answer.rows) == 12000 * 12001 // 2


def test_a_database_that_nobody_may_write_to_answers(sqlite_backend: Backend) -> None:
    store_widgets(sqlite_backend.open(), widgets(1))
    Path(sqlite_backend.url).chmod(0o400)
    assert ask(sqlite_backend.open(create=False), "SELECT name FROM latest_widgets")
    tables = "SELECT name FROM pragma_table_info('widgets') LIMIT 1"
    assert ask(sqlite_backend.open(create=False), tables) == [{"name": "id"}]
    assert ask(sqlite_backend.open(create=False), "EXPLAIN QUERY PLAN SELECT 1")


@pytest.mark.postgresql
def test_no_message_has_the_password(postgres: Postgres) -> None:
    backend = Backend("postgresql", postgres.new_database())
    backend.open()
    backend.execute("DROP SCHEMA public CASCADE")
    with pytest.raises(DatamodelError) as caught:
        ask(backend.open(), "SELECT 1 FROM widgets")
    assert "postgres@" not in str(caught.value)
    backend.close()


@pytest.mark.parametrize(
    ("given", "for_the_driver"),
    [
        ("a = :a AND b > :b_1", "a = %(a)s AND b > %(b_1)s"),
        ("x::text = :a AND 5 % 2 = 1", "x::text = %(a)s AND 5 %% 2 = 1"),
        ("':a' || \":a\" || 'it''s :a'", "':a' || \":a\" || 'it''s :a'"),
        (r"E'\':a' || e'\\' || :a", r"E'\':a' || e'\\' || %(a)s"),
        ("-- :a 50%\n:a /* :a \n */", "-- :a 50%%\n%(a)s /* :a \n */"),
        ("$$ :a $$ || $x$ :a $$ $x$ || :a", "$$ :a $$ || $x$ :a $$ $x$ || %(a)s"),
        ("list[1:2] || '10:30'", "list[1:2] || '10:30'"),
    ],
)
def test_names_of_values_stand_where_sql_has_no_text(given: str, for_the_driver: str) -> None:
    assert for_psycopg(given) == for_the_driver
    names = {name: "" for name in ("a", "b_1") if f"%({name})s" in for_the_driver}
    assert checked(f" {given} ; ", names) == given
