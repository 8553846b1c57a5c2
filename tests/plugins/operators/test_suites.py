"""Programs of one suite with the same rights, and rights that are not where one looks first."""

from __future__ import annotations

from typing import Any

import pytest

from truth.shapes import WRITE, allowed, bind, cases, crd, managed, role, workload

Objects = list[dict[str, Any]]
SUITES, LOOMS, KILNS = "suites.mill.example", "looms.mill.example", "kilns.mill.example"
STAR = (["mill.example"], ["*"], ["*"])
OWNER = [{"apiVersion": "mill.example/v1", "kind": "Suite", "name": "s", "controller": True}]


def made(item: dict[str, Any]) -> dict[str, Any]:
    item["metadata"]["ownerReferences"] = OWNER
    return item


def mill(*extra: Any, owned: bool = True, image: str = "") -> Objects:
    """An installer and two agents that it made; each may do anything in their group."""
    agents = [
        workload("mill-weaver", "mill", account="mill-weaver", image=image),
        workload("mill-loom", "mill", account="mill-loom"),
    ]
    return [
        *(crd(name) for name in (SUITES, LOOMS, KILNS)),
        *allowed("mill", "mill-operator", STAR),
        *allowed("mill", "mill-weaver", STAR, *extra),
        *allowed("mill", "mill-loom", STAR),
        workload("mill-operator", "mill", account="mill-operator"),
        *(map(made, agents) if owned else agents),
    ]


NAMED = (["mill.example"], ["kilns"], WRITE)
STARS = {
    "their maker has the kind of its instance, and they the others": (
        mill(),
        {"mill-operator": [SUITES], "mill-weaver": [KILNS], "mill-loom": [LOOMS]},
    ),
    "rights that name a kind tell whose it is": (
        mill(NAMED),
        {"mill-operator": [SUITES], "mill-weaver": [KILNS], "mill-loom": [LOOMS]},
    ),
    "an image that is named for a kind tells whose it is": (
        mill(image="reg.example/kiln:v1"),
        {"mill-operator": [SUITES], "mill-weaver": [KILNS], "mill-loom": [LOOMS]},
    ),
    "nobody made them": (
        mill(owned=False),
        {
            "mill-operator": [KILNS, SUITES],
            "mill-weaver": [KILNS, SUITES],
            "mill-loom": [LOOMS],
        },
    ),
}


def tide(*kinds: str, account: str = "tide") -> Objects:
    """Programs of one image and account, of which one is a node's handler."""
    image = "reg.example/tide/tide:v1"
    found = [crd("gauges.tide.example"), *allowed("tide", "tide", (["tide.example"], ["*"], ["*"]))]
    for name in kinds:
        kind = "DaemonSet" if name == "tide-handler" else "Deployment"
        found.append(workload(name, "tide", account=account, image=image, kind=kind))
    return found


GAUGES = ["gauges.tide.example"]
ASSISTANTS = {
    "certificates and metrics": (
        tide("tide-handler", "tide-cert-manager", "tide-metrics"),
        {"tide-handler": GAUGES},
    ),
    "an audit": (
        tide("tide-handler", "tide-audit"),
        {"tide-handler": GAUGES, "tide-audit": []},
    ),
    "kinds of nodes, beside an installer": (
        [
            *tide("tide-handler", "tide-cert-manager"),
            crd("nodetides.tide.example", kind="NodeTide"),
            *allowed("tide", "installer", (["tide.example"], ["*"], ["*"])),
            workload("tide-operator", "tide", account="installer"),
        ],
        {
            "tide-handler": [*GAUGES, "nodetides.tide.example"],
            "tide-operator": GAUGES,
        },
    ),
    "certificates by itself": (tide("tide-cert-manager"), {"tide-cert-manager": GAUGES}),
}


