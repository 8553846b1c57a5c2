"""Programs that may do everything, or all in a group: what ties them to kinds, and whom they made.

Each table has a kind of program, then neighbours that differ in one thing and are judged otherwise.
"""

from __future__ import annotations

from typing import Any

import pytest

from k8s_datamodel_plugins.definitions import managers_of
from k8s_datamodel_plugins.operators.operator_collector import collect
from truth.objects_reader import ObjectsReader
from truth.shapes import READ, WRITE, allowed, bind, cases, crd, managed, service, webhook, workload

Objects = list[dict[str, Any]]
Managed = dict[str, list[str]]
GROUP = "plants.dye.example"
WEEDS, MADDERS, ROOTS = (f"{each}.{GROUP}" for each in ("weeds", "madders", "roots"))
VATS = "vats.works.example"
STAR = ([GROUP], ["*"], ["*"])
ALL = "cluster-admin"


def everything(name: str, *more: dict[str, Any], kind: str = "Madder") -> Objects:
    """A program that may do everything, and whose name has nothing of the group's."""
    return [
        crd(WEEDS, kind="Weed"),
        crd(MADDERS, kind=kind),
        bind(ALL, name, "n"),
        workload(name, "n", account=name, labels={"app": name}),
        *more,
    ]


def answered(name: str) -> Objects:
    """The same, and its pods answer the webhooks of a kind."""
    return everything(
        name,
        service("hook", "n", {"app": name}),
        webhook("hook", "n", GROUP, "madders"),
    )


TIED = {
    "a controller that answers webhooks of a group": (
        answered("main-controller"),
        {"main-controller": [MADDERS, WEEDS]},
    ),
    "it does not say that it reconciles": (answered("main"), {}),
    "a controller that nothing ties": (everything("main-controller"), {}),
    "it has the whole name of a kind": (
        everything("root-rot", kind="RootRot"),
        {"root-rot": [MADDERS]},
    ),
    "it has a part of that name": (everything("rotten", kind="RootRot"), {}),
}


def made(name: str, account: str, namespace: str = "n", kind: str = "Vat") -> dict[str, Any]:
    """A program that an instance of another group made."""
    found = workload(name, namespace, account=account)
    owner = {"apiVersion": "works.example/v1", "kind": kind, "name": "v", "controller": True}
    found["metadata"]["ownerReferences"] = [owner]
    return found


def works(*programs: dict[str, Any], role: str = "") -> Objects:
    """A maker with rights on both groups, and what it made, with as good rights on one of them."""
    accounts = {each["spec"]["template"]["spec"]["serviceAccountName"] for each in programs}
    rights: Objects = []
    for account in sorted(accounts - {"dye-operator"}):
        rights += [bind(role, account, "n")] if role else allowed("n", account, STAR)
    own = ([GROUP, "works.example"], ["*"], ["*"])
    return [
        crd(WEEDS, kind="Weed"),
        crd(VATS, kind="Vat"),
        *([bind(role, "dye-operator", "n")] if role else allowed("n", "dye-operator", own)),
        workload("dye-operator", "n", account="dye-operator"),
        *rights,
        *programs,
    ]


MAKERS = {
    "what was made has an account of its own": (
        works(made("dye-stirrer", "stirrer")),
        {"dye-operator": [VATS], "dye-stirrer": [WEEDS]},
    ),
    "each has all rights": (
        works(made("dye-stirrer", "stirrer"), role=ALL),
        {"dye-operator": [], "dye-stirrer": [WEEDS]},
    ),
    "it has the account of its maker": (
        works(made("dye-stirrer", "dye-operator")),
        {"dye-operator": [VATS, WEEDS]},
    ),
    "nobody made it": (
        works(workload("dye-stirrer", "n", account="stirrer")),
        {"dye-operator": [VATS, WEEDS], "dye-stirrer": [WEEDS]},
    ),
}


def elsewhere(namespace: str) -> Objects:
    """A maker with rights on a whole group, and an instance's program whose rights name a kind."""
    named = ([GROUP], ["weeds", "weeds/status"], WRITE)
    return [
        crd(WEEDS, kind="Weed"),
        crd(MADDERS, kind="Madder"),
        *allowed("n", "dye-operator", STAR),
        workload("dye-operator", "n", account="dye-operator"),
        *allowed(namespace, "dye-vat", named),
        made("dye-vat", "dye-vat", namespace),
    ]


ELSEWHERE = {
    "it works where its instance is, its maker everywhere": (
        elsewhere("team"),
        {"dye-operator": [MADDERS, WEEDS], "dye-vat": [WEEDS]},
    ),
    "it is beside its maker, as a part of the product": (
        elsewhere("n"),
        {"dye-operator": [MADDERS], "dye-vat": [WEEDS]},
    ),
}


