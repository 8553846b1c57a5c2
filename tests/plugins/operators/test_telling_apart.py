"""What tells programs of one suite apart: short names, their nodes, their parts, their group.

Each table has a kind of suite, then neighbours that differ in one thing and are judged otherwise.
"""

from __future__ import annotations

from typing import Any

import pytest

from truth.shapes import READ, WRITE, allowed, cases, crd, managed, workload

Objects = list[dict[str, Any]]
GROUP = ["canal.example"]
LOCKS, GATES, SLUICES = (f"{each}.canal.example" for each in ("canallocks", "gates", "sluices"))
STATES = "canalnodestates.canal.example"


def kind(name: str, *short: str, **more: Any) -> dict[str, Any]:
    """A CRD with these short names."""
    found = crd(name, **more)
    found["spec"]["names"]["shortNames"] = [*short]
    return found


def whole(*plurals: str) -> Any:
    """Rights to write kinds of the suite and their status."""
    return (GROUP, [part for each in plurals for part in (each, f"{each}/status")], WRITE)


def of_one_account(*crds: dict[str, Any], programs: tuple[str, ...]) -> Objects:
    """Programs that may write all of these kinds, with one account."""
    rights = whole(*(each["spec"]["names"]["plural"] for each in crds))
    return [
        *crds,
        *allowed("c", "canal", rights),
        *(workload(p, "c", account="canal") for p in programs),
    ]


SHORT = {
    "a short name of the kind is a word of a program's name": (
        of_one_account(
            kind(LOCKS, "clk"), kind(GATES, "gte"), programs=("clk-operator", "gte-operator")
        ),
        {"clk-operator": [LOCKS], "gte-operator": [GATES]},
    ),
    "it is only a part of a word": (
        of_one_account(kind(LOCKS, "clk"), programs=("clkx-operator", "gte-operator")),
        {"clkx-operator": [LOCKS], "gte-operator": [LOCKS]},
    ),
    "two letters tell nothing": (
        of_one_account(kind(LOCKS, "cl"), programs=("cl-operator", "gte-operator")),
        {"cl-operator": [LOCKS], "gte-operator": [LOCKS]},
    ),
}


FINALIZERS = ("canallocks/finalizers", "canalnodestates/finalizers")


def on_nodes(*rights: Any, kind: str = "DaemonSet") -> Objects:
    """An agent with these rights beside an operator that may write all kinds."""
    return [
        crd(LOCKS, kind="CanalLock"),
        crd(STATES, kind="CanalNodeState"),
        *allowed("c", "canal", whole("canallocks", "canalnodestates"), (GROUP, FINALIZERS, WRITE)),
        workload("canal-operator", "c", account="canal"),
        *allowed("c", "canal-daemon", *rights),
        workload("canal-daemon", "c", account="canal-daemon", kind=kind),
    ]


OPERATOR = {"canal-operator": [LOCKS, STATES]}
BESIDE = {**OPERATOR, "canal-daemon": []}
OWN_NODES = {
    "an agent writes the state of its node": (
        on_nodes(whole("canalnodestates")),
        {**OPERATOR, "canal-daemon": [STATES]},
    ),
    "it writes what is of no node": (on_nodes(whole("canallocks")), BESIDE),
    "it runs on some node": (on_nodes(whole("canalnodestates"), kind="Deployment"), BESIDE),
    "it may only get the state": (on_nodes((GROUP, ["canalnodestates"], ["get"])), OPERATOR),
}


def twins(second: str) -> Objects:
    """Two agents with one account that read a kind which a controller manages."""
    return [
        crd(LOCKS),
        *allowed("c", "canal-controller", whole("canallocks")),
        workload("canal-controller", "c", account="canal-controller"),
        *allowed("c", "agents", (GROUP, ["canallocks"], READ)),
        workload("canal-agent", "c", account="agents", kind="DaemonSet"),
        workload(second, "c", account="agents", kind="DaemonSet"),
    ]


TWINS = {
    "twins for two platforms carry out a kind": (
        twins("canal-agent-win"),
        {"canal-controller": [LOCKS], "canal-agent": [LOCKS], "canal-agent-win": [LOCKS]},
    ),
    "another program has the account": (
        twins("canal-shaper"),
        {"canal-controller": [LOCKS]},
    ),
}


def parts(controller: tuple[str, ...], agent: tuple[str, ...], image: str = "") -> Objects:
    """A controller and the agents on nodes, of one program and account, told what to do."""
    one = "reg.example/canal:v1"
    return [
        crd(LOCKS, kind="CanalLock"),
        crd(STATES, kind="CanalNodeState"),
        *allowed("c", "canal", whole("canallocks", "canalnodestates")),
        workload("canal-manager", "c", account="canal", image=one, args=controller),
        workload(
            "canal-node-manager",
            "c",
            account="canal",
            image=image or one,
            args=agent,
            kind="DaemonSet",
        ),
    ]


BOTH = {"canal-manager": [LOCKS, STATES], "canal-node-manager": [LOCKS, STATES]}
PARTS = {
    "each is told another part: nodes are the agents'": (
        parts(("/manager", "--controller=lock"), ("/manager", "--controller=node")),
        {"canal-manager": [LOCKS], "canal-node-manager": [STATES]},
    ),
    "the agent is told another part than that of nodes": (
        parts(("/manager", "--controller=lock"), ("/manager", "--controller=agent")),
        BOTH,
    ),
    "both are told the same": (
        parts(("/manager", "--controller=all"), ("/manager", "--controller=all")),
        BOTH,
    ),
    "they run two programs": (
        parts(("/manager", "--controller=lock"), ("/agent", "--controller=node"), "reg.example/a"),
        BOTH,
    ),
}


