"""The alert rules of contrib, by promtool on what the sample cluster's database says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from cluster.tools import missing
from k8s_datamodel_plugins.metrics.exposition import Prometheus
from support.format_samples import gadget, gadgets, written

RULES = Path(__file__).parents[3] / "contrib/recipes/prometheus/k8s-datamodel.rules.yml"
DAY = 24
UP = {"cluster": "prod", "namespace": "gates", "operator": "turnstile", "type": "Deployment"}


def promtool(*arguments: str, text: str | None = None) -> str:
    """What promtool said; without it the test is skipped."""
    program = shutil.which("promtool")
    if program is None:
        missing("promtool is needed: install the package prometheus")
    done = subprocess.run(
        [program, *arguments], input=text, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def series(name: str, values: str, **labels: str) -> dict[str, str]:
    inner = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return {"series": f"k8s_datamodel_{name}{{{inner}}}", "values": values}


CRD = {"cluster": "prod", "crd": "a.b.example", "group": "b.example", "version": "v1"}
# By alert: the series, the day on which it is looked at, and the labels of what fires.
FIRES: dict[str, tuple[list[dict[str, str]], int, dict[str, str]]] = {
    "InventorySnapshotOld": (
        [series("snapshot_timestamp_seconds", "0+0x300", cluster="prod")],
        3,
        {"cluster": "prod"},
    ),
    "InventoryMetricsMissing": ([], 1, {}),
    "InventorySnapshotIncomplete": (
        [series("snapshot_complete", "0+0x300", cluster="prod")],
        1,
        {"cluster": "prod"},
    ),
    "InventoryNumbersUnknown": (
        [series("unknown", "3+0x300", cluster="prod", metric="m")],
        1,
        {"cluster": "prod", "metric": "m"},
    ),
    "OperatorDown": (
        [series("operator_up", "0+0x300", **UP), series("operator_replicas", "2+0x300", **UP)],
        1,
        UP,
    ),
    "BreakingChange": (
        [
            series("changes", "2+0x300", cluster="prod", type="crds", level="breaking"),
            series("changes", "1+0x300", cluster="prod", type="crds", level="blocked"),
        ],
        1,
        {"cluster": "prod", "type": "crds"},
    ),
    "InstancesOfCRDExploded": ([series("crd_instances", "0+10x300", **CRD)], 10, CRD),
}
QUIET = [
    series("snapshot_timestamp_seconds", "0+3600x300", cluster="prod"),
    series("snapshot_complete", "1+0x300", cluster="prod"),
    series("unknown", "0+0x300", cluster="prod", metric="m"),
    series("operator_up", "0+0x300", **UP),
    series("operator_replicas", "0+0x300", **UP),
    series("changes", "0+0x300", cluster="prod", type="crds", level="breaking"),
    series("changes", "5+0x300", cluster="prod", type="crds", level="additive"),
    series("crd_instances", "5000+0x300", **CRD),
]


def rules() -> dict[str, Any]:
    [group] = yaml.safe_load(RULES.read_text())["groups"]
    return {each["alert"]: each for each in group["rules"]}


def test_promtool_takes_the_rules_and_each_is_tried() -> None:
    assert f"SUCCESS: {len(FIRES)} rules found" in promtool("check", "rules", str(RULES))
    assert list(rules()) == list(FIRES)


def test_each_fires_where_it_should_and_on_a_quiet_day_none_does(tmp_path: Path) -> None:
    cases = []
    for alert, (input_series, day, labels) in FIRES.items():
        severity = rules()[alert]["labels"]["severity"]
        expected = {"exp_labels": {**labels, "severity": severity}}
        cases.append(case(input_series, alert, day, [expected]))
        cases.append(case(QUIET, alert, 10, []))
    file = tmp_path / "tests.yml"
    without = yaml.safe_load(RULES.read_text())
    for rule in without["groups"][0]["rules"]:
        del rule["annotations"]  # texts are for people
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(without))
    file.write_text(
        yaml.safe_dump({"rule_files": ["rules.yml"], "evaluation_interval": "1h", "tests": cases})
    )
    assert "SUCCESS" in promtool("test", "rules", str(file))


def case(
    input_series: list[dict[str, str]], alert: str, day: int, expected: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "interval": "1h",
        "input_series": input_series,
        "alert_rule_test": [
            {"eval_time": f"{day * DAY}h", "alertname": alert, "exp_alerts": expected}
        ],
    }


def test_promtool_reads_what_hostile_labels_become() -> None:
    rows = [gadget(name) for name in ('a"b', "a\\b", "a\nb} 5\nup 1", "\0", "\ud800", "\x1b[2J")]
    promtool("check", "metrics", text=written(Prometheus(), gadgets(*rows)))
