"""Databases of earlier schemas open with their data; a step happens whole or not at all."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from k8s_datamodel.api import StorageError
from k8s_datamodel_plugins.sql.access.connection import Transaction
from k8s_datamodel_plugins.sql.layout import migrations
from k8s_datamodel_plugins.sql.layout.migrations import MIGRATIONS, Migration
from support.servers.postgres import Postgres
from support.sql_stores import LEDGER, Backend, store_widgets, widgets

DATA = Path(__file__).parent / "data"
SCHEMAS = sorted(DATA.glob("schema-*.sql"))
"""``sqlite3 FILE .dump`` of a database of each schema, with two snapshots of three widgets."""

ON_A_SERVER = sorted(DATA.glob("postgresql-schema-*.sql"))
"""The same by ``pg_dump --inserts --no-owner --no-privileges``, without what psql alone reads."""


def _add_column(transaction: Transaction) -> None:
    transaction.run("ALTER TABLE kdm_snapshots ADD COLUMN mood TEXT")


def _fail(transaction: Transaction) -> None:
    _add_column(transaction)
    raise StorageError("no")


def test_every_schema_has_an_example() -> None:
    stems = [f"schema-{number}" for number in range(1, len(MIGRATIONS) + 1)]
    assert [each.stem for each in SCHEMAS] == stems
    assert [each.stem for each in ON_A_SERVER] == [f"postgresql-{stem}" for stem in stems]


@pytest.mark.parametrize("script", SCHEMAS, ids=lambda path: path.stem)
def test_a_database_of_an_earlier_schema_opens_with_its_data(
    sqlite_backend: Backend, script: Path
) -> None:
    subprocess.run(["sqlite3", sqlite_backend.url], input=script.read_bytes(), check=True)
    _opens_with_its_data(sqlite_backend)


@pytest.mark.postgresql
@pytest.mark.parametrize("script", ON_A_SERVER, ids=lambda path: path.stem)
def test_a_server_of_an_earlier_schema_opens_with_its_data(
    postgres: Postgres, script: Path
) -> None:
    backend = Backend("postgresql", postgres.new_database())
    backend.execute(script.read_text())
    _opens_with_its_data(backend)
    backend.close()


def _opens_with_its_data(backend: Backend) -> None:
    store = backend.open(create=False)
    assert len(store.snapshots()) == 2
    for each in store.snapshots():
        assert each.counts == {"widgets": 3}
        assert len(list(store.records(each.id, "widgets", objects=True))) == 3
        assert list(store.ledger(each.id)) == list(LEDGER)
    assert store.verify() == []
    assert store_widgets(store, widgets(4)) == 3


def test_a_new_database_has_all_steps_on_record(backend: Backend) -> None:
    backend.open()
    names = backend.select("SELECT name FROM kdm_migrations ORDER BY name")
    assert names == [(name,) for name in sorted(each.name for each in MIGRATIONS)]
    assert backend.select("SELECT value FROM kdm_meta WHERE key = 'schema'") == [
        (str(len(MIGRATIONS)),)
    ]


def test_a_pending_step_is_taken_once_even_for_reading(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_widgets(backend.open(), widgets(2))
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, Migration("mood", _add_column)))
    for _ in range(2):
        assert len(backend.open(create=False).snapshots()) == 1
    assert backend.select("SELECT mood FROM kdm_snapshots") == [(None,)]
    monkeypatch.setattr(migrations, "MIGRATIONS", MIGRATIONS)
    with pytest.raises(StorageError, match="newer k8s-datamodel"):
        backend.open()


def test_a_step_that_fails_changes_nothing(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_widgets(backend.open(), widgets(2))
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, Migration("mood", _fail)))
        with pytest.raises(StorageError, match=r"no.*; but an earlier k8s-datamodel made it"):
            backend.open()
    store = backend.open()
    assert store.verify() == []
    assert store_widgets(store, widgets(3)) == 2