WEIRS, SPILLS = (f"{each}.weir.canal.example" for each in ("weirs", "spills"))
WEIR = ["weir.canal.example"]


def umbrella(spills: Any, makes: Any = (WEIR, ["weirs"], WRITE)) -> Objects:
    """An operator of gates that may make weirs, and one that reads weirs and may act on spills."""
    return [
        *map(crd, (GATES, SLUICES, WEIRS, SPILLS)),
        *allowed("c", "canal-operator", whole("gates", "sluices"), makes),
        workload("canal-operator", "c", account="canal-operator"),
        *allowed("c", "canal-weir-operator", spills, (WEIR, ["weirs"], READ)),
        workload("canal-weir-operator", "c", account="canal-weir-operator"),
    ]


OWN = [GATES, SLUICES]
MAKERS = {
    "who has the other kinds of the group reads what an umbrella makes": (
        umbrella((WEIR, ["spills", "spills/status"], WRITE)),
        {"canal-operator": OWN, "canal-weir-operator": [SPILLS, WEIRS]},
    ),
    "it has no other kind of the group": (
        umbrella((WEIR, ["spills"], READ)),
        {"canal-operator": [*OWN, WEIRS], "canal-weir-operator": [SPILLS]},
    ),
    "the umbrella also writes the status": (
        umbrella(
            (WEIR, ["spills", "spills/status"], WRITE), (WEIR, ["weirs", "weirs/status"], WRITE)
        ),
        {"canal-operator": [*OWN, WEIRS], "canal-weir-operator": [SPILLS]},
    ),
}

MOULDS, BARGES = (f"{each}.barge.example" for each in ("bargemoulds", "barges"))


def user(rule: Any, *others: Any) -> Objects:
    """An operator of gates with these rights on kinds of barges, and the programs of ``others``."""
    return [
        *map(crd, (GATES, SLUICES, BARGES, MOULDS)),
        *allowed("c", "canal-operator", whole("gates", "sluices"), rule),
        workload("canal-operator", "c", account="canal-operator"),
        *others,
    ]


BARGE = [
    *allowed("b", "barge-operator", (["barge.example"], ["barges", "barges/status"], WRITE)),
    workload("barge-operator", "b", account="barge-operator"),
]
EVERYTHING = (["barge.example"], ["*"], ["*"])
NAMED = (["barge.example"], ["bargemoulds", "bargemoulds/status"], WRITE)
STRANGERS = {
    "another product uses all kinds of a group that has a manager": (
        user(EVERYTHING, *BARGE),
        {"canal-operator": OWN, "barge-operator": [BARGES]},
    ),
    "nobody else has rights on the group": (
        user(EVERYTHING),
        {"canal-operator": sorted([*OWN, BARGES, MOULDS])},
    ),
    "its rights name the kind": (
        user(NAMED, *BARGE),
        {"canal-operator": sorted([*OWN, MOULDS]), "barge-operator": [BARGES]},
    ),
}


REQUESTS = "lockrequests.canal.example"


def request(name: str) -> Objects:
    """A program without the group's name, that may do with a kind what the operator may."""
    return [
        crd(REQUESTS, kind="LockRequest"),
        crd(GATES),
        *allowed("c", "canal-operator", whole("lockrequests", "gates")),
        workload("canal-operator", "c", account="canal-operator"),
        *allowed("c", name, whole("lockrequests")),
        workload(name, "c", account=name),
    ]


WORDS = {
    "the kind begins with a word of its name": (
        request("lock-keeper"),
        {"canal-operator": [GATES, REQUESTS], "lock-keeper": [REQUESTS]},
    ),
    "it does not": (
        request("sluice-keeper"),
        {"canal-operator": [GATES, REQUESTS], "sluice-keeper": []},
    ),
}


def told(*arguments: str) -> Objects:
    """An operator, and what runs on each node with its account, told this."""
    return [
        crd(GATES),
        *allowed("c", "canal", (GROUP, ["*"], ["*"])),
        workload("canal-operator", "c", account="canal"),
        workload("canal-node", "c", account="canal", kind="DaemonSet", args=arguments),
    ]


INSTALLERS = {
    "it installs something on its node": (told("install-cni"), {"canal-operator": [GATES]}),
    "it runs there": (told("run-cni"), {"canal-operator": [GATES], "canal-node": [GATES]}),
    "it also reconciles": (
        told("install-cni", "controller"),
        {"canal-operator": [GATES], "canal-node": [GATES]},
    ),
}

EVERY = cases(
    {
        "words": WORDS,
        "installers": INSTALLERS,
        "short names": SHORT,
        "own nodes": OWN_NODES,
        "twins": TWINS,
        "parts": PARTS,
        "makers": MAKERS,
        "strangers": STRANGERS,
    }
)


@pytest.mark.parametrize(("objects", "expected"), EVERY.values(), ids=EVERY)
def test_who_has_what(objects: Objects, expected: dict[str, list[str]]) -> None:
    assert managed(objects) == expected
