"""Who acts on a kind, and who only could: shapes of products met in the wild, renamed.

Each table has a shape, then neighbours that differ in one thing and are judged otherwise.
"""

from __future__ import annotations

from typing import Any

import pytest

from truth.shapes import (
    READ,
    WRITE,
    allowed,
    bind,
    cases,
    crd,
    managed,
    role,
    service,
    webhook,
    workload,
)

Objects = list[dict[str, Any]]
Managed = dict[str, list[str]]
RBAC = ["rbac.authorization.k8s.io"]
MAKES_ROLES = (RBAC, ["clusterroles", "clusterrolebindings"], WRITE)
LEASES = (["coordination.k8s.io"], ["leases"], WRITE)
EVICTS = ([""], ["pods/eviction"], ["create"])
POLICIES, PEERS = "policies.weir.example", "peers.weir.example"
READS = (["weir.example"], ["policies"], READ)
WRITES = (["weir.example"], ["policies", "policies/status"], WRITE)


def weir(name: str, account: str = "weir", **more: Any) -> dict[str, Any]:
    return workload(name, "weir", account=account, **more)


def plane(*beside: Any, kind: str = "DaemonSet") -> Objects:
    """Agents that carry out policies, and what runs beside them."""
    agents = weir("weir-agent", kind=kind)
    return [crd(POLICIES), *allowed("weir", "weir", READS), agents, *beside]


DATA_PLANES = {
    "the agents, not the cache with their account": (
        plane(weir("weir-fanout")),
        {"weir-agent": [POLICIES]},
    ),
    "the agents, not a reader with a role of its own": (
        plane(weir("weir-panorama", "panorama"), *allowed("weir", "panorama", READS)),
        {"weir-agent": [POLICIES]},
    ),
    "who writes the status, and the agents": (
        plane(weir("weir-keeper", "keeper"), *allowed("weir", "keeper", WRITES)),
        {"weir-keeper": [POLICIES], "weir-agent": [POLICIES]},
    ),
    "all readers, where none runs on the nodes": (
        plane(weir("weir-mirror"), kind="Deployment"),
        {"weir-agent": [POLICIES], "weir-mirror": [POLICIES]},
    ),
}


def pond(*names: str, modes: dict[str, list[str]] | None = None, **more: Any) -> Objects:
    """Programs of one image and account, which may write all kinds."""
    kinds = ["rains.pond.example", "winds.pond.example"]
    rights = (["pond.example"], ["*"], ["*"])
    image = "reg.example/pond/pond:v1"
    return [
        *(crd(kind) for kind in kinds),
        *allowed("pond", "pond", rights),
        *(
            workload(
                name, "pond", account="pond", image=image, args=(modes or {}).get(name, []), **more
            )
            for name in names
        ),
    ]


RAINS, WINDS = "rains.pond.example", "winds.pond.example"
SUITES = {
    "by the operations in their arguments": (
        pond("pond-a", "pond-b", modes={"pond-a": ["--controllers=rain"], "pond-b": ["wind"]}),
        {"pond-a": [RAINS], "pond-b": [WINDS]},
    ),
    "not by the values of other options": (
        pond("pond-a", "pond-b", modes={"pond-a": ["--bucket=rain"], "pond-b": ["--db", "wind"]}),
        {"pond-a": [RAINS, WINDS], "pond-b": [RAINS, WINDS]},
    ),
    "names come before arguments": (
        pond("pond-rain", "pond-wind", modes={"pond-rain": ["wind"], "pond-wind": ["rain"]}),
        {"pond-rain": [RAINS], "pond-wind": [WINDS]},
    ),
    "twins for other platforms share what they have": (
        pond("pond", "pond-windows", "pond-arm64", kind="DaemonSet"),
        {name: [RAINS, WINDS] for name in ("pond", "pond-windows", "pond-arm64")},
    ),
    "another purpose is no twin": (
        pond("pond", "pond-sluice", kind="DaemonSet"),
        {"pond": [RAINS, WINDS], "pond-sluice": []},
    ),
}


def stow(agent: list[str], kind: str = "Deployment") -> Objects:
    """One account that may everything for a server and for what runs on a node."""
    return [
        crd("backups.stow.example"),
        crd("nodeloads.stow.example", kind="NodeLoad"),
        bind("cluster-admin", "stow", "stow"),
        workload("stow", "stow", account="stow", image="reg.example/stow"),
        workload(
            "stow-agent", "stow", account="stow", image="reg.example/stow", args=agent, kind=kind
        ),
    ]


BACKUPS, LOADS = "backups.stow.example", "nodeloads.stow.example"
ON_NODES = {
    "who is told its node": (
        stow(["--node-name=$(NODE_NAME)"]),
        {"stow": [BACKUPS], "stow-agent": [LOADS]},
    ),
    "who runs on each node": (
        stow([], "DaemonSet"),
        {"stow": [BACKUPS], "stow-agent": [LOADS]},
    ),
    "who is neither": (stow(["--nodes=3"]), {"stow": [BACKUPS, LOADS]}),
}


