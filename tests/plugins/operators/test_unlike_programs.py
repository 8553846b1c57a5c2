"""Installers, drivers, agents, servers and made programs: each beside one that differs.

Each table has a kind of program, then neighbours that differ in one thing and are judged otherwise.
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
GROUP = ["quarry.example"]
QUARRIES, STONES, SLABS = (f"{each}.quarry.example" for each in ("quarries", "stones", "slabs"))
STAR = (GROUP, ["*"], ["*"])
LEASES = (["coordination.k8s.io"], ["leases"], WRITE)
MAKES_ROLES = (["rbac.authorization.k8s.io"], ["roles", "rolebindings"], WRITE)
PODS = (["apps"], ["deployments"], WRITE)


def quarry(name: str, account: str = "", **more: Any) -> dict[str, Any]:
    """A workload of the product; ``made`` by an instance of its first kind."""
    made = more.pop("made", False)
    found = workload(name, "q", account=account or name, **more)
    if made:
        owner = {"apiVersion": "quarry.example/v1", "kind": "Quarry", "name": "q"}
        found["metadata"]["ownerReferences"] = [{**owner, "controller": True}]
    return found


def kinds(*names: str) -> Objects:
    own = {QUARRIES: "Quarry"}
    return [crd(name, kind=own.get(name, name.partition(".")[0][:-1].title())) for name in names]


def installer(*, made: bool = True, siblings: bool = False, more: Any = STAR) -> Objects:
    """A program whose only role repeats what another program's role has."""
    return [
        *kinds(QUARRIES, STONES),
        *allowed("q", "quarry-operator", STAR, MAKES_ROLES),
        *allowed("q", "quarry-loop", more),
        quarry("quarry-operator", made=siblings),
        quarry("quarry-loop", made=made),
    ]


INSTALLERS = {
    "its role repeats that of what an instance made": (
        installer(),
        {"quarry-operator": [QUARRIES], "quarry-loop": [STONES]},
    ),
    "what was made may not do as much": (
        installer(more=(GROUP, ["*"], READ)),
        {"quarry-operator": [QUARRIES, STONES]},
    ),
    "nothing tells that one installed the other": (
        installer(made=False),
        {"quarry-operator": [QUARRIES, STONES], "quarry-loop": [QUARRIES, STONES]},
    ),
    "one instance made both": (
        installer(siblings=True),
        {"quarry-operator": [QUARRIES, STONES], "quarry-loop": [QUARRIES, STONES]},
    ),
}

SIDECARS = ("csi-provisioner", "csi-resizer", "csi-snapshotter")


def driver(
    *own: str, kinds_of: str = STONES, rights: Any = WRITE, images: str = "sig-storage"
) -> Objects:
    """A driver of storage with its sidecars, beside a controller of the product's other kind."""
    plural, _, group = kinds_of.partition(".")
    mine = ([group], [plural, f"{plural}/status"], rights)
    found = quarry("quarry-csi-controller")
    found["spec"]["template"]["spec"]["containers"] = [
        *({"name": name, "image": f"reg.example/{images}/{name}:v1"} for name in SIDECARS),
        *({"name": name, "image": f"reg.example/quarry/{name}:v1"} for name in own),
    ]
    return [
        *kinds(QUARRIES, kinds_of),
        *allowed("q", "quarry-operator", (GROUP, ["quarries", "quarries/status"], WRITE)),
        *allowed("q", "quarry-csi-controller", mine, (GROUP, ["quarries"], READ)),
        quarry("quarry-operator"),
        found,
    ]


SNAPSHOTS = "volumesnapshots.snapshot.storage.k8s.io"
OWN = {"quarry-operator": [QUARRIES]}
DRIVERS = {
    "sidecars alone do not act on a product's kinds": (driver(), OWN),
    "sidecars act on Kubernetes' own": (
        driver(kinds_of=SNAPSHOTS),
        {**OWN, "quarry-csi-controller": [SNAPSHOTS]},
    ),
    "a driver may act on a kind": (
        driver("quarry"),
        {**OWN, "quarry-csi-controller": [STONES]},
    ),
    "a driver that only reads": (driver("quarry", rights=("get",)), OWN),
    "sidecars from a mirror of images": (driver(images="mirror"), OWN),
}