def cistern(*rights: Any) -> Objects:
    """An agent that watches one kind of its group, and has these rights on another."""
    watches = (["cistern.example"], ["pipes", "pipes/status"], WRITE)
    return [
        crd("pipes.cistern.example"),
        crd("leaks.cistern.example"),
        *allowed("c", "cistern", watches, *rights),
        workload("cistern-agent", "c", account="cistern"),
    ]


PIPES, LEAKS = "pipes.cistern.example", "leaks.cistern.example"
WRITES = (["cistern.example"], ["leaks"], ["get", "create", "update"])
REPORTS = {
    "a kind that it only writes": (cistern(WRITES), {"cistern-agent": [LEAKS, PIPES]}),
    "a kind that it only reads": (
        cistern((["cistern.example"], ["leaks"], ["get", "list"])),
        {"cistern-agent": [PIPES]},
    ),
    "a kind that the only manager of the group only gets": (
        [
            crd("wells.cistern.example"),
            *cistern(
                (["cistern.example"], ["leaks"], ["get"]),
                (["cistern.example"], ["wells", "wells/status"], WRITE),
            ),
        ],
        {"cistern-agent": [LEAKS, PIPES, "wells.cistern.example"]},
    ),
    "a kind that one of several managers only gets": (
        [
            crd("wells.cistern.example"),
            *cistern((["cistern.example"], ["leaks"], ["get"])),
            *allowed("c", "digger", (["cistern.example"], ["wells", "wells/status"], WRITE)),
            workload("cistern-digger", "c", account="digger"),
        ],
        {"cistern-agent": [PIPES], "cistern-digger": ["wells.cistern.example"]},
    ),
    "a kind that another manages": (
        [
            *cistern(WRITES),
            *allowed("c", "plumber", (["cistern.example"], ["leaks", "leaks/status"], WRITE)),
            workload("cistern-plumber", "c", account="plumber"),
        ],
        {"cistern-agent": [PIPES], "cistern-plumber": [LEAKS]},
    ),
    "a server that manages nothing": (
        [
            crd("leaks.cistern.example"),
            *allowed("c", "cistern", WRITES),
            workload("cistern-studio", "c", account="cistern"),
        ],
        {},
    ),
}


def group(subject: str, name: str = "beacon-agent") -> Objects:
    """An agent whose role is bound to users, not to its account."""
    binding = bind(name, "x", "b")
    binding["subjects"] = [{"kind": "Group", "name": subject}]
    return [
        crd("lamps.beacon.example"),
        role(name, (["beacon.example"], ["lamps", "lamps/status"], WRITE)),
        binding,
        *allowed("b", "beacon", (["beacon.example"], ["lamps"], ["get"])),
        workload("beacon-agent", "b", account="beacon", kind="DaemonSet"),
    ]


LAMPS = ["lamps.beacon.example"]
GROUPS = {
    "a role of its name": (group("beacon:agents"), {"beacon-agent": LAMPS}),
    "a role of another name": (group("beacon:agents", "editors"), {}),
    "the group of the nodes": (group("system:nodes"), {"beacon-agent": LAMPS}),
    "a group of Kubernetes": (group("system:masters"), {}),
}


def lock(made_by: str, kind: str = "LockClass", part: str = "status") -> Objects:
    """Who reads classes of locks and makes a program for each lock, with the same right."""
    rights = (["lock.example"], ["lockclasses", f"lockclasses/{part}"], WRITE)
    labels = {"app.kubernetes.io/managed-by": made_by}
    return [
        crd("lockclasses.lock.example", kind=kind),
        *allowed("k", "lock-maker", rights),
        *allowed("k", "lock-one", rights),
        workload("lock-maker", "k", account="lock-maker"),
        workload("lock-one", "k", account="lock-one", labels=labels),
    ]


