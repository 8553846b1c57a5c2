"""The recipes in contrib/, which do what the manual's do and a little more, on real clusters."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from manual.recipes import RECIPES, installs_this_project, steps, terraform
from manual.world import Place, Ran
from support.made_checks import NARROWER, REWORDED, crd

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


CRDS = "config/crd/bases"


def _crds(place: Place, folder: str, **changed: Any) -> None:
    path = place.work / folder / CRDS
    path.mkdir(parents=True, exist_ok=True)
    (path / "widgets.yaml").write_text(yaml.safe_dump(crd(**changed)))


def _checked_by_github(place: Place) -> Ran:
    """The step that checks, as GitHub runs it."""
    document = yaml.safe_load((RECIPES / "crd-check.yml").read_text())
    assert document[True]["pull_request"]["paths"] == [f"{CRDS}/**"]
    assert document["env"] == {"CRDS": CRDS}
    by_name = {step["name"]: step for step in document["jobs"]["crds"]["steps"]}
    installs_this_project(by_name["Install k8s-datamodel"])
    assert by_name["Check out what it changes"]["with"]["path"] == ".base"
    given = [f"CRDS={CRDS}", f"GITHUB_STEP_SUMMARY={place.work / 'summary.md'}"]
    return place.run(["env", *given, "bash", "-e", "-c", by_name["Check CRDs"]["run"]])


def test_the_workflow_annotates_what_a_change_breaks(place: Place) -> None:
    _crds(place, ".base")
    _crds(place, ".", mode=NARROWER)
    ran = _checked_by_github(place)
    assert ran.code == 1
    assert ran.out.startswith(f"::error file={CRDS}/widgets.yaml,line=")
    assert (place.work / "summary.md").read_text().startswith("**Breaking: ")
    _crds(place, ".", size=REWORDED)
    assert _checked_by_github(place).code == 0


def test_the_gitlab_job_keeps_a_comment_and_the_findings(place: Place) -> None:
    job = yaml.safe_load((RECIPES / "crd-check.gitlab-ci.yml").read_text())["crd-check"]
    assert job["variables"]["CRDS"] == CRDS
    assert job["before_script"] == ["pip install k8s-datamodel"]
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com"]
    _crds(place, ".")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "before"]):
        assert place.run([*git, *arguments]).code == 0
    base = place.run(["git", "rev-parse", "HEAD"]).out.strip()
    _crds(place, ".", mode=NARROWER)
    given = [f"CRDS={CRDS}", f"CI_MERGE_REQUEST_DIFF_BASE_SHA={base}"]
    ran = place.run(["env", *given, "bash", "-e", "-c", "\n".join(job["script"])])
    assert ran.code == 1, ran
    assert "\nBreaking: " in ran.out
    comment, findings = (place.work / name for name in job["artifacts"]["paths"])
    assert comment.read_text().startswith("**Breaking: ")
    assert json.loads(findings.read_text())["version"] == "2.1.0"
