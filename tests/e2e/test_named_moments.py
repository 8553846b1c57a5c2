"""What a word means given what is there, on either kind of database; what is said else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import click
import pytest

from k8s_datamodel.api import StorageRequest
from k8s_datamodel.base.errors import DatamodelError, SnapshotNotFoundError, UsageError
from k8s_datamodel.cli.frame.app import App, line
from k8s_datamodel.cli.frame.settings import Place
from k8s_datamodel.cli.moments.moment_meanings import StoredName, database_in, meaning_of, settled
from k8s_datamodel.cli.moments.named_snapshots import named_snapshot
from k8s_datamodel.cli.params.snapshot_options import insist_on_stored_here
from k8s_datamodel.cli.rows.compared_moments import compared_moments
from k8s_datamodel_plugins.sql.store import open_store
from seed import sample
from support.forked import Forked
from support.servers.postgres import Postgres
from support.sql_stores import CLUSTER, LEDGER, WIDGETS, snapshot

AFTER = sample.FOLDER / "after" / "crds"
BEFORE = sample.FOLDER / "before" / "crds" / "others.yaml"
ARN = "arn:aws:eks:eu-1:12:cluster/x"
TAKEN = [
    ("2026-10-01 08:00:00", "prod"),
    ("2026-10-02 08:00:00", "staging"),
    ("2026-10-03 08:00:00", ARN),
    ("2026-10-04 08:00:00", "admin@prod"),
    ("2026-10-05 08:00:00", "12"),
    ("2026-10-06 08:00:00", "prod"),
]
PASSWORD = "geheim"


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with a snapshot of each ``TAKEN``; the first is the baseline gold."""
    url = str(tmp_path_factory.mktemp("named") / "inventory.db")
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.new_database().replace("postgres@", f"postgres:{PASSWORD}@")
    with closing(open_store(StorageRequest(url, (WIDGETS,), create=True))) as store:
        for time, context in TAKEN:
            cluster = replace(CLUSTER, context=context, uid=f"uid-{context}")
            taken = snapshot(timestamp=time, cluster=cluster, uuid=str(uuid4()))
            with store.begin([WIDGETS]) as writer:
                writer.commit(taken, LEDGER)
        store.set_baseline("gold", 1)
    return url


@pytest.fixture(scope="module")
def _app() -> App:
    return App(["--no-external-plugins"])


