"""What it costs to rehearse the upgrade of one CRD against all of its objects."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bench.report import Report, Target
from k8s_datamodel_plugins.rehearsal import Rehearsal
from rehearsal.cases import CONDITIONS, KEYED, TEXT, WHOLE, Json, crd, one, root, struct

pytestmark = pytest.mark.bench

OBJECTS, HURT_EVERY = 10_000, 50
SECONDS = 5.0


def test_an_upgrade_against_many_objects(report: Report) -> None:
    old, new = spec(["a", "b"]), spec(["a"])
    upgrade = Rehearsal(crd("g.example", one(root(old))), crd("g.example", one(root(new))))
    objects = [thing(at) for at in range(OBJECTS)]
    began = time.process_time()
    found = [upgrade.operations(obj).operations["create"] for obj in objects]
    seconds = time.process_time() - began
    assert found.count("refused") == OBJECTS // HURT_EVERY
    name = f"an upgrade rehearsed against {OBJECTS:,} objects, processor time"
    report.target(Target(name, seconds, SECONDS, "{:.1f} s"))


def spec(modes: list[str]) -> Json:
    """A workload's, of usual size, with a default, a list by keys, bounds and a format."""
    port = struct({"name": TEXT, "port": WHOLE}, required=["port"])
    env = struct({"name": TEXT, "value": TEXT}, required=["name"])
    amount = {"x-kubernetes-int-or-string": True, "pattern": "^[0-9]+[a-zA-Z]*$"}
    container = struct(
        {
            "name": TEXT,
            "image": {**TEXT, "minLength": 1},
            "ports": {"type": "array", "items": port},
            "env": {"type": "array", "items": env},
            "limits": {"type": "object", "additionalProperties": amount},
        },
        required=["name", "image"],
    )
    return struct(
        {
            "replicas": {**WHOLE, "format": "int32", "minimum": 0, "default": 1},
            "mode": {**TEXT, "enum": modes},
            "since": {**TEXT, "format": "date-time"},
            "containers": {"type": "array", "items": container, "minItems": 1, **KEYED},
        },
        required=["containers"],
    )


def thing(at: int) -> dict[str, Any]:
    """An object of about 1,000 characters; some have what the new CRD refuses."""
    containers = [
        {
            "name": f"c{number}",
            "image": f"registry.example/app:{at}",
            "ports": [{"name": "http", "port": 80}, {"name": "https", "port": 443}],
            "env": [{"name": f"E{each}", "value": str(at)} for each in range(4)],
            "limits": {"cpu": "1", "memory": "1Gi"},
        }
        for number in range(2)
    ]
    return {
        "apiVersion": "g.example/v1",
        "kind": "Thing",
        "metadata": {"name": f"t{at}", "namespace": "n", "managedFields": []},
        "spec": {
            "replicas": 3,
            "mode": "a" if at % HURT_EVERY else "b",
            "since": "2024-01-01T00:00:00Z",
            "containers": containers,
        },
        "status": CONDITIONS,
    }
