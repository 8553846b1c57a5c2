"""``database query``: what it takes, by what name, and how it shows rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.command import Done
from support.forked import run

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"


class Place:
    """A database with the sample cluster, and a configuration folder with two queries."""

    def __init__(self, folder: Path) -> None:
        self.env = {
            "HOME": str(folder),
            "K8S_DATAMODEL_CONFIG_DIR": str(folder),
            "K8S_DATAMODEL_DB": str(folder / "inventory.db"),
        }
        assert run("--source", SAMPLE, "database", "store", **self.env).code == 0
        queries = folder / "queries"
        queries.mkdir()
        (queries / "mine.sql").write_text(
            "-- How many CRDs\n--   of one kind there are.\n\n"
            "SELECT count(*) AS n FROM latest_crds\n"
            "WHERE kind = :kind -- not: more\n"
        )
        (queries / "unread.sql").write_text("SELECT 'mine' AS whose")
        (queries / "not a name.sql").write_text("SELECT 1")
        (queries / "folder.sql").mkdir()

    def ask(self, *arguments: str) -> Done:
        return run("database", "query", *arguments, **self.env)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    return Place(tmp_path_factory.mktemp("queries"))


def test_rows_in_each_format(place: Place) -> None:
    asked = "SELECT name, instance_count, NULL AS none FROM latest_crds ORDER BY 1 LIMIT 2"
    rows = place.ask(asked, "-o", "json").json
    assert [list(row) for row in rows] == [["name", "instance_count", "none"]] * 2
    first = rows[0]["name"]
    assert place.ask(asked, "-o", "csv").out.splitlines()[0] == "name,instance_count,none"
    assert place.ask(asked, "-o", "name").code == 0
    assert first in place.ask(asked).out
    assert place.ask(asked, "-o", "jsonpath={.items[0].name}").out == first
    assert place.ask("SELECT 1 AS a WHERE 1 = 0", "-o", "json").json == []


def test_named_queries(place: Place) -> None:
    listed = {row["name"]: row for row in place.ask("--list", "-o", "json").json}
    assert listed["mine"]["description"] == "How many CRDs of one kind there are."
    assert (listed["mine"]["origin"], listed["unread"]["origin"]) == ("yours", "yours")
    assert listed["operator-versions"]["origin"] == "operators"
    assert listed["snapshots-per-cluster"]["origin"] == "sqlite"
    assert all(row["description"] for name, row in listed.items() if name != "unread")
    assert "not a name" not in listed
    assert place.ask("mine", "-p", "kind=Vessel", "-o", "json").json == [{"n": 1}]
    assert place.ask("unread", "-o", "json").json == [{"whose": "mine"}]


def test_a_query_from_stdin_and_into_a_file(place: Place, tmp_path: Path) -> None:
    asked = run("database", "query", "-", "-o", "json", stdin=b"SELECT 7 AS a;", **place.env)
    assert asked.json == [{"a": 7}]
    asked = run("database", "query", "-", stdin=b"\xef\xbb\xbfSELECT 7 AS a", **place.env)
    assert asked.code == 0
    asked = run("database", "query", "-", stdin=b"SELECT '\xff'", **place.env)
    assert (asked.code, asked.out) == (2, "")
    assert "not in UTF-8" in asked.err
    file = tmp_path / "rows.json"
    assert place.ask("SELECT 7 AS a", "-o", "json", "--file", str(file)).out == ""
    assert '"a": 7' in file.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give a query, or --list"),
        (("SELECT 1", "--list"), "give a query, or --list"),
        (("operator-version",), "perhaps operator-versions is meant"),
        (("nothing",), "there is no query nothing"),
        (("mine",), "the query needs --param kind=VALUE"),
        (("mine", "-p", "kind"), "'kind' is not NAME=VALUE"),
        (("mine", "-p", "kind=a", "-p", "kind=b"), "each name once"),
        (("SELECT 1", "-p", "a=1"), "the query has no parameter :a; it has none"),
        (("DELETE FROM kdm_objects",), "a query may only read, and DELETE is more than that"),
        (("SELECT 1; SELECT 2",), "this is more than one statement"),
        (("SELECT nobody FROM crds",), "no such column: nobody"),
        *((("SELECT 1", "--timeout", e), "--timeout") for e in ("0", "-1", "nan", "inf", "1e10")),
    ],
)
def test_what_it_does_not_take(place: Place, arguments: tuple[str, ...], said: str) -> None:
    done = place.ask(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_completion_of_names(place: Place) -> None:
    env = {**place.env, "_K8S_DATAMODEL_COMPLETE": "words"}
    words = run("database", "query", "crds-", **env).out
    assert "crds-per-cluster\tHow many CRDs each cluster has" in words


def test_crds_of_a_cluster_that_were_not_all_read_are_not_counted(tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    folder.mkdir()
    text = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
    (folder / "tugs.yaml").write_text(f"{text}tugs.x.example}}\n", "utf-8")
    (folder / "bad.yaml").write_text("a: b: c\n", "utf-8")
    env = {"HOME": str(tmp_path), "K8S_DATAMODEL_DB": str(tmp_path / "inventory.db")}
    assert run("--source", folder, "database", "store", **env).code == 3
    found = run("database", "query", "crds-per-cluster", "-o", "json", **env).json
    assert found == [{"cluster_context": "dump", "crds": None, "api_groups": None}]
