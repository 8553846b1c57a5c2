"""An operator, and a program that it made for an instance: who has the kinds of the program.

Each table has a kind of program, then neighbours that differ in one thing and are judged otherwise.
"""

from __future__ import annotations

from typing import Any

import pytest

from truth.shapes import WRITE, Rule, allowed, bind, cases, crd, csv, managed, workload

Objects = list[dict[str, Any]]
FLEETS, LOCKS = (f"{each}.canal.example" for each in ("fleets", "locks"))
BARGES = "barges.freight.canal.example"
BARGE = (["freight.canal.example"], ["barges", "barges/status"], WRITE)
FERRIES = "ferries.ferry.example"
LOCK = (["canal.example"], ["locks", "locks/status"], WRITE)
EVERY_LOCK = (["canal.example"], ["*"], ["*"])


def made(name: str, account: str = "", *, group: str = "canal.example", **more: Any) -> Any:
    """A program that an instance of a group controls."""
    found = workload(name, "c", account=account or name, **more)
    owner = {"apiVersion": f"{group}/v1", "kind": "Fleet", "name": "f", "controller": True}
    found["metadata"]["ownerReferences"] = [owner]
    return found


def canal(program: Any, *granted: Any, rights: tuple[Rule, ...] = (BARGE,)) -> Objects:
    """An operator of fleets, with these ``rights`` too, and a program and what is granted to it."""
    own = (["canal.example"], ["fleets", "fleets/status"], WRITE)
    return [
        *map(crd, (FLEETS, LOCKS, BARGES, FERRIES)),
        *allowed("c", "canal-operator", own, *rights),
        workload("canal-operator", "c", account="canal-operator"),
        program,
        *granted,
    ]


def packaged(*objects: Any, rights: tuple[Rule, ...] = ()) -> Objects:
    """The same, where a package has the operator and all kinds, and runs nothing else."""
    owned = [FLEETS, LOCKS, BARGES, FERRIES]
    return [*canal(*objects, rights=rights), csv("canal.v1", "c", ["canal-operator"], owned)]


def its(*rights: Rule, name: str = "runner") -> Objects:
    return allowed("c", name, *rights)


OPERATOR = {"canal-operator": [BARGES, FLEETS]}
OTHER_GROUP = {
    "its maker may do as much": (
        canal(made("runner"), *its(BARGE)),
        {"canal-operator": [FLEETS], "runner": [BARGES]},
    ),
    "nobody made it": (
        canal(workload("runner", "c", account="runner"), *its(BARGE)),
        {**OPERATOR, "runner": []},
    ),
    "an instance of another product made it": (
        canal(made("runner", group="other.example"), *its(BARGE)),
        OPERATOR,
    ),
    "it runs on each node": (canal(made("runner", kind="DaemonSet"), *its(BARGE)), OPERATOR),
    "it may not write the status": (
        canal(made("runner"), *its((["freight.canal.example"], ["barges"], WRITE))),
        OPERATOR,
    ),
}

CONTROLLER = "lock-controller"
ALL_KINDS = {"canal-operator": [BARGES, FERRIES, FLEETS, LOCKS]}
SAME_GROUP = {
    "its rights name the kind, and its maker's only the group": (
        packaged(made(CONTROLLER), *its(LOCK, name=CONTROLLER), rights=(EVERY_LOCK,)),
        {"canal-operator": [BARGES, FERRIES, FLEETS], CONTROLLER: [LOCKS]},
    ),
    "its maker's name it, too": (
        packaged(made(CONTROLLER), *its(LOCK, name=CONTROLLER), rights=(LOCK,)),
        ALL_KINDS,
    ),
    "it does not say that it reconciles": (
        packaged(made("runner"), *its(LOCK), rights=(EVERY_LOCK,)),
        ALL_KINDS,
    ),
}

FERRY = bind("cluster-admin", "ferry", "c")
EVERYTHING = {
    "the group is named after what was made": (
        packaged(made("ferry"), FERRY),
        {"canal-operator": [BARGES, FLEETS, LOCKS], "ferry": [FERRIES]},
    ),
    "nobody made it": (packaged(workload("ferry", "c", account="ferry"), FERRY), ALL_KINDS),
    "it is named otherwise": (
        packaged(made("runner"), bind("cluster-admin", "runner", "c")),
        ALL_KINDS,
    ),
}


def boatyard(*rights: Rule) -> Objects:
    """A program that a fleet made, beside who may do all with its kind and has no group's name."""
    fleets, barges = "fleets.fleet.example", "barges.yard.fleet.example"
    barge = (["yard.fleet.example"], ["barges", "barges/status"], WRITE)
    return [
        *map(crd, (fleets, barges)),
        *allowed("c", "boat-operator", (["yard.fleet.example"], ["*"], ["*"]), *rights),
        workload("boat-operator", "c", account="boat-operator"),
        made("runner", group="fleet.example"),
        *its(barge),
        csv("boats.v1", "c", ["boat-operator"], [fleets, barges]),
    ]


UNNAMED = {
    "its maker may write the status of most kinds of the instance's group": (
        boatyard((["fleet.example"], ["*"], ["*"])),
        {"boat-operator": ["fleets.fleet.example"], "runner": ["barges.yard.fleet.example"]},
    ),
    "who may only read them made nothing for them": (
        boatyard((["fleet.example"], ["*"], ["get", "list", "watch"])),
        {"boat-operator": ["barges.yard.fleet.example", "fleets.fleet.example"]},
    ),
}

EVERY = cases(
    {
        "unnamed": UNNAMED,
        "other group": OTHER_GROUP,
        "same group": SAME_GROUP,
        "everything": EVERYTHING,
    }
)


@pytest.mark.parametrize(("objects", "expected"), EVERY.values(), ids=EVERY)
def test_who_has_what(objects: Objects, expected: dict[str, list[str]]) -> None:
    assert managed(objects) == expected