PITS = "pits.csi.example"
SHOTS, SETS = "quarrysnapshots.quarry.example", "quarryvolumes.quarry.example"


def storage(name: str, second: dict[str, Any], *names: str) -> Objects:
    """A driver with sidecars and another program, with one right on all kinds of a group."""
    found = driver("quarry", "sig-storage/snapshot-controller")[-1]
    found["metadata"]["name"] = name
    found["spec"]["template"]["spec"]["serviceAccountName"] = "all"
    groups = {each.partition(".")[2] for each in names}
    return [*map(crd, names), *allowed("q", "all", (groups, ["*"], ["*"])), found, second]


STORAGE = {
    "what sidecars are called says nothing of the product's kinds": (
        storage("quarry", quarry("quarry-node", "all", kind="DaemonSet"), SHOTS, SETS),
        {"quarry-node": [SHOTS, SETS]},
    ),
    "a group that is named for drivers of storage": (
        storage("quarry-csi", quarry("quarry-controller", "all"), PITS),
        {"quarry-controller": [PITS]},
    ),
}


CUTTERS = "stonecutters.quarry.example"
ONE = "reg.example/quarry/quarry:v1"


def part(name: str, **variables: str) -> dict[str, Any]:
    """A workload of the one program, with variables."""
    found = quarry(name, "all", image=ONE)
    container = found["spec"]["template"]["spec"]["containers"][0]
    container["env"] = [{"name": key, "value": value} for key, value in variables.items()]
    return found


def shared(*names: str, agents: tuple[str, ...] = (), image: str = "") -> Objects:
    """Programs of one account that may write all kinds, each with an image of its own."""
    found = [*kinds(STONES, SLABS), *allowed("q", "all", STAR)]
    for name in (*names, *agents):
        kind = "DaemonSet" if name in agents else "Deployment"
        picture = image or f"reg.example/quarry/{name}:v1"
        found.append(quarry(name, "all", kind=kind, image=picture))
    return found


ONE_ACCOUNT = {
    "a program that is named for a kind is no cache of the agents": (
        shared("quarry-operator-stone", "quarry-rest", agents=("quarry-mover",)),
        {"quarry-operator-stone": [STONES], "quarry-mover": [SLABS]},
    ),
    "an admission controller answers webhooks": (
        shared("quarry-controller", "quarry-admission-controller"),
        {"quarry-controller": [SLABS, STONES]},
    ),
    "kinds of a family, by the name that only one has": (
        [
            *shared("quarry-stone-keeper", "quarry-stone-cutter"),
            crd("stonecutters.quarry.example", kind="StoneCutter"),
            crd("stonecutterplans.quarry.example", kind="StoneCutterPlan"),
        ],
        {
            "quarry-stone-keeper": [SLABS, STONES],
            "quarry-stone-cutter": ["stonecutterplans.quarry.example", CUTTERS],
        },
    ),
    "a variable chooses a part": (
        [*shared(image=ONE), part("quarry-a", ROLE="slab"), part("quarry-b", ROLE="stone")],
        {"quarry-a": [SLABS], "quarry-b": [STONES]},
    ),
    "a variable runs a part that only assists": (
        [*shared("quarry-a", image=ONE), part("quarry-b", RUN_METRICS="")],
        {"quarry-a": [SLABS, STONES]},
    ),
    "a variable that is off": (
        [*shared("quarry-a", image=ONE), part("quarry-b", RUN_METRICS="false")],
        {"quarry-a": [SLABS, STONES], "quarry-b": [SLABS, STONES]},
    ),
    "the same program answers webhooks": (
        [
            *shared(agents=("quarry-controller",), image=ONE),
            quarry("quarry-marker", "all", image=ONE, labels={"app": "hook"}),
            service("hook", "q", {"app": "hook"}),
            webhook("hook", "q", GROUP[0], "slabs"),
        ],
        {"quarry-controller": [SLABS, STONES]},
    ),
}


