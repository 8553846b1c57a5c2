"""The file: where it is, who may read it, and what may be wrong with it."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from k8s_datamodel.api import StorageError, StorageRequest, UsageError
from k8s_datamodel_plugins.sql.layout.migrations import MIGRATIONS
from k8s_datamodel_plugins.sql.store import open_store
from support.sql_stores import WIDGETS, Backend, in_child, record, store_widgets, widget, widgets


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _open(url: str, *, create: bool = False) -> None:
    open_store(StorageRequest(url, (WIDGETS,), create=create)).close()


def _fails(action: Callable[[], object]) -> str:
    """The one line that the user reads."""
    with pytest.raises(StorageError) as caught:
        action()
    message = str(caught.value)
    assert "\n" not in message
    assert "database is locked" not in message
    return message


def _stored(path: Path, count: int = 3) -> Path:
    """A database with one snapshot."""
    backend = Backend("sqlite", str(path))
    store_widgets(backend.open(), widgets(count, blob="x" * 500))
    backend.close()
    return path


@pytest.fixture
def umask() -> Callable[[int], None]:
    before = os.umask(0)
    os.umask(before)
    yield os.umask  # type: ignore[misc]
    os.umask(before)


def test_the_default_is_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    _open("", create=True)
    assert (tmp_path / ".k8s-inventory" / "inventory.db").is_file()


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("~/a.db", "a.db"),
        ("sqlite:///~/b.db", "b.db"),
        ("odd ?#%41 name.db", "odd ?#%41 name.db"),
        ("sqlite:///relative.db", "relative.db"),
        ("ünï/çödé.db", "ünï/çödé.db"),
    ],
)
def test_paths_and_urls_name_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, file: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ünï").mkdir()
    _open(url, create=True)
    assert (tmp_path / file).is_file()


def test_an_absolute_url_has_four_slashes(tmp_path: Path) -> None:
    _open(f"sqlite:///{tmp_path}/absolute.db", create=True)
    assert (tmp_path / "absolute.db").is_file()


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o277])
def test_what_we_make_is_private_whatever_the_umask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: Callable[[int], None], mask: int
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "new"))
    path = tmp_path / "new" / ".k8s-inventory" / "inventory.db"
    umask(mask)
    _open("", create=True)
    umask(0o022)
    assert _mode(path) == 0o600
    assert _mode(path.parent) == _mode(path.parent.parent) == 0o700


@pytest.mark.parametrize("url", ["{}/new/x.db", "sqlite:///{}/new/x.db", "~/new/x.db", "new/x.db"])
def test_no_folder_is_made_but_the_default_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """It would hide a mistyped path, and the next command would find nothing."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"there is no folder .*new: make it first"):
        _open(url.format(tmp_path), create=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["~/.k8s-inventory/inventory.db", "sqlite:///"])
def test_the_default_one_is_made_however_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    _open(url, create=True)
    assert (tmp_path / ".k8s-inventory" / "inventory.db").is_file()


def test_the_journal_is_private_too(tmp_path: Path, umask: Callable[[int], None]) -> None:
    umask(0)
    path = _stored(tmp_path / "inventory.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM kdm_ledger")
        assert _mode(tmp_path / "inventory.db-journal") == 0o600
        connection.execute("ROLLBACK")