CLASSES_OF_LOCKS = ["lockclasses.lock.example"]
BOTH = {"lock-maker": CLASSES_OF_LOCKS, "lock-one": CLASSES_OF_LOCKS}
CLASSES = {
    "the maker": (lock("lock-maker"), {"lock-maker": CLASSES_OF_LOCKS, "lock-one": []}),
    "made by a tool": (lock("Helm"), BOTH),
    "no class": (lock("lock-maker", "Lock"), BOTH),
    "a kind without a letter": (lock("lock-maker", "123"), BOTH),
    "nobody may write its status": (lock("lock-maker", part="scale"), BOTH),
}


def fog(name: str, kind: str, image: str = "own", *args: str) -> Objects:
    """Agents on nodes, and a program with their account and another image."""
    rights = (["fog.example"], ["*"], ["*"])
    of_agents = {"image": "reg.example/agent", "kind": "DaemonSet", "args": ["--node=$(NODE)"]}
    return [
        crd("banks.fog.example"),
        *allowed("fog", "fog", rights),
        workload("fog-agent", "fog", account="fog", **of_agents),
        workload(name, "fog", account="fog", image=f"reg.example/{image}", kind=kind, args=args),
    ]


BANKS = ["banks.fog.example"]
CACHES = {
    "a cache": (fog("fog-fanout", "Deployment"), {"fog-agent": BANKS}),
    "a controller": (
        fog("fog-controller", "Deployment"),
        {"fog-controller": BANKS, "fog-agent": BANKS},
    ),
    "it elects a leader": (
        fog("fog-lifter", "Deployment", "own", "--leader-elect"),
        {"fog-lifter": BANKS, "fog-agent": BANKS},
    ),
    "a scheduler, which elects a leader to place pods": (
        fog("fog-scheduler", "Deployment", "own", "--leader-elect"),
        {"fog-agent": BANKS},
    ),
    "the agents' own image": (
        fog("fog", "Deployment", "agent"),
        {"fog": [], "fog-agent": BANKS},
    ),
    "a cache beside a controller with rights of its own": (
        [
            *fog("fog-fanout", "Deployment"),
            *allowed("fog", "keeper", (["fog.example"], ["*"], ["*"])),
            workload("fog-keeper", "fog", account="keeper"),
        ],
        {"fog-agent": BANKS, "fog-keeper": BANKS},
    ),
    "other agents": (fog("fog-fanout", "DaemonSet"), {"fog-agent": BANKS, "fog-fanout": BANKS}),
}


def rig(container: str = "", *args: str, own: Any = ()) -> Objects:
    """A suite with one account, of which one program may have a container for another product."""
    extras = workload("mine-extras", "mine", account="mine", args=args)
    if container:
        beside = {"name": container, "image": "reg.example/b"}
        extras["spec"]["template"]["spec"]["containers"].append(beside)
    return [
        crd("shafts.mine.example"),
        crd("drills.rig.example"),
        *allowed("mine", "mine", (["mine.example", "rig.example"], ["*"], ["*"])),
        workload("mine-controller", "mine", account="mine"),
        extras,
        *own,
    ]


SHAFTS, DRILLS = ["shafts.mine.example"], ["drills.rig.example"]
OF_ANOTHER = {
    "a container is named for it": (
        rig("rig"),
        {"mine-controller": SHAFTS, "mine-extras": DRILLS},
    ),
    "a binary is named for it": (
        rig("", "/rig-loop"),
        {"mine-controller": SHAFTS, "mine-extras": DRILLS},
    ),
    "nothing is named for it": (rig("pump"), {"mine-controller": SHAFTS}),
    "an option is not a name": (rig("", "/run", "--rig"), {"mine-controller": SHAFTS}),
    "its own controller is there": (
        rig(
            "rig",
            own=[
                *allowed("r", "rig", (["rig.example"], ["*"], ["*"])),
                workload("rig-controller", "r", account="rig"),
            ],
        ),
        {"mine-controller": SHAFTS, "rig-controller": DRILLS},
    ),
}