@pytest.fixture
def app(_app: App, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """In an empty folder, with that database."""
    monkeypatch.chdir(tmp_path)
    _app.settings.db_path = place
    _app.settings.context = _app.settings.source = None
    yield _app
    _app.typed = set()


def number(app: App, word: str) -> int:
    found = meaning_of(app, word)
    assert isinstance(found, StoredName)
    with closing(app.open_store(found.database or app.settings.db_path or "")) as store:
        return named_snapshot(app, store, found.name).id


NAMES = [
    ("latest", 6),
    ("latest~1", 5),
    ("3", 3),
    ("@2026-10-03", 3),
    ("@2026-10-03 07:59", 2),
    ("@2026-10-03T10:00:00+02:00", 3),
    ("@today", 6),
    ("prod:latest", 6),
    ("prod:latest~1", 1),
    ("prod:@2026-10-05", 1),
    ("uid-prod:latest~1", 1),
    ("uid-staging:@yesterday", 2),
    (f"{ARN}:latest", 3),
    (f"{ARN}:@2026-10-03 08:00:00", 3),
    (f"uid-{ARN}:3", 3),
    ("admin@prod:latest", 4),
    ("12:latest", 5),
    ("gold", 1),
]


@pytest.mark.parametrize(("word", "expected"), NAMES)
def test_a_snapshot_has_many_names_also_from_beside_another_database(
    app: App, place: str, word: str, expected: int
) -> None:
    assert number(app, word) == expected
    app.settings.db_path = "elsewhere.db"
    assert number(app, f"{place}:{word}") == expected


@pytest.mark.parametrize(
    ("word", "error", "said"),
    [
        (
            "@1999-01-01",
            SnapshotNotFoundError,
            "as old as 1999-01-01 23:59:59 UTC: the oldest is 1",
        ),
        (
            "staging:@2026-10-01",
            SnapshotNotFoundError,
            "no snapshot of staging is as old as .* 2, ",
        ),
        ("prod:2", SnapshotNotFoundError, "snapshot 2 is of staging, not of prod"),
        ("staging:latest~1", SnapshotNotFoundError, "latest~1 of staging: the database has 1"),
        ("stagin:latest", SnapshotNotFoundError, "of stagin; there are of staging$"),
        ("e77a1c:latest", SnapshotNotFoundError, "of e77a1c; there are of 12, admin@prod, "),
        (
            "a/b:latest",
            SnapshotNotFoundError,
            "no snapshot of a/b, and no file or folder a/b:latest",
        ),
        ("@31.12.2026", UsageError, "no time '31.12.2026'"),
        ("@2026-13-01", UsageError, "no time '2026-13-01'"),
        ("@2026/11/01", UsageError, "no time '2026/11/01'"),
        ("@3 fortnights ago", UsageError, "no time '3 fortnights ago'"),
        ("@2026-10-03 8:00", UsageError, "no time '2026-10-03 8:00'"),
        ("prod:@soon", UsageError, "no time 'soon'"),
        ("2026-13-45", UsageError, "no time '2026-13-45'"),
        ("2026-10-03 25:00", UsageError, "no time '2026-10-03 25:00'"),
        ("2026-10-03 8:00", UsageError, "no snapshot '2026-10-03 8:00'"),
        ("2026-10-03 08:00", UsageError, "perhaps @'2026-10-03 08:00' is meant"),
        ("2026-10-03T08:00:05", UsageError, "perhaps @'2026-10-03T08:00:05' is meant"),
        ("3 days ago", UsageError, "perhaps @'3 days ago' is meant"),
        ("Latest", UsageError, "perhaps latest is meant"),
        ("yesterdays", UsageError, "perhaps @yesterday is meant"),
        ("gild", UsageError, "perhaps gold is meant"),
        ("prod", UsageError, "perhaps prod:latest is meant"),
        ("staging:", UsageError, "perhaps staging:latest is meant"),
        ("pord", UsageError, "perhaps prod:latest is meant"),
        ("C:\\x", UsageError, "no snapshot 'C:.*x'; use a number"),
        ("inventory.db", UsageError, "inventory.db is a database: .* inventory.db:latest"),
        ("nothing.db:latest", DatamodelError, "no database at nothing.db yet"),
        ("live:", UsageError, "no snapshot 'live:'; use"),
        ("", UsageError, "no snapshot ''; use"),
    ],
)
def test_what_a_word_does_not_mean_is_said(
    app: App, word: str, error: type[DatamodelError], said: str
) -> None:
    with pytest.raises(error, match=said):
        number(app, word)


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("live", Place()),
        ("live:prod", Place("prod")),
        (f"live:{ARN}:latest", Place(f"{ARN}:latest")),
        ("./nothing", Place(None, "./nothing")),
        ("nothing.YAML", Place(None, "nothing.YAML")),
        ("nothing.tgz", Place(None, "nothing.tgz")),
    ],
)
def test_what_is_read_now(app: App, word: str, meaning: Place) -> None:
    assert meaning_of(app, word) == meaning
    assert settled(app, word, meaning) is None
    assert app.settings.context == meaning.context
    assert app.settings.source == (meaning.location or None)
    with pytest.raises(UsageError, match="read, not stored"):
        insist_on_stored_here(app, word)
    app.typed = {"context"}
    with pytest.raises(UsageError, match=f"--snapshot {word} .* --context"):
        settled(app, word, meaning)


