"""The manual's blocks for other programs: cron, a CI workflow, Terraform; and ours in contrib/."""

from __future__ import annotations

import base64
import os
import re
import shutil
from pathlib import Path
from typing import Any

import yaml

from manual.case import Case, placeholder
from manual.world import Place, Ran

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "contrib" / "recipes"


def _daily_script(place: Place, text: str) -> Ran:
    place.copies(3, 40)
    return place.script("daily-inventory.sh", text)


def _collected(place: Place, _: Ran) -> None:
    rows = place.listed()
    contexts = [row["cluster_context"] for row in rows]
    assert (contexts.count("prod-cluster"), contexts.count("dev-cluster")) == (30, 2)
    newest = {row["cluster_context"]: row["notes"] for row in rows}
    assert re.fullmatch(r"Daily production snapshot - .*\d\d:\d\d.*", newest["prod-cluster"])
    assert re.fullmatch(r"Daily development snapshot - .*\d\d:\d\d.*", newest["dev-cluster"])


_CRON_LINE = re.compile(r"(?P<minute>\d+) (?P<hour>\d+) \* \* \* (?P<command>.+)")


def _as_cron_does(place: Place, text: str) -> Ran:
    """The line as cron reads it: its command by /bin/sh, from home, without a terminal."""
    comment, line = text.splitlines()
    found = _CRON_LINE.fullmatch(line)
    assert comment == "# Run daily at 2 AM"
    assert found
    assert (found["hour"], found["minute"]) == ("2", "0")
    with placeholder() as folder:
        shutil.copy(RECIPES / "daily-inventory.sh", folder / "daily-inventory.sh")
        environment = [f"{name}={place.environment[name]}" for name in ("HOME", "PATH")]
        return place.run(["env", "-i", *environment, "/bin/sh", "-c", found["command"]])


def _collected_by_cron(place: Place, ran: Ran) -> None:
    assert ran.code == 0, ran.err
    rows = place.listed()
    assert [row["cluster_context"] for row in rows] == ["prod-cluster", "dev-cluster"]
    assert all(row["notes"].startswith("Daily snapshot - ") for row in rows)


def steps(workflow: str) -> list[dict[str, Any]]:
    """The steps of a workflow's one job, which runs daily and when asked; their form is right."""
    document = yaml.safe_load(workflow)
    triggers = document[True]  # YAML 1.1 reads `on` as true, GitHub does not
    assert re.fullmatch(r"\d+ \d+ \* \* \*", triggers["schedule"][0]["cron"])
    assert "workflow_dispatch" in triggers
    (job,) = document["jobs"].values()
    assert job["runs-on"] == "ubuntu-latest"
    for step in job["steps"]:
        assert ("uses" in step) != ("run" in step)
        assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step.get("uses", "a/b@v1"))
    found: list[dict[str, Any]] = job["steps"]
    return found


def installs_this_project(step: dict[str, Any]) -> None:
    """Asserts that a step installs the package of this repository by its name."""
    name = re.search(r'^name = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.M)
    assert name
    assert step["run"].split() == ["pipx", "install", name[1]]


def _workflow(place: Place, text: str) -> Ran:
    """The steps with `run`, each in a shell of its own as the runner does; the secret put in."""
    checkout, python, install, configure, store, upload = steps(text)
    assert checkout["uses"].startswith("actions/checkout@")
    lowest = tuple(map(int, python["with"]["python-version"].split(".")))
    assert lowest >= (3, 10)
    installs_this_project(install)
    secret = base64.b64encode((place.home / ".kube" / "config").read_bytes()).decode()
    configured = place.run(
        ["bash", "-e", "-c", configure["run"].replace("${{ secrets.KUBECONFIG }}", secret)]
    )
    assert configured.code == 0, configured.err
    assert upload["with"]["path"] == "~/.k8s-inventory/inventory.db"
    return place.run(["bash", "-e", "-c", store["run"]])


def _tracked(place: Place, ran: Ran) -> None:
    assert ran.code == 0, ran.err
    kubeconfig = (place.home / ".kube" / "config").read_bytes()
    assert (place.work / "kubeconfig").read_bytes() == kubeconfig
    (row,) = place.listed()
    assert re.fullmatch(r"CI/CD automated snapshot - .*\d\d:\d\d.*", row["notes"])
    assert place.database.is_file()


_COMMAND = re.compile(r"command = <<-EOT\n(.*?)^ *EOT$", re.M | re.S)
_INPUTS = """\
variable "environment" {
  default = "production"
}
resource "terraform_data" "snapshot" {
  provisioner "local-exec" {
    command = <<-EOT
%s    EOT
  }
}
"""


def terraform(place: Place, *arguments: str) -> Ran:
    """Runs Terraform in the working folder, where it needs nothing from the network."""
    extra = {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    assignments = [f"{name}={value}" for name, value in extra.items()]
    ran = place.run(["env", *assignments, "terraform", *arguments])
    assert ran.code == 0, f"terraform {arguments}: {ran.out}\n{ran.err}"
    return ran


def _resource(place: Place, text: str) -> Ran:
    """The provisioner's command, by Terraform's built-in resource; without Terraform, by sh."""
    found = _COMMAND.search(text)
    assert found
    assert text.startswith("# terraform/inventory-snapshot.tf\nresource ")
    if shutil.which("terraform") is None:
        command = found[1].replace("${var.environment}", "production")
        return place.run(["sh", "-c", command.replace("${timestamp()}", "2024-03-15T10:30:15Z")])
    syntax = place.work / "syntax"
    syntax.mkdir()
    (syntax / "inventory-snapshot.tf").write_text(text)
    terraform(place, "fmt", "-write=false", "-list=false", "syntax")
    (place.work / "main.tf").write_text(_INPUTS % found[1])
    terraform(place, "init", "-no-color")
    return terraform(place, "apply", "-auto-approve", "-no-color")


def _deployed(place: Place, ran: Ran) -> None:
    assert ran.code == 0, ran.err
    (row,) = place.listed()
    assert re.fullmatch(r"Terraform deployment - production - \d{4}-[\dT:-]+Z", row["notes"])


CASES = {
    "Automated Inventory Collection: bash 1": Case(_collected, _daily_script),
    "Automated Inventory Collection: bash 2": Case(
        _collected_by_cron,
        _as_cron_does,
        new=True,
        cause="a crontab's line is no shell command: its command runs as cron would run it, with"
        " our daily-inventory.sh at /path/to",
    ),
    "CI/CD Pipeline Integration: yaml 1": Case(
        _tracked,
        _workflow,
        new=True,
        cause="no runner is at hand: its `run` steps run one by one, the secret put in; what a"
        " step exports ends with it, so the kubeconfig is at ~/.kube/config too",
    ),
    "Terraform Integration: hcl 1": Case(
        _deployed,
        _resource,
        new=True,
        cause="its providers cannot be had offline: Terraform parses it and runs its command in"
        " the resource that is built in",
    ),
}
