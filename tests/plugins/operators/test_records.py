"""The columns of a record, and that every one of them exists."""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel.api import ResourceType
from k8s_datamodel_plugins.operators import TYPE, register_resource_types
from truth.shapes import WRITE, allowed, crd, records, workload

RIGHTS = [
    crd("boats.harbour.example"),
    *allowed("port", "moor", (["harbour.example"], ["boats", "boats/status"], WRITE)),
]


def record(**more: Any) -> dict[str, Any]:
    return records([*RIGHTS, moor(**more)])["moor"]


def moor(*, status: Any = None, **more: Any) -> dict[str, Any]:
    made = workload("moor", "port", account="moor", **more)
    return {**made, "status": status} if status is not None else made


def test_the_hook_gives_the_type() -> None:
    [found] = register_resource_types()
    assert isinstance(found, ResourceType)
    assert found is TYPE


def test_the_manuals_columns_and_keys_are_there() -> None:
    diagram = [
        "name",
        "namespace",
        "operator_type",
        "image",
        "version",
        "creation_timestamp",
        "operator_framework",
        "replicas",
        "ready_replicas",
        "managed_crds",
    ]
    assert set(diagram) <= {column.name for column in TYPE.columns}
    keys = ["name", "namespace", "type", "framework", "version", "replicas", "ready_replicas"]
    assert [column.key for column in TYPE.columns if column.key in keys] == keys


def test_a_record_fills_every_column() -> None:
    assert set(record()) == {column.name for column in TYPE.columns}


@pytest.mark.parametrize(
    ("kind", "spec", "status", "replicas", "ready"),
    [
        ("Deployment", {"replicas": 3}, {"readyReplicas": 2}, 3, 2),
        ("Deployment", {"replicas": 3}, {"observedGeneration": 1}, 3, 0),
        ("Deployment", {"replicas": 0}, {"observedGeneration": 1}, 0, 0),
        ("Deployment", {}, None, 1, None),
        ("Deployment", {}, {}, 1, None),
        ("StatefulSet", {"replicas": 2}, {"readyReplicas": 1, "replicas": 2}, 2, 1),
        ("DaemonSet", {}, {"desiredNumberScheduled": 5, "numberReady": 4}, 5, 4),
        ("DaemonSet", {}, None, None, None),
    ],
)
def test_replicas(kind: str, spec: Any, status: Any, replicas: Any, ready: Any) -> None:
    found = record(kind=kind, spec=spec, status=status)
    assert found["operator_type"] == kind
    assert (found["replicas"], found["ready_replicas"]) == (replicas, ready)


def test_what_stands_on_the_object() -> None:
    annotations = {"note": "n", "kubectl.kubernetes.io/last-applied-configuration": "{}"}
    made = moor(labels={"app": "moor"}, annotations=annotations)
    made["metadata"]["creationTimestamp"] = "2024-03-15T10:30:15Z"
    found = records([*RIGHTS, made])["moor"]
    assert found["namespace"] == "port"
    assert found["service_account"] == "moor"
    assert found["labels"] == {"app": "moor"}
    assert found["annotations"] == {"note": "n"}
    assert found["creation_timestamp"] == "2024-03-15 10:30:15"


def test_a_namespace_that_no_file_names_is_null() -> None:
    rights = [crd("boats.harbour.example")]
    rights += allowed("", "moor", (["harbour.example"], ["boats", "boats/status"], WRITE))
    assert records([*rights, workload("moor", account="moor")])["moor"]["namespace"] is None


def test_an_object_that_occurs_twice_is_one_record() -> None:
    from k8s_datamodel_plugins.operators.operator_collector import collect
    from truth.objects_reader import ObjectsReader

    found = list(collect(ObjectsReader([*RIGHTS, moor(), moor()])))
    assert [each.values["name"] for each in found] == ["moor"]
    assert found[0].spec == moor()


def test_evidence_has_kind_strength_object_and_reason() -> None:
    evidence = record(args=["--leader-elect"], labels={"app": "harbour"})["evidence"]
    assert {"rbac", "leader-election"} <= {found["kind"] for found in evidence}
    for found in evidence:
        assert {"kind", "strength", "object", "reason"} <= set(found)
        assert found["strength"] in ("certain", "strong", "medium", "weak")
    assert evidence[0]["object"] == "ClusterRole port-moor"
    assert "service account moor may write status of" in evidence[0]["reason"]


def test_confidence_follows_strength() -> None:
    def confidence(rule: Any, name: str = "moor") -> float:
        objects = [crd("boats.harbour.example"), *allowed("port", "moor", rule)]
        made = workload(name, "port", account="moor", labels={"app": "harbour"})
        return float(records([*objects, made])[name]["confidence"])

    group = ["harbour.example"]
    status = confidence((group, ["boats", "boats/status"], WRITE))
    change = confidence((group, ["boats"], WRITE))
    watch = confidence((group, ["boats"], ["get", "list", "watch"]))
    everything = confidence((["*"], ["*"], ["*"]))
    assert 1 > status > change > watch > everything > 0.5
    assert confidence((group, ["boats"], WRITE), "moor-controller") > change