def jobs(kind: str, *beside: str) -> Objects:
    """A controller of jobs, and perhaps others of that group, which may read another kind."""
    name = f"{kind.lower()}s.job.example"
    return [
        crd("jobs.job.example"),
        crd(name, kind=kind),
        *allowed(
            "j",
            "job",
            (["job.example"], ["jobs", "jobs/status"], WRITE),
            (["job.example"], [name.partition(".")[0]], ["get", "list"]),
        ),
        workload("job-controller", "j", account="job"),
        *(crd(f"{each}.job.example") for each in beside),
        *(
            item
            for each in beside
            for item in (
                *allowed("j", each, (["job.example"], [each, f"{each}/status"], WRITE)),
                workload(f"job-{each}", "j", account=each),
            )
        ),
    ]


JOBS, PARAMETERS = "jobs.job.example", "jobparameters.job.example"
INPUTS = {
    "parameters": (jobs("JobParameter"), {"job-controller": [PARAMETERS, JOBS]}),
    "no parameters": (jobs("Memo"), {"job-controller": [JOBS]}),
    "of a group with several controllers": (
        jobs("JobParameter", "tasks"),
        {"job-controller": [JOBS], "job-tasks": ["tasks.job.example"]},
    ),
}


def yard(*kinds: str) -> Objects:
    """Three programs with one account and these kinds; the names of all share a word."""
    programs = ("yard-slow-boat-keeper", "yard-slow-boat-crew-caller", "yard-slow-harbour")
    return [
        *(crd(f"{each.lower()}s.yard.example", kind=each) for each in kinds),
        *allowed("y", "yard", (["yard.example"], ["*"], ["*"])),
        *(workload(name, "y", account="yard") for name in programs),
    ]


def of_yard(*kinds: str) -> list[str]:
    return [f"{each.lower()}s.yard.example" for each in kinds]


YARD = ("SlowBoatCrew", "SlowHarbourPlan", "SlowTide")
CREWS = {"yard-slow-boat-crew-caller": of_yard("SlowBoatCrew")}
BOAT = {
    "apiVersion": "yard.example/v1",
    "kind": "SlowBoat",
    "metadata": {
        "name": "a",
        "namespace": "y",
        "managedFields": [
            {"manager": "yard-slow-boat-keeper", "operation": "Update", "subresource": "status"}
        ],
    },
}
NAMED_FOR = {
    "one is named for a whole kind, another shares a word with one": (
        yard("SlowBoat", *YARD),
        {
            **CREWS,
            "yard-slow-boat-keeper": of_yard("SlowBoat"),
            "yard-slow-harbour": of_yard("SlowHarbourPlan", "SlowTide"),
        },
    ),
    "one was seen to write the kind that it is named for": (
        [*yard("SlowBoat", *YARD), BOAT],
        {
            **CREWS,
            "yard-slow-boat-keeper": of_yard("SlowBoat"),
            "yard-slow-harbour": of_yard("SlowHarbourPlan", "SlowTide"),
        },
    ),
    "one is named for the kind, another has all its words": (
        [*yard("SlowBoat"), workload("yard-slow-red-boat", "y", account="yard")],
        {
            "yard-slow-boat-keeper": of_yard("SlowBoat"),
            "yard-slow-boat-crew-caller": of_yard("SlowBoat"),
            "yard-slow-red-boat": of_yard("SlowBoat"),
        },
    ),
}

EVERY = cases(
    {
        "stars": STARS,
        "assistants": ASSISTANTS,
        "reports": REPORTS,
        "groups": GROUPS,
        "classes": CLASSES,
        "caches": CACHES,
        "kinds of another product": OF_ANOTHER,
        "inputs": INPUTS,
        "named for": NAMED_FOR,
    }
)


@pytest.mark.parametrize(("objects", "expected"), EVERY.values(), ids=EVERY)
def test_who_has_what(objects: Objects, expected: dict[str, list[str]]) -> None:
    assert managed(objects) == expected
