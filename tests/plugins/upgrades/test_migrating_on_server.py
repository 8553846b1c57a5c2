"""The commands that a finding has do migrate: a real API server takes the CRD afterwards."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cluster.client import Client
from cluster.server import Cluster
from cluster.tools import missing
from k8s_datamodel.cli import run
from support.live_source import until
from support.made_checks import crd

pytestmark = pytest.mark.cluster

GROUP = "migrating.example"
NAME = f"ferries.{GROUP}"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
PATCH = "application/apply-patch+yaml"


def ferries(*versions: str, stored: str) -> dict[str, Any]:
    found = crd("Ferry", GROUP)
    found["metadata"]["name"] = NAME
    found["spec"]["names"] |= {"plural": "ferries", "singular": "ferry", "listKind": "FerryList"}
    [one] = found["spec"]["versions"]
    found["spec"]["versions"] = [
        {**copy.deepcopy(one), "name": name, "storage": name == stored} for name in versions
    ]
    return found


def applied(admin: Client, version: str) -> int:
    """The answer to a server-side apply of a label, which the same manager makes each time."""
    path = f"/apis/{GROUP}/{version}/namespaces/default/ferries/f1?fieldManager=crew&force=true"
    metadata = {"name": "f1", "labels": {"at": version}}
    body = {"apiVersion": f"{GROUP}/{version}", "kind": "Ferry", "metadata": metadata}
    return admin.request("PATCH", path, body, content_type=PATCH).status


def put(admin: Client, wanted: dict[str, Any]) -> int:
    def answer() -> int:
        now = admin.request("GET", f"{CRDS}/{NAME}").json()
        meta = {"name": NAME, "resourceVersion": now["metadata"]["resourceVersion"]}
        return admin.request("PUT", f"{CRDS}/{NAME}", {**wanted, "metadata": meta}).status

    status = 409
    for _ in range(20):
        if (status := answer()) != 409:
            break
    return status


def test_the_commands_migrate(
    cluster: Cluster,
    admin: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if shutil.which("kubectl") is None:
        missing("kubectl is needed (https://kubernetes.io/docs/tasks/tools/)")
    monkeypatch.chdir(tmp_path)

    def told() -> dict[str, Any]:
        Path("new.json").write_text(json.dumps(ferries("v1", stored="v1")))
        where = ("--kubeconfig", str(cluster.kubeconfig))
        only = ("--against", "live", "--name", NAME, "-o", "json")
        run([*where, "check", "upgrade", "new.json", *only])
        [found] = json.loads(capsys.readouterr().out)["crds"]
        return {each["rule"]: each for each in found["findings"]}

    def follow(message: str) -> None:
        """Run the commands of a message as they stand."""
        commands = re.search(r"kubectl .*", message)
        assert commands is not None
        text = commands[0].replace("NAME -n NAMESPACE", "f1 -n default")
        env = {**os.environ, "KUBECONFIG": str(cluster.kubeconfig), "KUBECACHEDIR": "caches"}
        subprocess.run(["sh", "-ec", text], env=env, check=True, capture_output=True)

    both = ("v1beta1", "v1")
    assert admin.request("POST", CRDS, ferries(*both, stored="v1beta1")).status == 201
    try:
        until(lambda: applied(admin, "v1beta1") < 400)
        assert put(admin, ferries(*both, stored="v1")) == 200
        stored = f"{CRDS}/{NAME}"
        until(lambda: "v1" in admin.request("GET", stored).json()["status"]["storedVersions"])
        before = told()
        assert before["stored-version-removed"]["level"] == "blocked"
        assert before["version-removed-managedfields"]["objects"] == 1
        assert put(admin, ferries("v1", stored="v1")) == 422
        follow(before["stored-version-removed"]["message"])
        after = told()
        assert "stored-version-removed" not in after
        follow(after["version-removed-managedfields"]["message"])
        assert "version-removed-managedfields" not in told()
        assert put(admin, ferries("v1", stored="v1")) == 200
        until(lambda: applied(admin, "v1") < 400)
    finally:
        admin.request("DELETE", f"{CRDS}/{NAME}")
