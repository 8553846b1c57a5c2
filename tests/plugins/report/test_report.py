"""``report``: what a reader finds on the page, of moments of every kind."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from support.forked import ok, run
from support.parsed_html import Element, elements
from support.servers.postgres import Postgres

SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster"
ORPHAN = "harbourslots.legacy.harbourmaster.example"
SAILINGS = "sailings.fleet.skerrywater.example"


@dataclass(frozen=True)
class Read:
    """A report as a reader sees it."""

    html: str

    @property
    def sections(self) -> list[str]:
        return [each.text for each in elements(self.html, "h2")]

    def section(self, title: str) -> str:
        """The markup of a section."""
        parts = re.split(r"(?=<section )", self.html)
        found = [part for part in parts if f">{title}</h2>" in part]
        assert len(found) == 1, self.sections
        return found[0]

    def text(self, title: str) -> str:
        """The words of a section, blanks folded."""
        words = "".join(each.text for each in elements(_whole(self.section(title)), "section"))
        return " ".join(words.split())

    def rows(self, table_id: str) -> list[list[str]]:
        """The cells of a table, row by row."""
        found = re.search(rf'<table id="{table_id}">.*?</table>', self.html, re.DOTALL)
        assert found, table_id
        body = found[0].partition("<tbody>")[2].partition("</tbody>")[0]
        lines = re.findall(r"<tr[^>]*>.*?</tr>", body, re.DOTALL)
        return [[" ".join(each.text.split()) for each in _cells(line)] for line in lines]


def _whole(section: str) -> str:
    return section.partition("</section>")[0] + "</section>"


def _cells(line: str) -> list[Element]:
    return [each for each in elements(line, "td", "th") if each.within == ("tr",)]


def reported(before: tuple[object, ...], *words: object, code: int = 0, **env: str) -> Read:
    """What ``report`` writes, with global options before it and words after it."""
    done = run(*before, "report", *words, **env)
    assert done.code == code, done.err
    assert "Traceback" not in done.err
    return Read(done.out)


@pytest.fixture(scope="module")
def tuesday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(SAMPLE / "before", tmp_path_factory.mktemp("sample") / "tuesday")
    return shutil.copytree(SAMPLE / "change", folder, dirs_exist_ok=True)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, tuesday: Path) -> Path:
    """Two days of prod, a part of another cluster, and prod again as on the second day."""
    path = tmp_path_factory.mktemp("report") / "inventory.db"
    prod = ("--db-path", path, "--cluster-name", "prod", "--source")
    ok(*prod, SAMPLE / "before", "database", "store", "--notes", "before the upgrade")
    ok("--db-path", path, "database", "baseline", "set", "monday", "1")
    ok(*prod, tuesday, "database", "store", "--with-instances", "Sailing")
    part = ("--db-path", path, "--source", SAMPLE / "before" / "operators")
    done = run(*part, "--cluster-name", "part", "-n", "elsewhere", "database", "store")
    assert done.code == 3, done.err
    return path


@pytest.fixture(scope="module")
def page(database: Path) -> Read:
    return reported(("--db-path", database), "prod:latest")


def test_what_could_not_be_read_comes_first_and_nothing_is_loaded(page: Read) -> None:
    assert page.sections[:3] == [
        "What could not be read",
        "At a glance",
        "What changed since the last snapshot",
    ]
    assert "Everything that matters was read to its end." in page.text("What could not be read")
    for each in elements(page.html):
        loaded = {"src", "srcset", "data", "action"} & each.attributes.keys()
        assert not loaded, each
        href = each.attributes.get("href", "#")
        assert href.startswith(("#", "data:")), href
        assert not {"style", "onclick", "onload"} & each.attributes.keys()


def test_what_a_link_leads_to_is_there_once(page: Read) -> None:
    ids = [each.attributes["id"] for each in elements(page.html) if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    links = {each.attributes["href"] for each in elements(page.html, "a")}
    assert {each[1:] for each in links if each != "#"} <= set(ids)
    assert any(each.startswith("#crd-") for each in links)


def test_numbers_are_those_of_the_listings(page: Read, database: Path) -> None:
    asked = ("list", "--snapshot", "2", "-o", "json", "--allow-incomplete")
    crds = ok("--db-path", database, "crd", *asked).json
    rows = {row[0]: row for row in page.rows("crd-table")}
    assert rows.keys() == {each["name"] for each in crds}
    for each in crds:
        count = each["instance_count"]
        assert rows[each["name"]][3] == ("unknown" if count is None else f"{count}")
    operators = ok("--db-path", database, "operators", *asked).json
    shown = {row[0]: row for row in page.rows("operators-table")}
    for each in operators:
        assert shown[each["name"]][3] == (each["version"] or "-")
        assert f"{each['ready_replicas']} of {each['replicas']}" in shown[each["name"]]
    summary = ok("--db-path", database, "database", "summary", "2", "-o", "json").json
    glance = page.text("At a glance")
    assert f"CRDs {summary['amounts']['crds']['count']} 1 new" in glance


def test_changes_have_the_grades_and_words_of_diff(page: Read, database: Path) -> None:
    title = "What changed since the last snapshot"
    found = {row[0]: row for row in page.rows("since-1-changes")}
    document = ok("--db-path", database, "diff", "1", "2", "-o", "json", "--allow-incomplete").json
    kinds = {"crds": "CRD", "operators": "operator", "csvs": "CSV", "instances": "instance"}
    for change in document["changes"]:
        name = "/".join(str(part) for part in change["key"].values() if part is not None)
        row = found.pop(name)
        assert row[1] == kinds[change["type"]]
        level = change.get("level")
        assert row[3] == (level if level not in (None, "none") else "-")
    assert not found
    assert "From snapshot 1 of prod" in page.text(title)
    assert "Not known" in page.text(title)
    sailings = next(row for row in page.rows("since-1-changes") if row[0] == SAILINGS)
    assert "version v2" in sailings[4]


def test_who_needs_attention_leads_there(page: Read) -> None:
    glance = page.text("At a glance")
    assert f"CRDs that no operator manages (1): {ORPHAN}" in glance
    crds = page.text("CRDs")
    assert "Orphans: 1" in crds
    [row] = page.rows("crd-orphans")
    assert row[0] == ORPHAN


def test_operators_have_evidence_and_a_drawing_with_a_list(page: Read) -> None:
    evidence = {row[0]: row[6] for row in page.rows("operators-table")}
    assert "certain olm" in evidence["quillstore-controller-manager"]
    graph = page.section("Who manages what")
    assert "<svg" in graph
    assert "quillstore-controller-manager" in page.text("Who manages what")


def test_growth_versions_and_schemas(page: Read) -> None:
    grown = {row[0]: row for row in page.rows("growth-most")}
    assert grown[SAILINGS][1:4] == ["4", "5", "+1"]
    assert "to be migrated" in page.text("Versions of CRDs")
    assert SAILINGS in page.text("Size of schemas")


def test_a_crd_that_is_gone_ends_its_line(tmp_path: Path, tuesday: Path) -> None:
    folder = shutil.copytree(tuesday, tmp_path / "prod")
    asked = ("--db-path", tmp_path / "inventory.db", "--source", folder)
    ok(*asked, "database", "store")
    assert "growth-gone" not in reported(asked).html
    (folder / "crds" / "sailings.yaml").unlink()
    page = reported(asked)
    [gone] = [row for row in page.rows("growth-gone") if row[0] == SAILINGS]
    assert gone[1:3] == ["5", "5"]
    [stored] = ok("--db-path", asked[1], "database", "list", "-o", "json").json
    assert gone[3] == stored["timestamp"]
    assert gone[4] == f"Instances of {SAILINGS} until it was gone: 5 throughout"
    assert SAILINGS not in {row[0] for row in page.rows("crd-table")}


def test_clusters_stand_side_by_side_and_are_chosen(page: Read, database: Path) -> None:
    assert {row[0] for row in page.rows("clusters-table")} == {"part", "prod"}
    chosen = reported(("--db-path", database), "prod:latest", "--cluster-context", "prod")
    assert "Clusters side by side" not in chosen.sections
    wrong = run("--db-path", database, "report", "2", "--cluster-context", "none")
    assert (wrong.code, "there is no snapshot of none" in wrong.err) == (1, True)


def test_an_incomplete_snapshot_says_so_first(database: Path) -> None:
    page = reported(("--db-path", database), "part:latest", code=3)
    first = page.text("What could not be read")
    assert "This report is incomplete" in first
    assert "Only the namespace elsewhere was read." in first
    assert "incomplete" in page.html.partition("<main")[0]
    assert "operators unknown" in page.text("At a glance")
    allowed = ("part:latest", "--allow-incomplete")
    assert reported(("--db-path", database), *allowed).sections == page.sections


def test_a_first_snapshot_has_no_changes_and_no_growth(database: Path) -> None:
    page = reported(("--db-path", database), "1")
    assert not any(each.startswith("What changed") for each in page.sections)
    assert "first snapshot of the cluster" in page.text("At a glance")
    assert "There is one snapshot so far" in page.text("Instances over time")


def test_two_moments_and_what_the_user_chose(database: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("report: {title: The ferries, snapshots: 1}\n")
    asked = ("1", "2", "--config", tmp_path / "mine.yaml", "--file", tmp_path / "r.html")
    done = run("--db-path", database, "report", *asked)
    # Two files cannot tell of berths how many there are, so it is not known whether they changed.
    assert (done.code, done.out) == (3, "")
    assert "it is not known whether 1 field differs" in done.err
    page = Read((tmp_path / "r.html").read_text())
    assert "What changed since 1" in page.sections
    assert "<h1>The ferries</h1>" in page.html
    assert "There is one snapshot so far" in page.text("Instances over time")


def test_an_upgrade_is_rehearsed_on_the_moment(database: Path) -> None:
    asked = ("prod:latest", "--upgrade", SAMPLE / "upgrade")
    page = reported(("--db-path", database), *asked)
    title = "What the upgrade would do"
    said = page.text(title)
    verdict = run("--db-path", database, "check", "upgrade", SAMPLE / "upgrade", "--against", "2")
    assert verdict.out.splitlines()[0] in said
    assert "field-removed" in said
    assert "ticketing/skw-bre-0304-1715" in said


def test_a_dump_needs_no_database(tmp_path: Path) -> None:
    before = ("--db-path", tmp_path / "none.db", "--source", SAMPLE / "before")
    page = reported(before, "--upgrade", SAMPLE / "upgrade", code=0)
    assert page.rows("crd-table")
    assert "first snapshot" in page.text("At a glance")
    assert not (tmp_path / "none.db").exists()


def test_a_dump_of_a_cluster_that_is_known_is_compared(database: Path, tuesday: Path) -> None:
    before = ("--db-path", database, "--cluster-name", "prod", "--source", tuesday)
    page = reported(before)
    assert page.sections[2] == "What changed since the last snapshot"
    assert page.sections[3] == "What changed since the baseline monday"
    assert page.rows("crd-orphans")[0][0] == ORPHAN


NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "alone"}}


def test_nothing_to_tell_of_is_told(tmp_path: Path) -> None:
    lists = [
        {"apiVersion": f"{group}/v1", "kind": f"{kind}List", "metadata": {"resourceVersion": "7"},
         "items": []}
        for group, kind in (
            ("apiextensions.k8s.io", "CustomResourceDefinition"),
            ("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"),
        )
    ]  # fmt: skip
    (tmp_path / "dump").mkdir()
    (tmp_path / "dump" / "all.yaml").write_text(yaml.safe_dump_all([NAMESPACE, *lists]))
    before = ("--db-path", tmp_path / "none.db", "--source", tmp_path / "dump")
    page = reported(before, "--allow-incomplete")
    assert page.sections[0] == "What could not be read"
    assert "Who manages what" not in page.sections
    assert "Size of schemas" not in page.sections
    assert "No CRDs" in page.text("CRDs")


def test_without_the_plugin_of_operators(database: Path) -> None:
    env = {"K8S_DATAMODEL_DISABLE_PLUGINS": "operators"}
    page = reported(("--db-path", database), "2", **env)
    assert "Operators" not in page.sections
    assert "Who manages what" not in page.sections
    assert page.rows("crd-table")


TYPE = {
    "apiVersion": "k8s-datamodel/v1",
    "kind": "ResourceType",
    "spec": {
        "version": "v1",
        "kind": "ConfigMap",
        "plural": "configmaps",
        "name": "quays",
        "command": "quay",
        "singular": "Quay",
        "description": "Places where ferries land",
        "columns": [
            {"name": "depth", "type": "integer", "jsonPath": ".data.depth", "show": "table"},
            {"name": "lit", "jsonPath": ".data.lit", "show": "wide"},
        ],
    },
}
HOSTILE = "</script><img src=x onerror=alert(1)>\u202e"


def test_a_type_of_ones_own_has_a_section_and_hostile_values_are_text(tmp_path: Path) -> None:
    (tmp_path / "types").mkdir()
    (tmp_path / "types" / "quays.yaml").write_text(json.dumps(TYPE))
    quay = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "west", "namespace": "q"},
            "data": {"depth": "12", "lit": HOSTILE}}  # fmt: skip
    (tmp_path / "dump").mkdir()
    (tmp_path / "dump" / "q.json").write_text(json.dumps(quay))
    env = {"K8S_DATAMODEL_CONFIG_DIR": str(tmp_path), "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": ""}
    before = ("--db-path", tmp_path / "none.db", "--source", tmp_path / "dump")
    page = reported(before, "--allow-incomplete", "--title", HOSTILE, **env)
    assert "Places where ferries land." in page.html
    [row] = page.rows("quay-table")
    assert row[:3] == ["west", "q", "12"] or row[:3] == ["q", "west", "12"]
    assert "onerror=alert(1)>" not in page.html
    assert "\u202e" not in page.html


WRONG = {
    "three moments": (("1", "2", "1"), "at most two moments"),
    "a moment and a source": (("--source", "x", "1"), "it cannot be used with --source"),
    "no such moment": (("nowhere",), "no snapshot 'nowhere'"),
    "no such release": (("2", "--upgrade", "nowhere/"), "nowhere/"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_and_no_file_is_written(
    case: str, database: Path, tmp_path: Path
) -> None:
    words, said = WRONG[case]
    file = tmp_path / "report.html"
    done = run("--db-path", database, "report", *words, "--file", file)
    assert done.code in (1, 2), done.err
    assert said in done.err
    assert not file.exists()


def test_a_wrong_configuration_is_refused(database: Path, tmp_path: Path) -> None:
    for text, said in (("{snapshots: 0}", "at least 1"), ("{tittle: x}", "title")):
        (tmp_path / "mine.yaml").write_text(f"report: {text}\n")
        done = run("--db-path", database, "report", "2", "--config", tmp_path / "mine.yaml")
        assert (done.code, done.out) == (2, "")
        assert said in done.err


def test_the_page_is_the_same_from_postgresql(database: Path, postgres: Postgres) -> None:
    """But for where it comes from: numbers of snapshots, and the time of writing."""
    url = postgres.new_database()
    ok("database", "copy", database, url)
    ok("--db-path", url, "database", "baseline", "set", "monday", "1")
    ours, theirs = (reported(("--db-path", each), "prod:latest") for each in (database, url))
    assert _timeless(theirs.html) == _timeless(ours.html)


def _timeless(html: str) -> str:
    return re.sub(r"this page was written [\d:\- ]+ UTC", "", html)
