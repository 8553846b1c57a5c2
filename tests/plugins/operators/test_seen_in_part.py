"""Dumps that lack the rights of some, and operators that are not the first who act on a kind."""

from __future__ import annotations

from typing import Any

import pytest

from truth.shapes import READ, WRITE, allowed, bind, crd, managed, records, role, workload

Objects = list[dict[str, Any]]
BOATS, TRIPS = "boats.harbour.example", "trips.ferry.example"
OTHERS = [
    crd(TRIPS),
    *allowed("f", "trips", (["ferry.example"], ["trips", "trips/status"], WRITE)),
    workload("ferry-trips", "f", account="trips"),
]
"""A product whose rights are there."""


def harbour(name: str, *more: Any, account: str = "harbour", **about: Any) -> Objects:
    """A product's workload, whose rights a dump may lack."""
    return [*OTHERS, crd(BOATS), workload(name, "port", account=account, **about), *more]


UNREAD_ROLE = bind("harbour-role", "harbour", "port")
FERRY = {"ferry-trips": [TRIPS]}
PARTIAL = {
    "the product's controller": (harbour("harbour-controller"), {"harbour-controller": [BOATS]}),
    "its role is missing": (
        harbour("harbour-controller", UNREAD_ROLE),
        {"harbour-controller": [BOATS]},
    ),
    "its role is there": (
        harbour("harbour-controller", UNREAD_ROLE, role("harbour-role")),
        {},
    ),
    "others of its namespace have rights": (
        harbour(
            "harbour-controller",
            *allowed("port", "clerk", ([""], ["pods"], READ)),
        ),
        {},
    ),
    "the product's database": (harbour("harbour-db", kind="StatefulSet"), {}),
    "no account of its own": (harbour("harbour-controller", account=""), {}),
    "another has the rights": (
        harbour(
            "harbour-controller",
            *allowed("port", "keeper", (["harbour.example"], ["boats", "boats/status"], WRITE)),
            workload("harbour-keeper", "port", account="keeper"),
        ),
        {"harbour-keeper": [BOATS]},
    ),
}


@pytest.mark.parametrize(("objects", "expected"), PARTIAL.values(), ids=PARTIAL)
def test_a_dump_without_the_rights_of_one_account(
    objects: Objects, expected: dict[str, list[str]]
) -> None:
    assert managed(objects, whole=False) == {**FERRY, **expected}


def test_where_all_rights_were_read_nobody_has_others() -> None:
    assert managed(harbour("harbour-controller")) == FERRY


def test_what_it_rests_on_is_told() -> None:
    found = records(harbour("harbour-controller"), whole=False)
    notes = [e["reason"] for e in found["harbour-controller"]["evidence"] if e["kind"] == "note"]
    assert notes == [
        "what its service account may do is not in this source, so there is less evidence"
    ]
    assert found["harbour-controller"]["confidence"] < 0.6
    assert not [e for e in found["ferry-trips"]["evidence"] if e["kind"] == "note"]


STATUS = (["ferry.example"], ["trips", "trips/status"], WRITE)
CHANGES = (["ferry.example"], ["trips"], WRITE)


def ferry(name: str, *rights: Any, account: str = "own", **about: Any) -> Objects:
    """A workload beside the one that all claims of its product go to."""
    everything = (["ferry.example"], ["trips", "trips/status", "trips/finalizers"], WRITE)
    return [
        crd(TRIPS),
        *allowed("f", "trips", everything),
        *allowed("f", "own", *rights),
        workload("ferry-trips", "f", account="trips", image="reg.example/trips"),
        workload(name, "f", account=account, image="reg.example/own", **about),
    ]


BESIDE = {
    "a server that writes the status": (ferry("ferry-api-server", STATUS), True),
    "a server whose command says so": (ferry("ferry-api-server", STATUS, args=["server"]), False),
    "a program with a general name": (ferry("main", STATUS), True),
    "a recorder of statistics": (ferry("ferry-meter", STATUS, args=["recorder"]), False),
    "an agent on each node": (ferry("ferry-pilot", STATUS, kind="DaemonSet"), True),
    "a server that changes objects on request": (ferry("ferry-api-server", CHANGES), False),
    "a program that reads": (ferry("main", (["ferry.example"], ["trips"], READ)), False),
    "with the account of the main actor": (ferry("ferry-api-server", account="trips"), False),
}


@pytest.mark.parametrize(("objects", "found"), BESIDE.values(), ids=BESIDE)
def test_who_writes_the_status_too_is_an_operator(objects: Objects, found: bool) -> None:
    name = objects[-1]["metadata"]["name"]
    assert managed(objects) == {"ferry-trips": [TRIPS], **({name: []} if found else {})}
