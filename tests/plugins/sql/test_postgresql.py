"""What only a server can do wrong, and what we say of it."""

from __future__ import annotations

import subprocess
import sys
from urllib.parse import quote

import pytest

from k8s_datamodel.api import StorageError, StorageRequest
from k8s_datamodel_plugins.sql.store import SqlStore, open_store
from support.command import run
from support.servers.postgres import PASSWORD, USER, Postgres
from support.sql_stores import WIDGETS, Backend, store_widgets, widgets

pytestmark = pytest.mark.postgresql

SECRET = quote(PASSWORD, safe="")


def _open(url: str, *, create: bool = True) -> SqlStore:
    return open_store(StorageRequest(url, (WIDGETS,), create=create))


def _fails(url: str, *, create: bool = True) -> str:
    with pytest.raises(StorageError) as caught:
        _open(url, create=create)
    said = str(caught.value)
    assert "\n" not in said
    for secret in (PASSWORD, SECRET, "wrong-one"):
        assert secret not in said
    return said


def _name(url: str) -> str:
    return url.rpartition("/")[2]


@pytest.fixture
def url(postgres: Postgres) -> str:
    """Of a database that the role with the password owns."""
    admin = postgres.new_database()
    postgres.run("postgres", f"ALTER DATABASE {_name(admin)} OWNER TO {USER}")
    return f"postgresql://{USER}:{SECRET}@127.0.0.1:{postgres.port}/{_name(admin)}"


def test_a_password_opens_it_and_is_never_shown(url: str, postgres: Postgres) -> None:
    store = _open(url)
    assert store_widgets(store, widgets(2)) == 1
    shown = f"postgresql://127.0.0.1:{postgres.port}/{_name(url)}"
    assert store.place == store.stats().location == shown
    store.close()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql+psycopg"])
def test_other_spellings_of_the_scheme(postgres: Postgres, scheme: str) -> None:
    _open(postgres.new_database().replace("postgresql", scheme, 1)).close()


def test_the_password_may_come_from_the_environment(
    url: str, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    monkeypatch.setenv("PGUSER", USER)
    _open(f"postgresql://127.0.0.1:{postgres.port}/{_name(url)}").close()


def test_a_password_file_and_a_service_file(
    url: str, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    passwords = tmp_path / "pgpass"
    passwords.write_text(f"*:*:*:{USER}:{PASSWORD}\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    services = tmp_path / "services"
    services.write_text(
        f"[inventory]\nhost=127.0.0.1\nport={postgres.port}\nuser={USER}\ndbname={_name(url)}\n"
    )
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    _open(f"postgresql://{USER}@127.0.0.1:{postgres.port}/{_name(url)}").close()
    _open("postgresql://?service=inventory").close()


def test_a_wrong_password(url: str) -> None:
    assert "the password was refused" in _fails(url.replace(SECRET, "wrong-one"))


def test_no_password(url: str) -> None:
    assert "it wants a password" in _fails(url.replace(f":{SECRET}", ""))


def test_an_unescaped_password_does_not_leak_through_the_host(url: str) -> None:
    _fails(url.replace(SECRET, "wrong-one@x/wrong-one"))
    _fails(url.replace(SECRET, "x@wrong-one"))
    _fails(url.replace(SECRET, "wrong-one:wrong-one"))


def test_a_url_that_is_none() -> None:
    assert "URL cannot be read" in _fails("postgresql://u:wrong-one@host:port/name")


def test_nobody_listens() -> None:
    said = _fails("postgresql://u:wrong-one@127.0.0.1:1/inventory")
    assert said.startswith("postgresql://127.0.0.1:1/inventory: cannot be reached")


def test_a_missing_database(url: str) -> None:
    assert "there is no such database" in _fails(url + "_missing")


def test_an_empty_database_is_made_by_storing_only(url: str) -> None:
    assert "nothing is stored in it yet" in _fails(url, create=False)
    _open(url).close()
    _open(url, create=False).close()


def test_a_role_without_rights(url: str, postgres: Postgres) -> None:
    name = _name(postgres.new_database())
    assert "may not do that" in _fails(url.replace(_name(url), name))


def test_a_role_that_may_only_read(url: str, postgres: Postgres) -> None:
    backend = Backend("postgresql", postgres.new_database())
    store_widgets(backend.open(), widgets(3))
    postgres.run(_name(backend.url), f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {USER}")
    store = _open(url.replace(_name(url), _name(backend.url)))
    assert len(list(store.records(1, "widgets", objects=True))) == 3
    assert store.stats().snapshots == 1
    with pytest.raises(StorageError, match="may not do that"):
        store_widgets(store, widgets(1))
    store.close()
    backend.close()


def test_a_relation_of_somebody_elses_is_left_alone(postgres: Postgres) -> None:
    url = postgres.new_database()
    postgres.run(_name(url), "CREATE VIEW widgets AS SELECT 1 AS mine")
    backend = Backend("postgresql", url)
    with pytest.raises(StorageError, match="which is not ours, is there already"):
        backend.open().begin([WIDGETS])
    assert backend.select("SELECT mine FROM widgets") == [(1,)]
    postgres.run(_name(url), "DROP VIEW widgets")
    other = postgres.new_database()
    postgres.run(_name(other), "CREATE TABLE inventory_snapshots (id int)")
    assert "is not ours" in _fails(other)
    backend.close()


def test_a_schema_of_its_own(postgres: Postgres) -> None:
    url = postgres.new_database()
    postgres.run(_name(url), "CREATE SCHEMA inventory")
    store = _open(f"{url}?options=-csearch_path%3Dinventory")
    assert store_widgets(store, widgets(1)) == 1
    assert Backend("postgresql", url).select("SELECT name FROM inventory.widgets")
    assert store.stats().size > 0
    store.close()


def test_there_is_no_backup_into_a_file(url: str, tmp_path) -> None:
    done = run("database", "backup", tmp_path / "x", "--db-path", url)
    assert (done.code, done.out) == (2, "")
    assert 'postgresql databases has no "backup": `k8s-datamodel database copy' in done.err


def test_the_driver_is_said_to_be_missing(url: str) -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from k8s_datamodel.api import StorageError, StorageRequest\n"
        "from k8s_datamodel_plugins.sql.store import open_store\n"
        "try:\n    open_store(StorageRequest(sys.argv[1], (), create=True))\n"
        "except StorageError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, url], capture_output=True, text=True, check=True
    )
    assert done.stdout.rstrip().endswith("pip install 'psycopg[binary]'")
