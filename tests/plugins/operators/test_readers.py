"""Who only reads a kind: its manager where nobody does more, and otherwise not.

Each table has a kind of reader, then neighbours that differ in one thing and are judged otherwise.
"""

from __future__ import annotations

from typing import Any

import pytest

from truth.shapes import READ, WRITE, allowed, bind, cases, crd, managed, service, webhook, workload

Objects = list[dict[str, Any]]
Managed = dict[str, list[str]]
LAMPS, RAYS, TINTS = (f"{each}.beacon.example" for each in ("lamps", "rays", "tints"))
ROUTES, HOPS = "routes.routes.mesh.example", "hops.hops.mesh.example"
READS = (["beacon.example"], ["rays"], READ)


def kind(name: str, *, status: bool = True) -> dict[str, Any]:
    """A CRD whose schema says whether its objects have a status."""
    found = crd(name)
    (version,) = found["spec"]["versions"]
    parts = {"spec": {"type": "object"}, **({"status": {"type": "object"}} if status else {})}
    version["schema"]["openAPIV3Schema"]["properties"] = parts
    return found


def beacon(name: str, *rights: Any, **more: Any) -> Objects:
    """A program of the product with these rights."""
    return [*allowed("b", name, *rights), workload(name, "b", account=name, **more)]


def beside_all_rights(reader: Objects, name: str, *, status: bool = True) -> Objects:
    """A program that may do everything, and one that may only read rays."""
    every = workload(name, "b", account="every")
    return [kind(RAYS, status=status), bind("cluster-admin", "every", "b"), every, *reader]


SCHEDULER = beacon("beacon-scheduler", READS)
BESIDE_ALL_RIGHTS = {
    "a controller that may do everything writes what a scheduler reads": (
        beside_all_rights(SCHEDULER, "beacon-controller"),
        {"beacon-controller": [RAYS]},
    ),
    "the scheduler also changes it": (
        beside_all_rights(
            beacon("beacon-scheduler", (["beacon.example"], ["rays"], WRITE)), "beacon-controller"
        ),
        {"beacon-controller": [], "beacon-scheduler": [RAYS]},
    ),
    "nothing has to be written, as it has no status": (
        beside_all_rights(SCHEDULER, "beacon-controller", status=False),
        {"beacon-controller": [], "beacon-scheduler": [RAYS]},
    ),
    "who may do everything only answers requests": (
        beside_all_rights(SCHEDULER, "beacon-console"),
        {"beacon-scheduler": [RAYS]},
    ),
}


def suite(*names: str, last: Any = READ) -> Objects:
    """Controllers that each have a kind of their own, and read tints; the ``last`` may do more."""
    found = [kind(TINTS)]
    for name in names:
        own = (["beacon.example"], [f"{name}s", f"{name}s/status"], WRITE)
        tints = (["beacon.example"], ["tints"], last if name == names[-1] else READ)
        found += [kind(f"{name}s.beacon.example"), *beacon(f"beacon-{name}-controller", own, tints)]
    return found


def own(*names: str, also: tuple[str, ...] = ()) -> Managed:
    """What the controllers of a suite manage: each its own kind, and those in ``also`` tints."""
    return {
        f"beacon-{name}-controller": sorted(
            [f"{name}s.beacon.example", *([TINTS] if name in also else [])]
        )
        for name in names
    }


FOUR = ("lamp", "lens", "mast", "ray")
SHARED = {
    "a whole suite reads it: nobody's": (suite(*FOUR), own(*FOUR)),
    "agents on nodes read it, too: theirs and the controllers'": (
        [
            *suite(*FOUR),
            *beacon("beacon-agent", (["beacon.example"], ["tints"], READ), kind="DaemonSet"),
        ],
        {**own(*FOUR, also=FOUR), "beacon-agent": [TINTS]},
    ),
    "some read it: theirs": (suite(*FOUR[:3]), own(*FOUR[:3], also=FOUR[:3])),
    "one of the suite also changes it": (suite(*FOUR, last=WRITE), own(*FOUR, also=("ray",))),
}