def pair(*, stones: bool = True) -> Objects:
    """Two controllers with a role each on the whole group, one named for a kind."""
    return [
        *kinds(STONES, SLABS),
        *allowed("q", "quarry-controller", STAR),
        *allowed("q", "quarry-x-controller", STAR),
        quarry("quarry-controller"),
        quarry(f"quarry-{'stone' if stones else 'dust'}-controller", "quarry-x-controller"),
    ]


TWO_STARS = {
    "who is named for a kind has no others": (
        pair(),
        {"quarry-controller": [SLABS], "quarry-stone-controller": [STONES]},
    ),
    "who is named for none has all": (
        pair(stones=False),
        {"quarry-controller": [SLABS, STONES], "quarry-dust-controller": [SLABS, STONES]},
    ),
}


def server(*rights: Any, answers: bool = True, args: tuple[str, ...] = ()) -> Objects:
    """A controller of all kinds, and a webhook server with rights of its own."""
    every = (GROUP, ["stones", "stones/status", "slabs", "slabs/status"], WRITE)
    finalizers = (GROUP, ["stones/finalizers", "slabs/finalizers"], ["update"])
    found = [
        *kinds(STONES, SLABS),
        *allowed("q", "quarry-controller", every, finalizers, PODS),
        *(allowed("q", "quarry-webhook", *rights) if rights else []),
        *([] if rights else [bind("q-quarry-controller", "quarry-webhook", "q")]),
        quarry("quarry-controller"),
        quarry("quarry-webhook", labels={"app": "hook"}, args=args),
    ]
    if answers:
        found += [service("hook", "q", {"app": "hook"}), webhook("hook", "q", GROUP[0], "slabs")]
    return found


def listing() -> Objects:
    """A program that answers the webhooks of a kind that nobody may watch, and another."""
    return [
        *kinds(SLABS),
        *allowed("q", "all", (GROUP, ["slabs"], ["get", "list", "delete"])),
        quarry("quarry-main", "all", labels={"app": "hook"}),
        quarry("quarry-rest", "all"),
        service("hook", "q", {"app": "hook"}),
        webhook("hook", "q", GROUP[0], "slabs"),
    ]


PART = (GROUP, ["stones", "stones/status", "stones/finalizers"], WRITE)
SERVERS = {
    "a server whose own role has status and finalizers of a kind acts on it": (
        server(PART, PODS),
        {"quarry-controller": [SLABS, STONES], "quarry-webhook": [STONES]},
    ),
    "a server that may only change the kind": (
        server((GROUP, ["stones"], WRITE), PODS),
        {"quarry-controller": [SLABS, STONES]},
    ),
    "a server with the role of the controller": (
        server(),
        {"quarry-controller": [SLABS, STONES]},
    ),
    "a server whose command says so": (
        server(PART, PODS, args=("server",)),
        {"quarry-controller": [SLABS, STONES]},
    ),
    "a server that alone may change the kind whose webhooks it answers": (
        [
            *kinds(SLABS),
            *allowed("q", "quarry-webhook", (GROUP, ["slabs"], WRITE)),
            *server(PART)[-3:],
        ],
        {},
    ),
    "a program that answers webhooks and writes the status, beside one that acts on pods": (
        [
            *kinds(SLABS),
            *allowed("q", "quarry-loop", (GROUP, ["slabs", "slabs/status"], WRITE)),
            *allowed("q", "quarry-placer", (GROUP, ["slabs"], WRITE), PODS),
            quarry("quarry-loop", labels={"app": "hook"}),
            quarry("quarry-placer"),
            *server(PART)[-2:],
        ],
        {"quarry-loop": [SLABS]},
    ),
    "a program that may only list what its webhooks tell it": (listing(), {"quarry-main": [SLABS]}),
    "another may watch a kind of the group": (
        [
            *listing(),
            crd(STONES),
            *allowed("q", "quarry-eye", (GROUP, ["stones"], READ)),
            quarry("quarry-eye"),
        ],
        {"quarry-eye": [STONES]},
    ),
}


NODE = ["--node-name=$(NODE)"]


