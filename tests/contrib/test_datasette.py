"""The recipe for datasette, opened by the real one."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from k8s_datamodel.naming.named_queries import named_queries
from k8s_datamodel_plugins import crds, olm, operators
from k8s_datamodel_plugins.sql.store import shipped_queries
from support.forked import run

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "contrib" / "recipes" / "datasette" / "metadata.yaml"
DATABASE: dict[str, Any] = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))["databases"][
    "inventory"
]

Get = Callable[[str], str]


@pytest.fixture(scope="module")
def get(tmp_path_factory: pytest.TempPathFactory) -> Get:
    """Gets a page of datasette, started as the recipe's first line says."""
    folder = tmp_path_factory.mktemp("datasette")
    packages = folder / "packages"
    install = (sys.executable, "-m", "pip", "install", "-q", "--target", str(packages))
    subprocess.run([*install, "datasette>=0.64,<1"], check=True)
    sample = ROOT / "docs" / "sample-cluster" / "before"
    database = folder / "inventory.db"
    assert run("--db-path", database, "--source", sample, "database", "store").code == 0
    said = RECIPE.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# datasette ")
    options = said.replace("~/.k8s-inventory/inventory.db", str(database))
    words = options.replace("metadata.yaml", str(RECIPE)).split()

    def page(path: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "datasette", *words, "--get", path],
            env={**os.environ, "PYTHONPATH": str(packages)},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout

    return page


@pytest.mark.network
def test_what_people_see_is_ours_to_show(get: Get) -> None:
    shown = json.loads(get("/inventory.json"))
    views = {each["name"] for each in shown["views"]}
    assert views == {name for name, each in DATABASE["tables"].items() if "title" in each}
    assert [each["name"] for each in shown["tables"] if not each["hidden"]] == []
    assert {each["name"] for each in shown["queries"]} == set(DATABASE["queries"])


@pytest.mark.network
def test_a_page_has_facets_and_no_complete_object(get: Get) -> None:
    page = get("/inventory/latest_crds")
    assert "fleet.skerrywater.example" in page
    assert "openAPIV3Schema" not in page
    facets = json.loads(get("/inventory/latest_crds.json?_size=1"))["facet_results"]
    assert {"group_name", "scope"} <= set(facets)


@pytest.mark.network
def test_queries_answer_and_the_salt_stays_in(get: Get) -> None:
    rows = json.loads(get("/inventory/crds-per-cluster.json?_shape=array"))
    assert rows == [{"cluster_context": "before", "crds": 18, "api_groups": 9}]
    asked = "/inventory/operator-versions.json?name=fleet%25&_shape=array"
    assert [row["name"] for row in json.loads(get(asked))] == ["fleet-operator"]
    for path in ("/inventory/kdm_meta", "/inventory?sql=select+value+from+kdm_meta"):
        assert not re.search("[0-9a-f]{64}", get(path))


def test_each_relation_has_a_title(tmp_path: Path) -> None:
    database, sample = tmp_path / "inventory.db", ROOT / "docs" / "sample-cluster" / "before"
    assert run("--db-path", database, "--source", sample, "database", "store").code == 0
    with closing(sqlite3.connect(database)) as connection:
        views = connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall()
    titled = {name for name, each in DATABASE["tables"].items() if "title" in each}
    assert {name for (name,) in views if not name.startswith("kdm_")} == titled


def test_its_queries_are_the_shipped_ones() -> None:
    folders = [crds.queries(), operators.queries(), olm.queries(), shipped_queries()]
    shipped = {
        name: re.sub(r"^--.*\n", "", each.statement, flags=re.MULTILINE).strip()
        for name, each in named_queries([("", folder) for folder in folders]).items()
    }
    assert {name: each["sql"] for name, each in DATABASE["queries"].items()} == shipped