def routed(name: str, *rights: Any, where: str = "weir", **more: Any) -> Objects:
    """A program with these rights, as an account of its own, beside who manages policies."""
    return [
        crd(POLICIES),
        *allowed("weir", "keeper", WRITES),
        weir("weir-keeper", "keeper"),
        *allowed(where, "r", *rights),
        workload(name, where, account="r", **{"kind": "DaemonSet", **more}),
    ]


CARRIED_OUT = {
    "an agent on each node": (
        routed("weir-router", READS),
        {"weir-keeper": [POLICIES], "weir-router": [POLICIES]},
    ),
    "an exporter on each node": (routed("weir-exporter", READS), {"weir-keeper": [POLICIES]}),
    "a user interface on each node": (routed("weir-ui", READS), {"weir-keeper": [POLICIES]}),
    "no agent": (routed("weir-router", READS, kind="Deployment"), {"weir-keeper": [POLICIES]}),
    "who may not watch": (
        routed("weir-router", (["weir.example"], ["policies"], ["get"])),
        {"weir-keeper": [POLICIES]},
    ),
    "an agent of another suite": (
        routed("weir-router", READS, where="elsewhere"),
        {"weir-keeper": [POLICIES]},
    ),
    "a webhook server on each node": (
        [
            *routed("weir-router", READS, labels={"app": "weir-router"}),
            webhook("weir", "weir", "", "pods"),
            service("weir", "weir", {"app": "weir-router"}),
        ],
        {"weir-keeper": [POLICIES]},
    ),
}

FARMS, HERDS = "farms.farm.example", "herds.farm.example"


def farm(installer: Any, controller: Any, *more: Any) -> Objects:
    """An installer beside a controller that it installs."""
    return [
        crd(FARMS),
        crd(HERDS),
        *allowed("farm", "i", (["farm.example"], ["farms"], ["*"]), installer, *more),
        *allowed("farm", "c", controller),
        workload("farm-operator", "farm", account="i"),
        workload("farm-herder", "farm", account="c"),
    ]


HERD = (["farm.example"], ["herds", "herds/status"], WRITE)
ALL_HERDS = (["farm.example"], ["herds", "herds/status"], ["*"])
GROUP = (["farm.example"], ["*"], ["*"])
CHANGES = (["farm.example"], ["herds"], WRITE)
INSTALLERS = {
    "more verbs than the controller needs are handed on, too": (
        farm(ALL_HERDS, HERD, MAKES_ROLES),
        {"farm-operator": [FARMS], "farm-herder": [HERDS]},
    ),
    "who makes no roles keeps them": (
        farm(ALL_HERDS, HERD),
        {"farm-operator": [FARMS, HERDS], "farm-herder": [HERDS]},
    ),
    "rights on the group yield to the name of the kind": (
        farm(GROUP, CHANGES, MAKES_ROLES),
        {"farm-operator": [FARMS], "farm-herder": [HERDS]},
    ),
    "a reader receives nothing": (
        farm(GROUP, (["farm.example"], ["herds"], READ), MAKES_ROLES),
        {"farm-operator": [FARMS, HERDS]},
    ),
}


def checked(name: str, *rights: Any, serves: bool = True) -> Objects:
    """A program that answers the webhooks of a kind, and has these rights."""
    labels = {"app": name}
    hooks = [webhook(name, "weir", "weir.example", "policies"), service(name, "weir", labels)]
    found = [crd(POLICIES), *allowed("weir", name, *rights), weir(name, name, labels=labels)]
    return [*found, *(hooks if serves else ())]


VALIDATORS = {
    "who only checks": (checked("weir-admission", READS), {}),
    "who checks and elects a leader": (
        checked("weir-admission", READS, LEASES),
        {"weir-admission": [POLICIES]},
    ),
    "who checks and writes the status": (
        checked("weir-admission", WRITES),
        {"weir-admission": [POLICIES]},
    ),
    "who only reads": (checked("weird", READS, serves=False), {"weird": [POLICIES]}),
}


def finalizing(namespace: str, *parts: str) -> Objects:
    resources = ["policies", *(f"policies/{part}" for part in parts)]
    name = f"weir-{namespace}"
    rights = (["weir.example"], resources, WRITE)
    return [
        *allowed("weir", name, rights),
        workload(name, "weir", account=name),
    ]


FINALIZERS = {
    "the finalizers before the status alone": (
        [crd(POLICIES), *finalizing("a", "status"), *finalizing("b", "status", "finalizers")],
        {"weir-a": [], "weir-b": [POLICIES]},
    ),
    "as good rights": (
        [crd(POLICIES), *finalizing("a", "status"), *finalizing("b", "status")],
        {"weir-a": [POLICIES], "weir-b": [POLICIES]},
    ),
}


def answering(*rights: Any, hooked: bool = True) -> Objects:
    """A webhook server that is called operator, beside what evicts pods."""
    labels = {"app": "gate-operator"}
    changes = (["gate.example"], ["drains"], WRITE)
    hooks = [
        webhook("gate", "gate", "", "pods"),
        service("gate", "gate", labels),
    ]
    return [
        crd("drains.gate.example"),
        *allowed("gate", "o", changes, *rights),
        *allowed("gate", "e", changes, EVICTS),
        workload("gate-operator", "gate", account="o", labels=labels),
        workload("gate-evictor", "gate", account="e"),
        *(hooks if hooked else ()),
    ]