def test_what_exists_keeps_its_permissions(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    path = _stored(folder / "inventory.db")
    path.chmod(0o644)
    _stored(path)
    assert (_mode(folder), _mode(path)) == (0o755, 0o644)


def test_there_is_no_log_beside_the_file(tmp_path: Path) -> None:
    path = _stored(tmp_path / "inventory.db")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert [each.name for each in tmp_path.iterdir()] == ["inventory.db"]


def test_storing_takes_a_log_that_others_made_away(tmp_path: Path) -> None:
    path = _stored(tmp_path / "inventory.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    _stored(path)
    assert [each.name for each in tmp_path.iterdir()] == ["inventory.db"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    _stored(tmp_path / "link.db")
    assert (tmp_path / "real.db").is_file()


def test_a_missing_file_is_not_made_by_reading(tmp_path: Path) -> None:
    path = tmp_path / "none" / "inventory.db"
    said = _fails(lambda: _open(str(path)))
    assert said == f"no database at {path} yet; `k8s-datamodel database store` makes one"
    assert not path.parent.exists()


def test_an_empty_file_becomes_a_database_by_storing_only(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    assert "nothing is stored in it yet" in _fails(lambda: _open(str(path)))
    assert path.stat().st_size == 0
    _open(str(path), create=True)


def test_a_folder_in_the_files_place(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        _open(str(tmp_path), create=True)


def test_a_file_in_the_folders_place(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="there is no folder"):
        _open(f"{tmp_path}/file/x.db", create=True)
    assert "no database at" in _fails(lambda: _open(f"{tmp_path}/file/x.db"))


def test_something_else_in_the_files_place(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="is no regular file"):
        _open(str(tmp_path / "pipe"), create=True)


@pytest.mark.parametrize("url", [":memory:", "mysql://host/db", "~nobody-of-that-name/x.db"])
def test_what_is_no_path_is_said(url: str) -> None:
    assert _fails(lambda: _open(url, create=True))


@pytest.mark.parametrize("create", [False, True])
def test_another_programs_database_is_left_alone(tmp_path: Path, create: bool) -> None:
    path = tmp_path / "theirs.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE crds (id INTEGER)")
    before = path.read_bytes()
    said = _fails(lambda: _open(str(path), create=create))
    assert said == f"{path}: is another program's database; nothing was changed"
    assert path.read_bytes() == before


@pytest.mark.parametrize("create", [False, True])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, create: bool) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("shopping list\n" * 1000)
    before = path.read_bytes()
    assert "is not a SQLite database" in _fails(lambda: _open(str(path), create=create))
    assert path.read_bytes() == before


@pytest.mark.parametrize("part", [0.2, 0.5, 0.99])
def test_a_cut_off_file_is_said_to_be_damaged(tmp_path: Path, part: float) -> None:
    path = _stored(tmp_path / "inventory.db", 500)
    os.truncate(path, int(path.stat().st_size * part))
    assert "damaged" in _fails(lambda: _open(str(path)))
    assert "damaged" in _fails(lambda: _open(str(path), create=True))


def test_overwritten_pages_are_found_while_reading(tmp_path: Path) -> None:
    path = _stored(tmp_path / "inventory.db", 500)
    with path.open("r+b") as file:
        file.seek(4096 * 40)
        file.write(b"\xff" * (path.stat().st_size - 4096 * 40))
    store = open_store(StorageRequest(str(path), (WIDGETS,)))
    assert "damaged" in _fails(lambda: list(store.records(1, "widgets", objects=True)))
    assert store.verify()
    store.close()


def test_a_newer_schema_is_refused(backend: Backend) -> None:
    store_widgets(backend.open(), widgets(1))
    backend.execute("UPDATE kdm_meta SET value = '99' WHERE key = 'schema'")
    for create in (False, True):
        said = _fails(lambda create=create: backend.open(create=create))
        knows = f"(schema 99, this one knows {len(MIGRATIONS)}): upgrade"
        assert f"made by a newer k8s-datamodel {knows}" in said


def test_a_copy_taken_while_it_is_read_holds_everything(tmp_path: Path) -> None:
    path = _stored(tmp_path / "inventory.db", 1500)
    store = open_store(StorageRequest(str(path), (WIDGETS,)))
    rows = store.records(1, "widgets", objects=True)
    next(rows)
    shutil.copy(path, tmp_path / "copy.db")
    copy = open_store(StorageRequest(str(tmp_path / "copy.db"), (WIDGETS,)))
    assert len(list(copy.records(1, "widgets", objects=True))) == 1500
    assert copy.verify() == []
    assert len(list(rows)) == 1499
    copy.close()
    store.close()


def test_a_restored_copy_has_the_old_content(tmp_path: Path) -> None:
    path = _stored(tmp_path / "inventory.db")
    shutil.copy(path, tmp_path / "backup.db")
    _stored(path)
    shutil.copy(tmp_path / "backup.db", path)
    store = open_store(StorageRequest(str(path), (WIDGETS,)))
    assert [each.id for each in store.snapshots()] == [1]
    assert store.verify() == []
    store.close()


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    path = _stored(tmp_path / "inventory.db")
    store = open_store(StorageRequest(str(path), (WIDGETS,), create=True))
    with closing(sqlite3.connect(path)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    # The same answer of SQLite as on a full disk, without filling one.
    with store._database.driver() as driver:
        driver.execute(f"PRAGMA max_page_count = {pages + 2}")
    large = [record(widget("large", 1, blob="x" * 100_000))]
    assert "no space left for it" in _fails(lambda: store_widgets(store, large))
    assert [each.id for each in store.snapshots()] == [1]
    assert store.verify() == []
    store.close()


def test_a_limit_of_the_files_size_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    path = _stored(tmp_path / "inventory.db")
    size = path.stat().st_size

    def check() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 8192, size + 8192))
        store = open_store(StorageRequest(str(path), (WIDGETS,), create=True))
        large = [record(widget("large", 1, blob="x" * 100_000))]
        said = _fails(lambda: store_widgets(store, large))
        assert "check the disk, its space and limits" in said

    in_child(check)
    store = open_store(StorageRequest(str(path), (WIDGETS,), create=True))
    assert store.verify() == []
    assert store_widgets(store, widgets(1)) == 2
    store.close()


class TestReadOnly:
    """As a user who may not write; where the tests run as root, in a process of nobody's."""

    def test_reading_works_and_storing_says_why_not(self, unprivileged, open_folder: Path) -> None:
        path = _stored(open_folder / "inventory.db")
        path.chmod(0o444)
        open_folder.chmod(0o555)

        def check() -> None:
            store = open_store(StorageRequest(str(path), (WIDGETS,), create=True))
            assert len(list(store.records(1, "widgets", objects=True))) == 3
            store.stats()
            assert store.verify() == []
            said = _fails(lambda: store_widgets(store, widgets(1)))
            assert said.startswith(f"{path}: it, or its folder, is read-only")
            assert "read-only" in _fails(lambda: store.delete([1]))

        unprivileged(check)

    def test_a_read_only_folder_says_so_too(self, unprivileged, open_folder: Path) -> None:
        path = _stored(open_folder / "inventory.db")
        path.chmod(0o666)
        open_folder.chmod(0o555)

        def check() -> None:
            store = open_store(StorageRequest(str(path), (WIDGETS,), create=True))
            assert len(list(store.records(1, "widgets", objects=True))) == 3
            _fails(lambda: store_widgets(store, widgets(1)))
            said = _fails(lambda: _open(str(open_folder / "new.db"), create=True))
            assert "cannot be made: Permission denied" in said

        unprivileged(check)

    def test_what_a_killed_process_left_has_to_be_mended_first(
        self, unprivileged, open_folder: Path
    ) -> None:
        path = _stored(open_folder / "inventory.db", 500)

        def killed() -> None:
            connection = sqlite3.connect(path, isolation_level=None)
            connection.execute("PRAGMA cache_size = 10")
            connection.execute("BEGIN")
            connection.execute("UPDATE kdm_objects SET body = body || ' '")
            os._exit(0)

        in_child(killed)
        assert (open_folder / "inventory.db-journal").exists()
        open_folder.chmod(0o555)
        path.chmod(0o444)

        def check() -> None:
            assert "a killed process left it unfinished" in _fails(lambda: _open(str(path)))

        unprivileged(check)
        open_folder.chmod(0o755)
        path.chmod(0o600)
        _open(str(path))
        assert not (open_folder / "inventory.db-journal").exists()

    def test_a_file_that_may_not_be_read(self, unprivileged, open_folder: Path) -> None:
        path = _stored(open_folder / "inventory.db")
        path.chmod(0o000)
        unprivileged(lambda: _fails(lambda: _open(str(path))))
        open_folder.chmod(0o000)
        unprivileged(lambda: _fails(lambda: _open(str(path))))
        open_folder.chmod(0o755)
