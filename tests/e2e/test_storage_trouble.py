"""Full disks, read-only places, servers that refuse: one clear line, and nothing is lost."""

from __future__ import annotations

import os
import resource
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from seed import sample
from support.command import PROGRAM, Done
from support.forked import ok, run
from support.servers.postgres import PASSWORD, USER, Postgres
from support.sql_stores import Backend

BEFORE, CHANGE = sample.FOLDER / "before", sample.FOLDER / "change"
SECRET = quote(PASSWORD, safe="")

root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="mounts a small file system: run it as root, or in a container",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "inventory.db"
    ok("database", "store", "--source", BEFORE, "--db-path", path)
    return path


@pytest.fixture
def db(made: Path, tmp_path: Path) -> Path:
    """A database with one snapshot."""
    return Path(shutil.copy(made, tmp_path / "inventory.db"))


def one_line(done: Done, *words: str) -> None:
    assert done.code == 1, done
    assert done.out == ""
    assert done.err.count("\n") == 1, done.err
    assert done.err.startswith("k8s-datamodel: ")
    for word in words:
        assert word in done.err


def whole(db: object) -> None:
    listed = ok("database", "list", "-o", "json", "--db-path", db).json
    assert [each["id"] for each in listed] == [1]
    ok("database", "verify", "--db-path", db)