def on_nodes(name: str, *, node: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Agents on nodes with the controller's account; ``node`` is a variable of theirs."""
    arguments = [] if node else NODE
    found = quarry(name, "quarry-controller", kind="DaemonSet", args=arguments, **more)
    (container,) = found["spec"]["template"]["spec"]["containers"]
    container["env"] = [node] if node else []
    return found


def variable(path: str) -> dict[str, Any]:
    return {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": path}}}


def agents(
    rights: Any, *, account: str = "quarry-guard", more: Objects | None = None, **about: Any
) -> Objects:
    """A controller that writes the status of stones, and what runs on each node."""
    return [
        *kinds(STONES),
        *allowed("q", "quarry-controller", (GROUP, ["stones", "stones/status"], WRITE)),
        *(allowed("q", account, rights) if account != "quarry-controller" else []),
        quarry("quarry-controller"),
        quarry("quarry-guard", account, kind="DaemonSet", args=NODE, **about),
        *(more or []),
    ]


CHANGES = (GROUP, ["stones"], [*READ, "update", "delete"])
AGENTS = {
    "agents that may change what they carry out": (
        agents(CHANGES),
        {"quarry-controller": [STONES], "quarry-guard": [STONES]},
    ),
    "their account is that of another program": (
        agents(CHANGES, more=[quarry("quarry-rest", "quarry-guard")]),
        {"quarry-controller": [STONES]},
    ),
    "their account is that of the controller": (
        agents(CHANGES, account="quarry-controller"),
        {"quarry-controller": [STONES], "quarry-guard": [STONES]},
    ),
    "so have other agents": (
        agents(CHANGES, account="quarry-controller", more=[on_nodes("quarry-mover")]),
        {"quarry-controller": [STONES]},
    ),
    "a second program on nodes that only measures": (
        agents(CHANGES, account="quarry-controller", more=[on_nodes("quarry-metrics")]),
        {"quarry-controller": [STONES], "quarry-guard": [STONES]},
    ),
    "so has a controller of another image": (
        agents(
            CHANGES,
            account="quarry-controller",
            image="reg.example/quarry-controller:v1",
            more=[quarry("quarry-dust-controller", "quarry-controller")],
        ),
        {"quarry-controller": [STONES], "quarry-guard": [STONES], "quarry-dust-controller": []},
    ),
    "the controller answers its webhooks": (
        [
            *agents(CHANGES, account="quarry-controller", labels={"app": "guard"})[:3],
            quarry("quarry-controller", labels={"app": "hook"}),
            on_nodes("quarry-guard"),
            service("hook", "q", {"app": "hook"}),
            webhook("hook", "q", GROUP[0], "stones"),
        ],
        {"quarry-controller": [STONES], "quarry-guard": [STONES]},
    ),
    "a variable tells them their node": (
        [
            *agents(CHANGES, account="quarry-controller")[:-1],
            on_nodes("quarry-guard", node=variable("spec.nodeName")),
        ],
        {"quarry-controller": [STONES], "quarry-guard": [STONES]},
    ),
    "they are told nothing, so others run commands in them": (
        [
            *agents(CHANGES, account="quarry-controller")[:-1],
            on_nodes("quarry-guard", node=variable("metadata.name")),
        ],
        {"quarry-controller": [STONES]},
    ),
    "they answer its webhooks": (
        agents(
            CHANGES,
            account="quarry-controller",
            labels={"app": "hook"},
            more=[service("hook", "q", {"app": "hook"}), webhook("hook", "q", GROUP[0], "stones")],
        ),
        {"quarry-controller": [STONES]},
    ),
    "their rights name no kind": (agents((GROUP, ["*"], READ)), {"quarry-controller": [STONES]}),
}


def team(name: str, *parts: str, made: bool = True) -> Objects:
    """A program with the rights of its instance, beside the product's controller."""
    part = role("team", (GROUP, ["stones", *parts], WRITE), namespace="team")
    found = quarry(name, "team", made=made)
    found["metadata"]["namespace"] = "team"
    return [
        *kinds(QUARRIES, STONES),
        *allowed(
            "q",
            "quarry-operator",
            (GROUP, ["stones", "stones/status", "quarries", "quarries/status"], WRITE),
            (GROUP, ["stones/finalizers"], ["update"]),
        ),
        part,
        bind("team", "team", "team", within="team"),
        quarry("quarry-operator"),
        found,
    ]


MADE = {
    "what an instance made is no operator by its rights alone": (
        team("proxy-rw", "stones/status"),
        {"quarry-operator": [QUARRIES, STONES]},
    ),
    "it manages another kind": (
        [
            *team("quarry-gate"),
            crd(SLABS),
            role("own", (GROUP, ["slabs", "slabs/status"], WRITE), namespace="team"),
            bind("own", "team", "team", within="team"),
        ],
        {"quarry-operator": [QUARRIES, STONES], "quarry-gate": [SLABS, STONES]},
    ),
    "it is where the managers are, as one of the product's programs": (
        [
            *team("quarry-gate")[:-3],
            crd(SLABS),
            *allowed("q", "team", (GROUP, ["stones", "slabs", "slabs/status"], WRITE)),
            quarry("quarry-operator"),
            quarry("quarry-gate", "team", made=True),
        ],
        {"quarry-operator": [QUARRIES, STONES], "quarry-gate": [SLABS]},
    ),
    "nobody made it": (
        team("proxy-rw", "stones/status", made=False),
        {"quarry-operator": [QUARRIES, STONES], "proxy-rw": []},
    ),
}


def slab(manager: str) -> dict[str, Any]:
    """An object whose status a program wrote."""
    entry = {"manager": manager, "operation": "Update", "subresource": "status"}
    return {
        "apiVersion": "quarry.example/v1",
        "kind": "Slab",
        "metadata": {"name": "a", "namespace": "q", "managedFields": [entry]},
    }


PLANS = "slabplans.quarry.example"
PLANNED = [*shared("alpha-controller", "beta-controller"), crd(PLANS, kind="SlabPlan")]
FAMILIES = {
    "nothing tells": (
        PLANNED,
        {name: [PLANS, SLABS, STONES] for name in ("alpha-controller", "beta-controller")},
    ),
    "who was seen to write a kind has those named like it": (
        [*PLANNED, slab("beta-controller")],
        {"alpha-controller": [STONES], "beta-controller": [PLANS, SLABS, STONES]},
    ),
}


def third_kind(*objects: dict[str, Any]) -> Objects:
    """Who may write the status of a kind beside others, and who of one alone, may change carts."""
    every = [crd(f"{each}.quarry.example") for each in ("stones", "slabs", "carts")]
    rights = {
        "quarry-mover": ("stones", "carts"),
        "quarry-pusher": ("stones",),
        "quarry-puller": ("slabs", "carts"),
    }
    for name, (first, *more) in rights.items():
        every += allowed(
            "q", name, (GROUP, [first, f"{first}/status"], WRITE), (GROUP, more, WRITE)
        )
    return [*every, *map(quarry, rights), *objects]


STONE = {
    "apiVersion": "quarry.example/v1",
    "kind": "Stone",
    "metadata": {
        "name": "a",
        "namespace": "q",
        "managedFields": [
            {"manager": "quarry-pusher", "operation": "Update", "subresource": "status"}
        ],
    },
}
THIRD = "carts.quarry.example"
THIRDS = {
    "rights tell": (
        third_kind(),
        {
            "quarry-mover": [THIRD, STONES],
            "quarry-pusher": [STONES],
            "quarry-puller": [SLABS],
        },
    ),
    "that another wrote the status takes no right away": (
        third_kind(STONE),
        {"quarry-mover": [THIRD], "quarry-pusher": [STONES], "quarry-puller": [SLABS]},
    ),
}


def ferret(*rights: Any, name: str = "ferret", group: str = "quarry.example") -> Objects:
    """A program that no name ties to the kinds that it has rights on."""
    found = [crd(f"{each}.{group}") for each in ("stones", "slabs", "carts")]
    return [*found, crd("x.other.example"), *allowed("f", name, *rights), of(name)]


def of(name: str, *more: dict[str, Any]) -> dict[str, Any]:
    found = workload(name, "f", account=name)
    found["spec"]["template"]["spec"]["containers"] += more
    return found


DIGS = (GROUP, ["stones"], [*READ, "update"])
GARDEN = (["garden.example"], ["stones"], READ)


def labelled(key: str, **owner: Any) -> Objects:
    """A program whose pods have a label, which may change kinds of two groups."""
    found = workload("ferret", "f", account="ferret", labels={key: "ferret"})
    found["metadata"] |= owner
    rights = allowed("f", "ferret", DIGS, (["other.example"], ["x"], DIGS[2]))
    return [crd("stones.quarry.example"), crd("x.other.example"), *rights, found]


TIES = {
    "a label in the domain of the group": (
        labelled("quarry.example/part"),
        {"ferret": [STONES]},
    ),
    "a label that is the group": (labelled("quarry.example"), {"ferret": [STONES]}),
    "a label of what an instance made": (
        labelled(
            "quarry.example/part",
            ownerReferences=[
                {"apiVersion": "quarry.example/v1", "kind": "Pit", "name": "p", "controller": True}
            ],
        ),
        {"ferret": [STONES, "x.other.example"]},
    ),
    "it may change a kind, and has no others": (ferret(DIGS), {"ferret": [STONES]}),
    "it has rights on kinds of another group": (
        ferret(DIGS, (["other.example"], ["x"], [*READ, "update"])),
        {"ferret": ["x.other.example"]},
    ),
    "it may only watch": (ferret((GROUP, ["stones"], READ)), {}),
    "a name that has the group's by chance": (
        ferret(GARDEN, name="hangar-denizen", group="garden.example"),
        {},
    ),
    "a name that has the group's in two words": (
        ferret(GARDEN, name="my-gar-den", group="garden.example"),
        {"my-gar-den": ["stones.garden.example"]},
    ),
}


def mine(command: str) -> Objects:
    """A suite with rights on another group too; one program has a second container."""
    second = {"name": "second", "image": "reg.example/b", "args": ["/start.sh", command]}
    helper = of("mine-helper", second)
    helper["spec"]["template"]["spec"]["serviceAccountName"] = "mine-controller"
    return [
        crd("shafts.mine.example"),
        crd("drills.rig.example"),
        *allowed("f", "mine-controller", (["mine.example", "rig.example"], ["*"], ["*"])),
        of("mine-controller"),
        helper,
    ]


def of_mine(name: str, command: str, kind: str = "Deployment") -> dict[str, Any]:
    """A program of the suite in one image; on nodes it has a part for the other group, too."""
    found = workload(
        name, "f", account="mine-controller", image="reg.example/mine", kind=kind, args=[command]
    )
    if kind == "DaemonSet":
        second = {"name": "rig", "image": "reg.example/mine", "args": ["/rig-loop"]}
        found["spec"]["template"]["spec"]["containers"].append(second)
    return found


PARTS = {
    "what another container runs is named after the group": (
        mine("rig-loop"),
        {"mine-controller": ["shafts.mine.example"], "mine-helper": ["drills.rig.example"]},
    ),
    "nothing is": (mine("loop"), {"mine-controller": ["shafts.mine.example"]}),
    "a cache runs another program of the image": (
        [
            *mine("loop"),
            of_mine("mine-node", "/agent", kind="DaemonSet"),
            of_mine("rig-fanout", "/fanout"),
        ],
        {
            "mine-controller": ["shafts.mine.example"],
            "mine-node": ["drills.rig.example", "shafts.mine.example"],
        },
    ),
}

EVERY = cases(
    {
        "installers": INSTALLERS,
        "drivers": DRIVERS,
        "storage": STORAGE,
        "thirds": THIRDS,
        "one account": ONE_ACCOUNT,
        "two stars": TWO_STARS,
        "servers": SERVERS,
        "agents": AGENTS,
        "made": MADE,
        "families": FAMILIES,
        "ties": TIES,
        "parts": PARTS,
    }
)


@pytest.mark.parametrize(("objects", "expected"), EVERY.values(), ids=EVERY)
def test_who_has_what(objects: Objects, expected: Managed) -> None:
    assert managed(objects) == expected