def visiting(*own: Any) -> Objects:
    """Who may write weeds by name, and something of its ``own``, beside who may do all there."""
    weeds = ([GROUP], ["weeds", "weeds/status"], WRITE)
    return [
        *(crd(name) for name in (WEEDS, MADDERS, ROOTS, VATS)),
        *allowed("n", "works-controller", weeds, *own),
        *allowed("n", "plants-controller", STAR),
        workload("works-controller", "n", account="works-controller", labels={"app": "plants"}),
        workload("plants-controller", "n", account="plants-controller"),
    ]


VISITORS = {
    "who is closer to another group yields, though its rights name the kind": (
        visiting((["works.example"], ["vats"], READ)),
        {"works-controller": [VATS], "plants-controller": [MADDERS, ROOTS, WEEDS]},
    ),
    "who is closer to none does not": (
        visiting(),
        {"works-controller": [WEEDS], "plants-controller": [MADDERS, ROOTS]},
    ),
}


def fronted(front: str, controller: str = "plants-controller") -> Objects:
    """Who may do everything, beside who may do all with the kinds of its group."""
    return [
        crd(WEEDS, kind="Weed"),
        crd(MADDERS, kind="Madder"),
        *allowed("n", front, STAR),
        *(workload(name, "n", account=name) for name in (front, controller)),
        bind(ALL, controller, "n"),
    ]


FRONTS = {
    "a server works on the calls of users": (
        fronted("plants-api"),
        {"plants-controller": [MADDERS, WEEDS]},
    ),
    "who does not say that it serves": (
        fronted("plants-daemon"),
        {"plants-controller": [], "plants-daemon": [MADDERS, WEEDS]},
    ),
    "who may do everything does not say that it reconciles": (
        fronted("plants-api", "plants-daemon"),
        {"plants-api": [MADDERS, WEEDS]},
    ),
    "nothing but its rights ties it to the group": (
        fronted("plants-api", "main-controller"),
        {"plants-api": [MADDERS, WEEDS]},
    ),
}


def named_for_weeds(name: str, *parts: str) -> Objects:
    """Who may do everything, beside who may change weeds, or ``parts`` of them, and has madders."""
    return [
        crd(WEEDS, kind="Weed"),
        crd(MADDERS, kind="Madder"),
        *allowed("n", "plants-sower", ([GROUP], [*parts, "madders", "madders/status"], WRITE)),
        *(workload(each, "n", account=each) for each in ("plants-sower", name)),
        bind(ALL, name, "n"),
    ]


SOWER = {"plants-sower": [MADDERS, WEEDS]}
NAMED = {
    "a controller that is named for the kind": (
        named_for_weeds("plants-weed-controller", "weeds"),
        {"plants-sower": [MADDERS], "plants-weed-controller": [WEEDS]},
    ),
    "it is named for no kind": (
        named_for_weeds("plants-main-controller", "weeds"),
        {**SOWER, "plants-main-controller": []},
    ),
    "it does not say that it reconciles": (named_for_weeds("plants-weed-daemon", "weeds"), SOWER),
    "another may write the status": (
        named_for_weeds("plants-weed-controller", "weeds", "weeds/status"),
        {**SOWER, "plants-weed-controller": []},
    ),
}


def crowd(*names: str) -> Objects:
    """Programs of the product that may do everything, each with an account of its own."""
    return [
        crd(WEEDS, kind="Weed"),
        *(workload(each, "n", account=each) for each in names),
        *(bind(ALL, each, "n") for each in names),
    ]


FOUR = tuple(f"plants-{each}-controller" for each in ("air", "earth", "fire", "water"))
CROWDS: dict[str, tuple[Objects, Managed]] = {
    "any of many may have a kind": (crowd(*FOUR), {each: [] for each in FOUR}),
    "a few have it": (crowd(*FOUR[1:]), {each: [WEEDS] for each in FOUR[1:]}),
    "one of many is named for it": (
        crowd(*FOUR, "plants-weed-controller"),
        {**{each: [] for each in FOUR}, "plants-weed-controller": [WEEDS]},
    ),
}

EVERY = cases(
    {
        "crowds": CROWDS,
        "tied": TIED,
        "fronts": FRONTS,
        "named": NAMED,
        "makers": MAKERS,
        "elsewhere": ELSEWHERE,
        "visitors": VISITORS,
    }
)


@pytest.mark.parametrize(("objects", "expected"), EVERY.values(), ids=EVERY)
def test_who_has_what(objects: Objects, expected: Managed) -> None:
    assert managed(objects) == expected


def test_why_it_is_not_known_which_of_many_has_a_kind() -> None:
    reader = ObjectsReader(crowd(*FOUR))
    found = {record.values["name"]: record.values["evidence"] for record in collect(reader)}
    assert sorted(found) == sorted(FOUR)
    for evidence in found.values():
        [reason] = [each["reason"] for each in evidence if each["kind"] == "rbac"]
        assert f"may change everything, also {WEEDS}" in reason
    ending = reader.notes[managers_of(WEEDS)]
    assert ending.status == "skipped"
    assert "any of 4 programs" in ending.reason
    assert all(name in ending.reason for name in FOUR)