def within(script: str, before: Callable[[], None] = lambda: None) -> Done:
    """Run a script whose mounts are its own; they are gone with it."""
    done = subprocess.run(
        ["unshare", "--mount", "bash", "-ec", script],
        capture_output=True,
        check=False,
        preexec_fn=before,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def store(db: object, source: Path = CHANGE, *options: str) -> list[str]:
    return list(
        map(str, (PROGRAM, "database", "store", *options, "--source", source, "--db-path", db))
    )


@root
def test_a_full_disk(db: Path, tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    pages = db.stat().st_size // 4096 + 8
    command = shlex.join(store(folder / db.name, CHANGE, "--no-redact"))
    # What the disk holds then is taken out of it, to be looked at.
    done = within(
        f"mount -t tmpfs -o size={4 * pages}k none {folder}; cp {db} {folder}; code=0\n"
        f"{command} || code=$?; cp {folder}/* {tmp_path}; exit $code"
    )
    one_line(done, str(folder / db.name), "no space left for it", "nothing was half written")
    whole(db)


@root
def test_a_read_only_file_system(db: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mounted"
    folder.mkdir()
    mount = f"mount --bind -o ro {tmp_path} {folder}; "
    one_line(within(mount + shlex.join(store(folder / db.name))), "is read-only: reading works")
    new = shlex.join(store(folder / "new.db"))
    one_line(within(mount + new), "cannot be made: Read-only file system")
    list_ = shlex.join([str(PROGRAM), "--db-path", str(folder / db.name), "database", "list"])
    assert within(mount + list_).code == 0
    whole(db)


def test_a_limit_of_the_files_size(db: Path) -> None:
    limit = db.stat().st_size
    done = subprocess.run(
        store(db, CHANGE, "--no-redact"),
        capture_output=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    said = Done(done.returncode, done.stdout.decode(), done.stderr.decode())
    one_line(said, str(db), "check the disk, its space and limits")
    whole(db)


@root
def test_nobody_without_a_home(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    rights = "+dac_override,+dac_read_search"  # to reach the interpreter, wherever it is
    user = ["setpriv", "--reuid=12345", "--clear-groups", f"--inh-caps={rights}"]
    user += [f"--ambient-caps={rights}", "env", "-u", "HOME"]
    *default, option, db = store(tmp_path / "x.db", BEFORE)
    for words, code in ((default, 1), ([*default, option, db], 0)):
        done = subprocess.run([*user, *words], capture_output=True, text=True, check=False)
        assert done.returncode == code, done
        assert done.stderr.count("\n") == 1, done.stderr
        if code:
            assert "no such home folder; set HOME or use --db-path" in done.stderr


@pytest.mark.parametrize(
    "typed",
    [
        "postgresql:u:s3cret@host/db",
        "postgres:/u:s3cret@host/db",
        "user:s3cret@host/db",
        "user:s3cret@/db",
        "sqlite://user:s3cret@/db",
    ],
)
def test_a_url_that_is_mistyped_is_no_new_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("database", "store", "--source", BEFORE, K8S_DATAMODEL_DB=typed)
    one_line(done, "write postgresql://user@host:port/name")
    assert "s3cret" not in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def url(postgres: Postgres) -> str:
    """Of a database that the role with the password may only read."""
    admin = postgres.new_database()
    ok("database", "store", "--source", BEFORE, K8S_DATAMODEL_DB=admin)
    name = admin.rpartition("/")[2]
    postgres.run(name, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {USER}")
    return f"postgresql://{USER}:{SECRET}@127.0.0.1:{postgres.port}/{name}"


@pytest.mark.postgresql
class TestServer:
    """Each says what to do, and never the password, not even with ``--debug``."""

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            (SECRET, "wrong-one", "the password was refused"),
            (f":{SECRET}", "", "it wants a password"),
            ("@127.0.0.1:", "@127.0.0.1:1", "cannot be reached"),
            ("/test", "/no-test", "there is no such database"),
            ("", "", "this role may not do that there"),
        ],
        ids=["password", "no password", "dead", "missing", "rights"],
    )
    def test_refusals(self, url: str, old: str, new: str, words: str) -> None:
        wrong = url.replace(old, new, 1) if old else url
        if "1:1" in new:
            wrong = f"postgresql://{USER}:{SECRET}@127.0.0.1:1/test"
        one_line(self._store(wrong), "postgresql://127.0.0.1:", words)

    def test_a_traceback_holds_no_password(self, url: str) -> None:
        for wrong in (url, url.replace(SECRET, "wrong-one")):
            debug = self._store(wrong, "--debug")
            assert "Traceback" in debug.err
            assert not any(secret in debug.err for secret in (SECRET, PASSWORD, "wrong-one"))

    def _store(self, url: str, *options: str) -> Done:
        return run("database", "store", "--source", CHANGE, *options, K8S_DATAMODEL_DB=url)

    def test_reading_is_all_it_takes_to_read(self, url: str) -> None:
        listed = ok("database", "list", "-o", "json", K8S_DATAMODEL_DB=url).json
        assert [each["id"] for each in listed] == [1]
        stats = ok("database", "stats", "-o", "json", K8S_DATAMODEL_DB=url)
        assert SECRET not in stats.out
        assert PASSWORD not in stats.out

    def test_the_ways_without_a_password_on_the_command_line(
        self, url: str, postgres: Postgres, tmp_path: Path
    ) -> None:
        name = url.rpartition("/")[2]
        plain = f"postgresql://{USER}@127.0.0.1:{postgres.port}/{name}"
        passwords, services = tmp_path / "pgpass", tmp_path / "pg_service.conf"
        passwords.write_text(f"127.0.0.1:{postgres.port}:*:{USER}:{PASSWORD}\n")
        passwords.chmod(0o600)
        services.write_text(
            f"[inventory]\nhost=127.0.0.1\nport={postgres.port}\nuser={USER}\ndbname={name}\n"
        )
        files = {"PGPASSFILE": str(passwords), "PGSERVICEFILE": str(services)}
        for arguments, env in (
            (["--db-path", plain], {"PGPASSWORD": PASSWORD}),
            (["--db-path", plain], files),
            (["--db-path", "postgresql://?service=inventory"], files),
            (["--db-path", "postgresql://"], {**files, "PGSERVICE": "inventory"}),
        ):
            done = ok(*arguments, "database", "list", "-o", "json", **env)
            assert len(done.json) == 1
            assert done.err == ""

    def test_the_four_relations_answer_other_clients(self, url: str, postgres: Postgres) -> None:
        backend = Backend("postgresql", postgres.url(url.rpartition("/")[2]))
        for name in ("inventory_snapshots", "crds", "operators", "csvs"):
            assert backend.select(f"SELECT count(*) FROM {name}") > [(0,)]
        names = "SELECT spec::json #>> '{metadata,name}' FROM crds WHERE snapshot_id = 1 ORDER BY 1"
        listed = "SELECT name FROM crds WHERE snapshot_id = 1 ORDER BY name"
        assert backend.select(names) == backend.select(listed)
