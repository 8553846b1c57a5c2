"""``database metrics``: the sample cluster on two days, and another one that was read in part."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support.command import PROGRAM
from support.forked import ok, run

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "docs" / "sample-cluster"
RECIPES = ROOT / "contrib" / "recipes" / "prometheus"


class Metrics:
    """What was written, to be asked for by name and labels."""

    def __init__(self, text: str) -> None:
        self._samples = [
            each for family in text_string_to_metric_families(text) for each in family.samples
        ]

    def of(self, name: str, **labels: str) -> list[float]:
        """The values of the samples that have these labels."""
        return [
            each.value
            for each in self._samples
            if each.name == f"k8s_datamodel_{name}" and labels.items() <= each.labels.items()
        ]

    def labels(self, name: str) -> list[Mapping[str, str]]:
        """Of all samples of a metric."""
        return [each.labels for each in self._samples if each.name == f"k8s_datamodel_{name}"]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("metrics")
    tuesday = shutil.copytree(SAMPLE / "before", folder / "tuesday")
    shutil.copytree(SAMPLE / "change", tuesday, dirs_exist_ok=True)
    path = folder / "inventory.db"
    for source, only in ((SAMPLE / "before", ()), (tuesday, ()), (tuesday, ("-n", "olm"))):
        prod = ("--source", source, "--cluster-name", "prod", *only)
        ok("--db-path", path, *prod, "database", "store")
    part = ("--source", SAMPLE / "before" / "operators", "--cluster-name", "part")
    done = run("--db-path", path, *part, "-n", "elsewhere", "database", "store")
    assert done.code == 3, done.err
    return path


@pytest.fixture(scope="module")
def metrics(database: Path) -> Metrics:
    return Metrics(ok("--db-path", database, "database", "metrics").out)


def test_numbers_are_those_of_the_newest_whole_snapshot(metrics: Metrics, database: Path) -> None:
    listed = ("crd", "list", "--snapshot", "2", "-o", "json", "--allow-incomplete")
    rows = ok("--db-path", database, *listed).json
    for row in rows:
        labels = {"group": row["group"], "version": row["storage_version"], "crd": row["name"]}
        count = row["instance_count"]
        found = metrics.of("crd_instances", cluster="prod", **labels)
        assert found == ([] if count is None else [count])
        unknown = metrics.of("crd_instances_unknown", cluster="prod", **labels)
        assert unknown == ([1] if count is None else [])
    nulls = sum(row["instance_count"] is None for row in rows)
    instances = "k8s_datamodel_crd_instances"
    assert metrics.of("unknown", cluster="prod", metric=instances) == [nulls]
    assert metrics.of("records", cluster="prod", type="crds") == [len(rows)]
    operators = ok("--db-path", database, "operators", *listed[1:]).json
    for row in operators:
        labels = {"operator": row["name"], "namespace": row["namespace"], "cluster": "prod"}
        up = row["replicas"] > 0 and row["ready_replicas"] == row["replicas"]
        assert metrics.of("operator_up", **labels) == [up]
        assert metrics.of("operator_version_info", **labels, version=row["version"] or "") == [1]
    snapshots = ok("--db-path", database, "database", "list", "-o", "json").json
    stored = datetime.strptime(snapshots[1]["timestamp"], "%Y-%m-%d %H:%M:%S")
    seconds = stored.replace(tzinfo=timezone.utc).timestamp()
    assert metrics.of("snapshot_timestamp_seconds", cluster="prod") == [seconds]


def test_what_was_not_read_has_no_number(metrics: Metrics) -> None:
    assert metrics.of("snapshot_complete", cluster="part") == [0]
    assert metrics.of("snapshot_unread_lists", cluster="part")[0] > 0
    assert metrics.of("records", cluster="part", type="operators") == []
    assert metrics.of("records_unknown", cluster="part", type="operators") == [1]
    assert metrics.of("snapshot_complete", cluster="prod") == [1]
    unknown = {"cluster": "part", "metric": "k8s_datamodel_crd_instances"}
    assert metrics.of("unknown", **unknown) == [
        len(metrics.of("crd_instances_unknown", cluster="part"))
    ]


def test_numbers_of_one_namespace_are_none_of_the_cluster(tmp_path: Path) -> None:
    path = tmp_path / "inventory.db"
    ok("--db-path", path, "--source", SAMPLE / "before", "-n", "olm", "database", "store")
    metrics = Metrics(ok("--db-path", path, "database", "metrics").out)
    assert metrics.of("crd_instances", crd="sailings.fleet.skerrywater.example") == []
    assert metrics.of("crd_instances", crd="volumepools.storage.keelvol.example") == [1]
    assert metrics.of("records", type="operators") == []
    assert metrics.of("records_unknown", type="operators") == [1]
    assert metrics.of("records", type="crds") == [18]


def test_changes_are_those_of_diff(metrics: Metrics, database: Path) -> None:
    asked = ("diff", "1", "2", "-o", "json", "--allow-incomplete")
    document = ok("--db-path", database, *asked).json
    changes = document["changes"]
    levels = [each["level"] for each in changes if each["type"] == "crds"]
    assert levels
    for level in ("blocked", "breaking", "risky", "unclassified", "additive", "cosmetic", "none"):
        labels = {"cluster": "prod", "type": "crds", "level": level}
        assert metrics.of("changes", **labels) == [levels.count(level)]
    ungraded = sum(each["type"] == "operators" for each in changes)
    assert metrics.of("changes", type="operators") == [ungraded]
    assert {each["cluster"] for each in metrics.labels("changes")} == {"prod"}
    for name in ("crds", "operators", "csvs"):
        unknown = [each for each in document["unknown"] if each["type"] == name]
        assert metrics.of("incomparable", cluster="prod", type=name) == [len(unknown)]


def test_only_some_clusters_and_other_formats(database: Path) -> None:
    asked = ("--db-path", database, "database", "metrics", "--cluster-context")
    assert 'cluster="prod"' not in ok(*asked, "par*").out
    document = ok(*asked, "prod", "-o", "json").json
    assert [each["cluster"] for each in document["snapshot"]] == ["prod"]
    done = run(*asked, "nowhere")
    assert done.code == 1
    assert "nowhere" in done.err


@pytest.fixture
def textfile(database: Path, tmp_path: Path) -> Path:
    """What the recipe writes."""
    path = f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"
    given = {"PATH": path, "TEXTFILE_FOLDER": str(tmp_path), "K8S_DATAMODEL_DB": str(database)}
    script = ["sh", RECIPES / "write-metrics.sh"]
    subprocess.run(script, env={**os.environ, **given}, check=True)
    [written] = tmp_path.iterdir()
    given["K8S_DATAMODEL_DB"] = str(tmp_path / "none.db")
    before = written.read_bytes()
    assert subprocess.run(script, env={**os.environ, **given}, check=False).returncode == 1
    assert list(tmp_path.iterdir()) == [written]
    assert written.read_bytes() == before
    return written


def test_the_recipe_writes_a_whole_file_that_others_may_read(
    textfile: Path, database: Path
) -> None:
    assert textfile.name.endswith(".prom")
    assert textfile.stat().st_mode & 0o777 == 0o644
    assert textfile.read_text() == ok("--db-path", database, "database", "metrics").out