def meshed(*readers: Objects, status: bool = False, verbs: Any = READ) -> Objects:
    """A product that manages rays and may read the kinds of two groups that are not its own."""
    mine = (["beacon.example"], ["rays", "rays/status"], WRITE)
    others = (["routes.mesh.example", "hops.mesh.example"], ["routes", "hops"], verbs)
    return [
        kind(RAYS),
        kind(ROUTES, status=status),
        kind(HOPS),
        *beacon("beacon-controller", mine, others),
        workload("beacon-injector", "b", account="beacon-controller"),
        *(each for reader in readers for each in reader),
    ]


OTHER = beacon("other", (["routes.mesh.example"], ["routes"], READ))
ADOPTED = {
    "the only reader of an API without a status implements it": (
        meshed(),
        {"beacon-controller": [RAYS, ROUTES]},
    ),
    "it has a status, which somebody else writes": (
        meshed(status=True),
        {"beacon-controller": [RAYS]},
    ),
    "others read it too": (meshed(OTHER), {"beacon-controller": [RAYS]}),
}


def made(group: str, verbs: Any = READ) -> Objects:
    """Agents that an instance of a group made, and that may read a kind of the product."""
    owner = {"apiVersion": f"{group}/v1", "kind": "Lamp", "name": "l", "controller": True}
    agents = workload("beacon-agent", "b", account="beacon-agent", kind="DaemonSet")
    agents["metadata"]["ownerReferences"] = [owner]
    whole = (["beacon.example"], ["lamps", "rays", "lamps/status", "rays/status"], WRITE)
    return [
        kind(LAMPS),
        kind(RAYS),
        kind("lamps.install.example"),
        *beacon("beacon-controller", whole),
        *allowed("b", "beacon-agent", (["beacon.example"], ["rays"], verbs)),
        agents,
    ]


BOTH = {"beacon-controller": [LAMPS, RAYS], "beacon-agent": [RAYS]}
MADE = {
    "what an instance made reads kinds of its group for its maker": (
        made("beacon.example"),
        {"beacon-controller": [LAMPS, RAYS]},
    ),
    "it also changes them": (made("beacon.example", [*READ, "update"]), BOTH),
    "an instance of another group made it": (made("install.example"), BOTH),
}


def answering(*parts: str, arguments: tuple[str, ...] = ("--leader-elect",)) -> Objects:
    """A controller that answers the kind's webhooks, and a program that may change pods."""
    own = (["beacon.example"], ["rays", *(f"rays/{part}" for part in parts)], WRITE)
    pods = (["", "batch"], ["pods", "jobs"], WRITE)
    written = (["beacon.example"], ["rays", "rays/status"], WRITE)
    return [
        kind(RAYS),
        *beacon("beacon-controller", own, args=arguments, labels={"app": "hook"}),
        *beacon("beacon-runner", written, pods),
        service("hook", "b", {"app": "hook"}),
        webhook("hook", "b", "beacon.example", "rays"),
    ]


ANSWERING = {
    "it elects a leader, and writes status and finalizers": (
        answering("status", "finalizers"),
        {"beacon-controller": [RAYS], "beacon-runner": []},
    ),
    "it elects no leader": (
        answering("status", "finalizers", arguments=()),
        {"beacon-controller": [], "beacon-runner": [RAYS]},
    ),
    "it writes the status alone": (
        answering("status"),
        {"beacon-controller": [], "beacon-runner": [RAYS]},
    ),
}

EVERY = cases(
    {
        "beside all rights": BESIDE_ALL_RIGHTS,
        "shared": SHARED,
        "adopted": ADOPTED,
        "made": MADE,
        "answering": ANSWERING,
    }
)


@pytest.mark.parametrize(("objects", "expected"), EVERY.values(), ids=EVERY)
def test_who_has_what(objects: Objects, expected: Managed) -> None:
    assert managed(objects) == expected
