"""Operators that are no kind's main actor, and who manages an API that several implement."""

from __future__ import annotations

from typing import Any

import pytest

from truth.shapes import READ, WRITE, allowed, bind, crd, managed, records, workload

RULES, REPORTS = "rules.gate.example", "reports.gate.example"
EVERYTHING = (["gate.example"], ["*"], WRITE)


def gate(name: str, image: str = "gate", account: str = "gate", args: Any = ()) -> Any:
    return workload(name, "gate", account=account, image=f"reg.example/gate/{image}:v3", args=args)


def test_the_same_program_with_other_arguments_is_an_operator_too() -> None:
    objects = [
        crd(RULES),
        crd(REPORTS),
        *allowed("gate", "gate", EVERYTHING),
        *allowed("gate", "other", (["gate.example"], ["*"], READ)),
        gate("gate-controller-manager", args=["/gate"]),
        gate("gate-audit", args=["--operation=audit"]),
        gate("gate-watch", args=["/bin/gate", "--operation=watch"]),
        gate("gate-ping", args=["/bin/ping"]),
        gate("gate-webhook"),
        gate("gate-shell", image="shell"),
        gate("gate-lookout", account="other", image="gate-lookout"),
    ]
    found = records(objects)
    assert found["gate-audit"]["managed_crds"] == found["gate-watch"]["managed_crds"] == []
    assert found["gate-audit"]["confidence"] == 0.5
    assert {"gate-webhook", "gate-shell", "gate-lookout", "gate-ping"}.isdisjoint(found)


def test_an_operator_that_may_everything_is_one_beside_its_own_controllers() -> None:
    """Neither is a server that may everything, nor what is no part of the product."""
    names = ("gate-operator", "gate-server", "deploy-operator")
    objects = [
        crd(RULES),
        *allowed("gate", "gate", EVERYTHING),
        gate("gate-deployment"),
        *(bind("cluster-admin", name, "gate") for name in names),
        *(workload(name, "gate", account=name) for name in names),
    ]
    assert managed(objects) == {"gate-deployment": [RULES], "gate-operator": []}


@pytest.mark.parametrize(
    ("kind", "per_node", "verbs", "found"),
    [
        ("DaemonSet", True, ["update", "list", "watch"], True),
        ("DaemonSet", False, ["update", "list", "watch"], True),
        ("DaemonSet", True, READ, True),
        ("DaemonSet", True, ["get"], False),
        ("Deployment", True, ["update", "list", "watch"], False),
    ],
)
def test_an_agent_that_watches_what_another_manages_has_it_too(
    kind: str, per_node: bool, verbs: list[str], found: bool
) -> None:
    objects = [
        crd("guests.inn.example", node_field=per_node),
        *allowed("inn", "c", (["inn.example"], ["guests", "guests/status"], WRITE)),
        *allowed("inn", "h", (["inn.example"], ["guests"], verbs)),
        workload("inn-controller", "inn", account="c"),
        workload("inn-handler", "inn", account="h", kind=kind),
    ]
    assert managed(objects).get("inn-handler") == (["guests.inn.example"] if found else None)


def test_who_implements_an_api_manages_the_kinds_that_have_no_status_too() -> None:
    """A proxy has its own kinds, and writes the status of most of a shared API's."""
    shared = ["doors", "roads", "grants"]
    objects = [
        *(crd(f"{plural}.shared.example") for plural in shared),
        *(crd(f"{plural}.toll.example") for plural in ("fares", "booths")),
        *allowed(
            "toll",
            "toll",
            (["toll.example"], ["fares", "fares/status", "booths", "booths/status"], WRITE),
            (["shared.example"], shared, READ),
            (["shared.example"], ["doors/status", "roads/status"], ["update"]),
        ),
        *allowed("watch", "lookout", (["shared.example"], shared, READ)),
        workload("toll", "toll", account="toll"),
        workload("lookout", "watch", account="lookout"),
    ]
    everything = [f"{plural}.shared.example" for plural in sorted(shared)]
    assert managed(objects) == {
        "toll": sorted([*everything, "booths.toll.example", "fares.toll.example"])
    }


def test_who_may_not_watch_a_kind_does_not_reconcile_it() -> None:
    """A storage daemon cleans its cluster's finalizers when it ends."""
    cleans = (["pond.example"], ["pools", "pools/finalizers"], ["get", "list", "update"])
    objects = [
        crd("pools.pond.example"),
        *allowed("pond", "op", (["pond.example"], ["pools", "pools/status"], WRITE)),
        *allowed("pond", "d", cleans),
        workload("pond-operator", "pond", account="op"),
        workload("pond-daemon", "pond", account="d"),
    ]
    assert managed(objects) == {"pond-operator": ["pools.pond.example"]}
