"""The recipes in contrib/, which do what the manual's do and a little more, on real clusters."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess

import pytest

from manual.recipes import RECIPES, installs_this_project, steps, terraform
from manual.world import Place

pytestmark = pytest.mark.cluster


def test_the_daily_script_is_bash() -> None:
    assert (
        subprocess.run(["bash", "-n", RECIPES / "daily-inventory.sh"], check=False).returncode == 0
    )
    assert (RECIPES / "daily-inventory.sh").stat().st_mode & 0o111


def test_the_daily_script_stores_what_it_can(stocked: Place) -> None:
    script = (RECIPES / "daily-inventory.sh").read_text()
    ran = stocked.script("daily-inventory.sh", script, "no-such-context", "dev-cluster")
    assert ran.code == 1
    assert "no-such-context" in ran.err
    assert [row["id"] for row in stocked.listed()] == [1, 2, 3, 4]
    assert stocked.listed()[-1]["cluster_context"] == "dev-cluster"


def test_the_workflow_stores_and_keeps_the_history(stocked: Place) -> None:
    """Its two steps of ours, each in a shell of its own; the second sees what the first left."""
    by_name = {
        step["name"]: step for step in steps((RECIPES / "inventory-tracking.yml").read_text())
    }
    installs_this_project(by_name["Install k8s-datamodel"])
    assert by_name["Bring back the history"]["with"]["path"] == "~/.k8s-inventory"
    kubeconfig = stocked.home / ".kube" / "config"
    secret = base64.b64encode(kubeconfig.read_bytes()).decode()
    kubeconfig.unlink()
    passed = stocked.work / "passed"
    given = [f"RUNNER_TEMP={stocked.work}", f"GITHUB_ENV={passed}", f"CONTENT={secret}"]
    first = stocked.run(["env", *given, "bash", "-e", "-c", by_name["Configure access"]["run"]])
    assert first.code == 0, first.err
    given = [given[0], *passed.read_text().splitlines()]
    run = by_name["Store inventory snapshot"]["run"]
    second = stocked.run(["env", *given, "bash", "-e", "-c", run])
    assert second.code == 0, second.err
    assert by_name["Upload database"]["with"]["path"] == "${{ runner.temp }}/inventory.db"
    assert [row["id"] for row in stocked.listed("--db-path", "inventory.db")] == [1, 2, 3, 4]


_VALUES = {
    "environment": "the 'blue' one",
    "cluster_version": "1.36",
    "cluster_context": "staging",
}


def test_terraform_stores_a_snapshot(place: Place) -> None:
    if shutil.which("terraform"):
        _applied(place)
    else:
        _command_run(place)
    (row,) = place.listed()
    assert row["cluster_context"] == "staging"
    assert row["notes"].startswith("Terraform deployment - the 'blue' one - 2")


def _applied(place: Place) -> None:
    shutil.copy(RECIPES / "inventory-snapshot.tf", place.work)
    terraform(place, "fmt", "-check")
    terraform(place, "init", "-no-color")
    terraform(place, "validate", "-no-color")
    given = [f"-var={name}={value}" for name, value in _VALUES.items()]
    terraform(place, "apply", "-auto-approve", "-no-color", *given)


def _command_run(place: Place) -> None:
    """What is left to try without Terraform: the command, with the variables it is given."""
    found = re.search(r'command = (".*")', (RECIPES / "inventory-snapshot.tf").read_text())
    assert found
    notes = f"Terraform deployment - {_VALUES['environment']} - 2024-03-15T10:30:15Z"
    given = [f"CONTEXT={_VALUES['cluster_context']}", f"NOTES={notes}"]
    ran = place.run(["env", *given, "sh", "-c", json.loads(found[1])])
    assert ran.code == 0, ran.err