def test_a_word_that_names_two_things_is_refused_with_both(app: App, place: str) -> None:
    for name in ("prod", "12"):
        with closing(open_store(StorageRequest(name, (WIDGETS,), create=True))):
            pass
        with pytest.raises(UsageError, match=f"a snapshot in {name} and a snapshot of {name}; "):
            meaning_of(app, f"{name}:latest")
        assert meaning_of(app, f"./{name}:latest") == StoredName("latest", f"./{name}")
    path = Path(f"{ARN}:latest")
    path.mkdir(parents=True)
    with pytest.raises(UsageError, match=f"a snapshot of {ARN} and the path {path}"):
        meaning_of(app, str(path))


def test_whole_databases_and_snapshots_elsewhere_are_told_apart(app: App, place: str) -> None:
    assert database_in(app, place) == ""
    assert database_in(app, f"{place}:latest") == place
    for name in ("latest", "gold", f"{ARN}:latest"):
        assert settled(app, "", meaning_of(app, f"{place}:{name}")) == name
        with pytest.raises(UsageError, match="--db-path") as raised:
            insist_on_stored_here(app, f"{place}:{name}")
        assert PASSWORD not in line(raised.value)
    with pytest.raises(UsageError, match="is a database") as raised:
        meaning_of(app, place)
    assert PASSWORD not in line(raised.value)
    insist_on_stored_here(app, "prod:latest")


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real one, with a snapshot of each of two clusters, and one without CRDs."""
    from support.forked import ok

    path = tmp_path_factory.mktemp("stored") / "inventory.db"
    for name, left_out in (("prod", "--no-olm"), ("staging", "--no-olm"), ("staging", "--no-crds")):
        place = ("--source", BEFORE, "--cluster-name", name, "--db-path", path)
        ok(*place, "database", "store", "--no-operators", left_out)
    return path


def test_commands_on_the_database_say_whose_latest_is(command: Forked, db: Path) -> None:
    where = ("--db-path", db)
    for words in (("show", "latest"), ("export", "latest"), ("summary",)):
        done = command.ok("database", *words, *where)
        assert "latest is snapshot 3 of staging, of several clusters" in done.err, words
    for more in ((), ("--cluster-context", "prod"), ("--context", "prod")):
        shown = command.ok("database", "show", "latest", "-o", "json", *where, *more)
        listed = command.ok("database", "list", "--limit", "1", "-o", "json", *where, *more)
        assert [each["id"] for each in listed.json] == [shown.json["snapshot"]["id"]]
        assert ("several clusters" in shown.err) is not more
        assert ("Only snapshots of prod" in listed.err) is ("--context" in more)


def test_one_cluster_under_two_contexts_is_one(command: Forked, tmp_path: Path) -> None:
    db = tmp_path / "inventory.db"

    def store(context: str, uid: str) -> None:
        namespace = {"apiVersion": "v1", "kind": "Namespace"}
        system = namespace | {"metadata": {"name": "kube-system", "uid": uid}}
        dump = tmp_path / f"{context}.json"
        dump.write_text(json.dumps(system), "utf-8")
        place = ("--source", dump, "--cluster-name", context, "--db-path", db)
        command.run(*place, "database", "store", "--allow-incomplete")

    def told() -> bool:
        return (
            "of several clusters" in command.ok("database", "show", "latest", "--db-path", db).err
        )

    for context in ("admin@prod", "reader@prod"):
        store(context, "uid-1")
    assert not told()
    store("staging", "uid-2")
    store("reader@prod", "uid-1")
    assert told()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("delete", "--yes", "{db}:1"), "name the snapshot 1, and the database by --db-path"),
        (("copy", "{db}:latest", "new.db"), "copy takes whole databases, such as {db};"),
        (("copy", "{db}", "new.db:prod"), "copy takes whole databases, such as new.db;"),
        (("show", "live"), "is read, not stored"),
    ],
)
def test_what_takes_no_such_name_says_what_to_use(
    command: Forked,
    db: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [each.format(db=db) for each in words]
    done = command.run("database", *given, K8S_DATAMODEL_DB=str(tmp_path / "other.db"))
    assert (done.code, said.format(db=db) in done.err) == (2, True), done.err
    assert not (tmp_path / "new.db:prod").exists()


def test_a_listing_reads_a_path_or_another_database(command: Forked, db: Path) -> None:
    named = command.run("crd", "list", "-o", "name", "--snapshot", BEFORE)
    assert named.out == command.run("crd", "list", "-o", "name", "--source", BEFORE).out != ""
    other = command.run("crd", "list", "-o", "name", "--snapshot", f"{db}:prod:latest")
    assert other.out == named.out
    both = command.run("crd", "list", "--snapshot", BEFORE, "--source", AFTER)
    assert (both.code, "--source" in both.err) == (2, True)


def test_a_password_on_the_command_line_is_warned_of_and_not_told(command: Forked) -> None:
    word = f"postgresql://someone:{PASSWORD}@127.0.0.1:1/db:latest"
    done = command.run("crd", "list", "--snapshot", word)
    assert (done.code, PASSWORD in done.err) == (1, False)
    assert "--snapshot holds a password" in done.err


def test_a_comparison_opens_two_moments_with_one_salt(db: Path) -> None:
    app = App(["--no-external-plugins"])
    app.settings.db_path = str(db)
    context = click.Context(click.Command("diff"), obj=app)
    types = [app.registry.type("crds"), app.registry.type("instances")]
    with compared_moments(context, ("prod:latest", str(BEFORE)), types) as (one, two):
        rows = [[row["name"] for row in each.rows("crds", objects=True)] for each in (one, two)]
        assert rows[0] == rows[1] == sorted(rows[0]) != []
        assert one.snapshot.redaction == two.snapshot.redaction
        assert (one.number, two.number) == (1, None)
        assert [each.name for each in two.types] == ["crds"]


def test_latest_of_a_listing_is_the_newest_that_has_the_type(command: Forked, db: Path) -> None:
    done = command.run("crd", "count", "--snapshot", "latest", "--db-path", db)
    assert done.out == "3\n"
    assert "Snapshot 3 was stored without CRDs: 2 is the newest with them." in done.err
    exact = command.run("crd", "count", "--snapshot", "3", "--db-path", db)
    assert (exact.code, exact.out) == (3, "unknown\n")


BARE = {
    "diff 1 after": "no snapshot 'after'; the folder of that name is ./after or after/",
    "diff after": "the folder of that name is ./after or after/",
    "crd list --snapshot after": "the folder of that name is ./after or after/",
    "report after --file r.html": "the folder of that name is ./after or after/",
    "database show after": "the folder of that name is ./after or after/",
    "diff 1 kept": "the file of that name is ./kept, and kept:latest is a snapshot in it",
    "diff 1 inventory.db": "inventory.db is a database: name a snapshot in it",
}
"""Words that name a file or folder, but are no path by their form; and what stderr says."""


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("line", BARE)
def test_a_path_without_the_form_of_one_is_told_with_it(
    line: str, stored: bool, command: Forked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("K8S_DATAMODEL_DB", "inventory.db" if stored else "none.db")
    shutil.copytree(BEFORE.parent, "after")
    command.ok("--source", BEFORE, "--db-path", "inventory.db", "database", "store")
    shutil.copy("inventory.db", "kept")
    done = command.run(*line.split())
    assert (done.code, BARE[line] in done.err) == (2, True), done.err


def test_a_baseline_comes_before_a_folder_of_its_name(
    command: Forked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "after").mkdir()
    command.ok("--source", BEFORE, "database", "store")
    command.ok("database", "baseline", "set", "after", "1")
    assert command.run("diff", "after", "1").code == 3  # the source holds no operators