DRAINS = ["drains.gate.example"]
ANSWERERS = {
    "who acts, not who answers": (answering(), {"gate-evictor": DRAINS, "gate-operator": []}),
    "who answers and acts": (
        answering(EVICTS),
        {"gate-evictor": DRAINS, "gate-operator": DRAINS},
    ),
    "nobody answers": (
        answering(hooked=False),
        {"gate-evictor": DRAINS, "gate-operator": DRAINS},
    ),
}


def stranger(*more: Any) -> Objects:
    """A workload with rights on the status of one kind of another product."""
    own = (["dock.example"], ["ships", "ships/status"], WRITE)
    others = (["weir.example"], ["policies", "policies/status"], WRITE)
    return [
        crd("ships.dock.example"),
        *(crd(f"{plural}.weir.example") for plural in ("policies", "peers", "pools")),
        *allowed("dock", "dock", own, others, *more),
        workload("dock", "dock", account="dock"),
    ]


STRANGERS = {
    "rights to hand on": (stranger(MAKES_ROLES), {"dock": ["ships.dock.example"]}),
    "rights for itself": (stranger(), {"dock": [POLICIES, "ships.dock.example"]}),
    "rights on most kinds of an API": (
        stranger(MAKES_ROLES, (["weir.example"], ["peers", "peers/status"], WRITE)),
        {"dock": [PEERS, POLICIES, "ships.dock.example"]},
    ),
}


def unseen(name: str, *verbs: str) -> Objects:
    """A workload that may write the status of a kind, and these verbs on its objects."""
    return [
        crd(POLICIES),
        *allowed("tools", "t", (["weir.example"], ["policies/status"], ["patch"])),
        *allowed("tools", "t", (["weir.example"], ["policies"], verbs)),
        role("t2", (["weir.example"], ["policies"], verbs)),
        bind("t2", "t", "tools"),
        workload(name, "tools", account="t"),
    ]


UNSEEN = {
    "rights alone": (unseen("recorder", "get"), {}),
    "rights and a name": (unseen("weir-recorder", "get"), {"weir-recorder": [POLICIES]}),
    "rights and a watch": (unseen("recorder", "get", "watch"), {"recorder": [POLICIES]}),
}


def gated(*command: str, account: str = "g") -> Objects:
    """Agents, and a Deployment of their image that runs this command."""
    rights = (["gate.example"], ["drains", "drains/status"], WRITE)
    image = "reg.example/gate"
    return [
        crd("drains.gate.example"),
        *allowed("gate", "g", rights),
        *allowed("gate", "other", rights),
        workload("gate-agent", "gate", account="g", image=image, kind="DaemonSet"),
        workload("gate", "gate", account=account, image=image, args=command),
    ]


GATE = {"gate": DRAINS, "gate-agent": []}
BY_COMMAND = {
    "its command only answers": (gated("/gate", "webhook"), {"gate-agent": DRAINS}),
    "its binary only answers": (gated("/gate-webhook"), {"gate-agent": DRAINS}),
    "its command says nothing": (gated("/gate", "run"), GATE),
    "its command also controls": (gated("/gate", "webhook", "controller"), GATE),
    "an option of another kind": (gated("/gate", "run", "--cert-of=webhook"), GATE),
    "an account of its own": (
        gated("/gate", "webhook", account="other"),
        {"gate-agent": DRAINS},
    ),
}

CHANGES_POLICIES = (["weir.example"], ["policies"], WRITE)


def alone(name: str, *rights: Any) -> Objects:
    """A component whose operator is not there."""
    return [crd(POLICIES), *allowed("weir", "c", *rights), weir(name, "c")]


ON_REQUEST = {
    "a user interface": (alone("weir-ui", CHANGES_POLICIES), {}),
    "a database that reads": (alone("weir-db", READS), {}),
    "one that elects a leader": (
        alone("weir-ui", CHANGES_POLICIES, LEASES),
        {"weir-ui": [POLICIES]},
    ),
    "one that writes the status": (alone("weir-ui", WRITES), {"weir-ui": [POLICIES]}),
    "a proxy that reads": (alone("weir-proxy", READS), {"weir-proxy": [POLICIES]}),
}

EVERY = cases(
    {
        "data planes": DATA_PLANES,
        "suites": SUITES,
        "on nodes": ON_NODES,
        "installers": INSTALLERS,
        "validators": VALIDATORS,
        "finalizers": FINALIZERS,
        "answerers": ANSWERERS,
        "strangers": STRANGERS,
        "unseen": UNSEEN,
        "on request": ON_REQUEST,
        "carried out": CARRIED_OUT,
        "by command": BY_COMMAND,
    }
)


@pytest.mark.parametrize(("objects", "expected"), EVERY.values(), ids=EVERY)
def test_who_acts(objects: Objects, expected: Managed) -> None:
    assert managed(objects) == expected
