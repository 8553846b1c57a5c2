"""The manual's blocks that measure, clean, back up and mend the database."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from manual.case import Case
from manual.world import DEVELOPMENT_HOLDS, PRODUCTION_HOLDS, Place, Ran

_CRDS = 2 * len(PRODUCTION_HOLDS.crds) + len(DEVELOPMENT_HOLDS.crds)


def _sound(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def _statistics(place: Place, ran: Ran) -> None:
    text, _, document = ran.out.partition("\n{\n")
    assert text.startswith("Database Statistics\n━━━")
    assert f"Total CRDs Stored: {_CRDS}" in text
    found = json.loads("{" + document)
    assert found["database_path"] == str(place.database)
    assert found["database_size"] == place.database.stat().st_size
    assert found["total_snapshots"] == 3
    assert found["unique_clusters"] == 2
    assert found["clusters"] == {"prod-cluster": 2, "dev-cluster": 1}
    assert found["records"]["crds"] == _CRDS
    assert sum(found["storage"].values()) == found["database_size"]
    stored = [row["timestamp"] for row in place.listed()]
    assert found["date_range"] == {"first": stored[0], "last": stored[-1]}


def _statistics_example(place: Place, text: str) -> Ran:
    (place.work / "example").write_text(text)
    return place.bash("k8s-datamodel database stats")


def _as_drawn(place: Place, ran: Ran) -> None:
    """The headings, and the lines below each, are the example's; clusters are whichever there are.

    The breakdown may name more than the example does: it has to add up to the whole file.
    """
    example = _sections((place.work / "example").read_text())
    found = _sections(ran.out)
    assert list(found) == list(example)
    for heading, labels in example.items():
        if "Cluster Breakdown" not in heading:
            assert found[heading][: len(labels)] == labels
    percents = re.findall(r": (\d+)%$", ran.out, re.M)
    assert sum(map(int, percents)) == 100
    assert "  • prod-cluster: 2 snapshots\n" in ran.out
    assert re.search(r"Date Range: \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\n", ran.out)


def _sections(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in filter(str.strip, text.splitlines()):
        if line.startswith("  •"):
            found[list(found)[-1]].append(line.partition(":")[0])
        else:
            found[line] = []
    return found


def _answered(place: Place, text: str) -> Ran:
    """Somebody at a terminal says no to the question, so that the second line has its snapshot."""
    return place.run(["bash", "-c", text], answer="n\n")


def _cleaned(place: Place, ran: Ran) -> None:
    assert "Delete for good?" in ran.err
    assert "Nothing was deleted.\nDeleted snapshot 1.\n" in ran.err
    assert [row["id"] for row in place.listed()] == [2, 3]
    assert place.rows("SELECT count(*) FROM crds WHERE snapshot_id = 1") == [(0,)]
    # The same lines where there is something to clean: 12 snapshots of the one, 6 of the other.
    place.rows("UPDATE kdm_snapshots SET timestamp = '2024-03-15 10:30:15' WHERE id = 3")
    place.copies(3, 12)
    place.copies(2, 6)
    place.ok("database", "cleanup", "--keep", "10")
    contexts = [row["cluster_context"] for row in place.listed()]
    assert (contexts.count("prod-cluster"), contexts.count("dev-cluster")) == (10, 7)
    place.ok("database", "cleanup", "--older-than", "30 days")
    assert {row["cluster_context"] for row in place.listed()} == {"dev-cluster"}
    place.ok("database", "cleanup", "--cluster-context", "dev-cluster", "--keep", "5")
    assert len(place.listed()) == 5


def _with_backups(place: Place, text: str) -> Ran:
    """There is a folder for backups, one of March 2024 in it, and a copy of that to try."""
    backups = place.home / "backups"
    backups.mkdir()
    old = backups / "inventory-backup-20240315.db"
    place.ok("database", "backup", str(old))
    place.run(["k8s-datamodel", "--db-path", str(old), "database", "delete", "1", "2", "--yes"])
    shutil.copy(old, place.work / "test-restore.db")
    return place.bash(text)


def _backed_up(place: Place, ran: Ran) -> None:
    saved = [file for file in (place.home / "backups").iterdir() if "20240315" not in file.name]
    assert len(saved) == 1
    assert re.fullmatch(r"inventory-backup-\d{8}\.db", saved[0].name)
    _sound(saved[0])
    assert [row["id"] for row in place.listed("--db-path", str(saved[0]))] == [1, 2, 3]
    assert [row["id"] for row in place.listed()] == [3]
    assert "Production cluster after upgrade" in ran.out
    assert "Development cluster inventory" not in ran.out


def _with_another_file(place: Place, text: str) -> Ran:
    place.ok("database", "backup", "temp.db")
    return place.bash(text)


def _another_file(_: Place, ran: Ran) -> None:
    assert "grep k8s-inventory" in ran.out
    assert "Development cluster inventory" in ran.out


def _with_free_space(place: Place, text: str) -> Ran:
    """A large database: beside its three snapshots the file holds much free space."""
    place.rows("CREATE TABLE ballast (body)")
    place.rows("INSERT INTO ballast VALUES (zeroblob(5000000))")
    place.rows("DROP TABLE ballast")
    return place.bash(text)


def _smaller(place: Place, ran: Ran) -> None:
    size, _, path = ran.out.strip().partition("\t")
    assert path == str(place.database)
    assert re.fullmatch(r"[\d.]+M", size)
    assert place.database.stat().st_size < 1_000_000
    _sound(place.database)
    assert len(place.listed()) == 3


def _inspected(_: Place, ran: Ran) -> None:
    assert ran.out.startswith("ok\n")
    for name in ("inventory_snapshots", "crds", "operators", "csvs"):
        assert re.search(rf"CREATE (TABLE|VIEW) \W?{name}\b", ran.out)


CASES = {
    "Database Statistics: bash 1": Case(_statistics),
    "Database Statistics: text 1": Case(_as_drawn, _statistics_example),
    "Cleaning Up Old Snapshots: bash 1": Case(
        _cleaned,
        _answered,
        fails=((1, "k8s-datamodel database delete 1"),),
        cause="delete 1 stands there twice: at a terminal the first is answered with no",
    ),
    "Database Backup and Restore: bash 1": Case(
        _backed_up,
        _with_backups,
        cause="~/backups, its file of 15 March 2024 and ./test-restore.db are not there by"
        " themselves: a backup is made for both",
    ),
    "Common Issues: bash 1": Case(
        _another_file,
        _with_another_file,
        cause="./temp.db is another database that must be there: a backup is put there",
    ),
    "Common Issues: bash 2": Case(
        _smaller,
        _with_free_space,
        cause="it runs as it stands; free space is put into the file, for VACUUM to give back",
    ),
    "Common Issues: bash 3": Case(_inspected),
}
