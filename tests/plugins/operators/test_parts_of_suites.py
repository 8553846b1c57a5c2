"""Parts of one suite: what acts on a kind, and what only stands beside it.

Each table has a kind of program, then neighbours that differ in one thing and are judged otherwise.
"""

from __future__ import annotations

from typing import Any

import pytest

from truth.shapes import READ, WRITE, allowed, cases, crd, managed, service, webhook, workload

Objects = list[dict[str, Any]]
Managed = dict[str, list[str]]
GROUP = ["forge.example"]
NAILS, HOOKS, HINGES = (f"{each}.forge.example" for each in ("nails", "hooks", "hinges"))
LEASES = (["coordination.k8s.io"], ["leases"], WRITE)
PODS = (["apps"], ["deployments"], WRITE)
NO_CREATE = [*READ, "update", "patch"]


def rule(plural: str, verbs: Any = WRITE, *parts: str) -> Any:
    """Rights on a kind, and on these parts of its objects."""
    return (GROUP, [plural, *(f"{plural}/{part}" for part in parts)], verbs)


def forge(name: str, *rights: Any, account: str = "", **more: Any) -> Objects:
    """A workload of the suite; with rights it has an account of its own."""
    granted = allowed("f", name, *rights) if rights else []
    return [*granted, workload(name, "f", account=account or name, **more)]


CONTROLLER = forge("forge-nail-controller", rule("nails", WRITE, "status"))
REGISTRAR = {"name": "r", "image": "mirror.example/r", "args": ["--kubelet-registration-path=/x"]}


def node_plugin(*beside: dict[str, str]) -> Objects:
    """What runs on each node with the rights of the controller, in an account of its own."""
    found = forge("forge-node", rule("nails", WRITE, "status"), kind="DaemonSet")
    found[-1]["spec"]["template"]["spec"]["containers"] += beside
    return [crd(NAILS), *CONTROLLER, *found]


DRIVERS = {
    "a sidecar registers it with the kubelet": (
        node_plugin(REGISTRAR),
        {"forge-nail-controller": [NAILS]},
    ),
    "a sidecar of storage is beside it": (
        node_plugin({"name": "r", "image": "reg.example/sig-storage/registrar:v2"}),
        {"forge-nail-controller": [NAILS]},
    ),
    "nothing registers it": (
        node_plugin(),
        {"forge-nail-controller": [NAILS], "forge-node": [NAILS]},
    ),
}


def relay(group: str) -> Objects:
    """A program that may write the status of a kind without a CRD."""
    absent = ([group], ["rivets", "rivets/status"], WRITE)
    return [crd(NAILS), *CONTROLLER, *forge("forge-relay", rule("nails", READ), absent)]


ABSENT = {
    "a kind that the group of its product lacks": (
        relay("forge.example"),
        {"forge-nail-controller": [NAILS]},
    ),
    "a kind of a group that is not there": (
        relay("old.forge.example"),
        {"forge-nail-controller": [NAILS], "forge-relay": []},
    ),
}


def old_kinds(name: str, account: str) -> Objects:
    """A controller, and a program with its account or its own; both may act on an old kind."""
    absent = (["old.forge.example"], ["rivets", "rivets/status"], WRITE)
    own = allowed("f", account, absent) if account != "forge-nail-controller" else []
    found = forge("forge-nail-controller", rule("nails", WRITE, "status"), absent)
    return [crd(NAILS), *found, *own, workload(name, "f", account=account)]


SHARED_ACCOUNT = {
    "it has the account of a manager": (
        old_kinds("forge-bellows", "forge-nail-controller"),
        {"forge-nail-controller": [NAILS]},
    ),
    "the same, and its name says that it reconciles": (
        old_kinds("forge-rivet-controller", "forge-nail-controller"),
        {"forge-nail-controller": [NAILS], "forge-rivet-controller": []},
    ),
    "it has an account of its own": (
        old_kinds("forge-bellows", "forge-bellows"),
        {"forge-nail-controller": [NAILS], "forge-bellows": []},
    ),
}


def reader(name: str, group: str) -> Objects:
    """A program that reads hooks, changes pods and answers webhooks for nails or for others."""
    return [
        crd(NAILS),
        crd(HOOKS),
        *CONTROLLER,
        *forge(name, rule("hooks", READ), PODS, labels={"app": "hook"}),
        service("hook", "f", {"app": "hook"}),
        webhook("hook", "f", group, "nails"),
    ]


SERVERS = {
    "it answers webhooks for kinds of its product": (
        reader("forge-webhook", "forge.example"),
        {"forge-nail-controller": [NAILS]},
    ),
    "it answers webhooks for kinds of Kubernetes": (
        reader("forge-webhook", "apps"),
        {"forge-nail-controller": [NAILS], "forge-webhook": [HOOKS]},
    ),
    "its name is not that of a server": (
        reader("forge-smith", "forge.example"),
        {"forge-nail-controller": [NAILS], "forge-smith": [HOOKS]},
    ),
}


def twin(labels: dict[str, str]) -> Objects:
    """A controller that answers webhooks, and its program on each node, which it made."""
    found = [
        crd(NAILS),
        *forge(
            "forge-manager", rule("nails", WRITE, "status"), image="f/f:v1", labels={"app": "m"}
        ),
        *forge("forge-ds", account="forge-manager", image="f/f:v1", kind="DaemonSet"),
        service("hook", "f", labels),
        webhook("hook", "f", "forge.example", "nails"),
    ]
    pod = found[-3]["spec"]["template"]
    pod["metadata"]["labels"] = {"on": "nodes", **({"app": "m"} if "app" in labels else {})}
    owner = {"apiVersion": "forge.example/v1", "kind": "Nail", "name": "x", "controller": True}
    found[-3]["metadata"]["ownerReferences"] = [owner]
    return found


TWINS = {
    "the Service selects both": (
        twin({"app": "m"}),
        {"forge-manager": [NAILS], "forge-ds": []},
    ),
    "the Service selects the one on the nodes": (
        twin({"on": "nodes"}),
        {"forge-manager": [NAILS]},
    ),
}


def agent(verbs: list[str]) -> Objects:
    """An agent that may write the status of what a controller finalizes."""
    return [
        crd(NAILS),
        *forge("forge-nail-controller", rule("nails", WRITE, "status", "finalizers")),
        *forge("forge-agent", rule("nails", verbs, "status"), kind="DaemonSet"),
    ]


AGENTS = {
    "it may not create what it writes the status of": (
        agent(NO_CREATE),
        {"forge-nail-controller": [NAILS], "forge-agent": [NAILS]},
    ),
    "it may create it": (
        agent(WRITE),
        {"forge-nail-controller": [NAILS], "forge-agent": []},
    ),
}


def steered(*rights: Any, name: str = "forge-steward", kind: str = "DaemonSet") -> Objects:
    """An agent that writes the status of nails, and another program with rights of its own."""
    return [
        *(crd(each) for each in (NAILS, HOOKS)),
        *forge("forge-agent", rule("nails", WRITE, "status"), kind=kind),
        *forge(name, *rights),
    ]


def nail(number: int, manager: str) -> dict[str, Any]:
    """An object whose status a program wrote."""
    entry = {"manager": manager, "operation": "Update", "subresource": "status"}
    metadata = {"name": f"nail-{number}", "namespace": "f", "managedFields": [entry]}
    return {"apiVersion": "forge.example/v1", "kind": "Nail", "metadata": metadata}


STEERS = (rule("nails"), rule("hooks", WRITE, "status"))
STEERED = {
    "it may change them and manages another kind": (
        steered(*STEERS),
        {"forge-agent": [NAILS], "forge-steward": [HOOKS, NAILS]},
    ),
    "it may only read them": (
        steered(rule("nails", READ), STEERS[1]),
        {"forge-agent": [NAILS], "forge-steward": [HOOKS]},
    ),
    "it manages nothing else": (steered(STEERS[0]), {"forge-agent": [NAILS]}),
    "it answers requests": (
        steered(*STEERS, name="forge-api"),
        {"forge-agent": [NAILS], "forge-api": [HOOKS]},
    ),
    "no rule names them": (
        steered((GROUP, ["*"], WRITE), STEERS[1]),
        {"forge-agent": [NAILS], "forge-steward": [HOOKS]},
    ),
    "the other is no agent on nodes": (
        steered(*STEERS, kind="Deployment"),
        {"forge-agent": [NAILS], "forge-steward": [HOOKS]},
    ),
    "it shares its account": (
        [*steered(*STEERS), *forge("forge-clerk", account="forge-steward")],
        {"forge-agent": [NAILS], "forge-steward": [HOOKS]},
    ),
    "it is of another product": (
        [
            crd("tubs.quench.example"),
            *steered(
                rule("nails"),
                (["quench.example"], ["tubs", "tubs/status"], WRITE),
                name="quench",
            ),
        ],
        {"forge-agent": [NAILS], "quench": ["tubs.quench.example"]},
    ),
    "it was seen to write few": (
        [
            *steered(*STEERS),
            *(nail(number, "forge-agent") for number in range(8)),
            nail(8, "forge-steward"),
        ],
        {"forge-agent": [NAILS], "forge-steward": [HOOKS]},
    ),
}


def facade(name: str, *changed: str) -> Objects:
    """A program that writes the status of nails, and may change others of a controller's kinds."""
    kinds = ("nails", "hooks", "hinges")
    return [
        *(crd(f"{each}.forge.example") for each in kinds),
        *forge("forge-controller", *(rule(each, WRITE, "status", "finalizers") for each in kinds)),
        *forge(name, rule("nails", WRITE, "status"), *(rule(each) for each in changed)),
    ]


ALL = {"forge-controller": [HINGES, HOOKS, NAILS]}
FACADES = {
    "a server that changes more kinds than it writes the status of": (
        facade("forge-api", "hooks", "hinges"),
        ALL,
    ),
    "a server that changes no more": (facade("forge-api", "hooks"), {**ALL, "forge-api": []}),
    "no server": (facade("forge-smith", "hooks", "hinges"), {**ALL, "forge-smith": []}),
}


def converted(name: str) -> Objects:
    """A kind of another product's group, which a Service converts that has this name."""
    client = {"service": {"name": name, "namespace": "f", "path": "/convert"}}
    conversion = {"strategy": "Webhook", "webhook": {"clientConfig": client}}
    reads = (["traffic.spec.example"], ["routes"], READ)
    return [
        crd("routes.traffic.spec.example", conversion=conversion),
        *forge("forge-bellows", reads, labels={"app": "b"}),
        *forge("forge-controller", account="forge-bellows"),
        service("bellows", "f", {"app": "b"}),
    ]


CONVERTED = {
    "what has its account converts the kind": (
        converted("bellows"),
        {"forge-controller": ["routes.traffic.spec.example"]},
    ),
    "somebody else converts it": (converted("other"), {}),
}


def receiver(name: str) -> Objects:
    """Two that may do the same with a kind, of which one may write roles."""
    roles = (["rbac.authorization.k8s.io"], ["roles", "rolebindings"], WRITE)
    mine, all_ = rule("nails", WRITE, "status"), rule("hooks", WRITE, "status")
    return [
        crd(NAILS),
        crd(HOOKS),
        *forge("forge-main", mine),
        *forge(name, mine, all_, roles),
    ]


RECEIVERS = {
    "it is named for the kind": (
        receiver("forge-nail-controller"),
        {"forge-main": [NAILS], "forge-nail-controller": [HOOKS, NAILS]},
    ),
    "it is named for nothing": (
        receiver("forge-other"),
        {"forge-main": [NAILS], "forge-other": [HOOKS]},
    ),
}


def parameters(*shared: str) -> Objects:
    """Two that may change hinges, without a status; each writes the status of a kind."""
    hinges = rule("hinges", WRITE)
    own = [rule(each, WRITE, "status") for each in ("hooks", *shared)]
    return [
        *(crd(each) for each in (NAILS, HOOKS, HINGES)),
        *forge("forge-anvil", hinges, rule("nails", WRITE, "status")),
        *forge("forge-tongs", hinges, *own),
    ]


PARAMETERS = {
    "one has a kind of its own and no part in others": (
        [
            *parameters("nails"),
            crd("bolts.forge.example"),
            *forge("forge-bolt", rule("hinges"), rule("bolts", WRITE, "status")),
        ],
        {
            "forge-anvil": [HINGES, NAILS],
            "forge-tongs": [HINGES, HOOKS, NAILS],
            "forge-bolt": ["bolts.forge.example"],
        },
    ),
    "each has one of its own": (
        parameters(),
        {"forge-anvil": [HINGES, NAILS], "forge-tongs": [HINGES, HOOKS]},
    ),
}


def only_gets(*more: Any) -> Objects:
    """A manager of a group that is not named after it, and gets single objects of another kind."""
    kinds = [crd(f"{each}.anvil.example") for each in ("nails", "hookconfigs")]
    rights = (["anvil.example"], ["nails", "nails/status"], WRITE)
    return [*kinds, *forge("smith", rights, (["anvil.example"], ["hookconfigs"], ["get"]), *more)]


GETS = {
    "parameters that the only manager of the group gets by name": (
        [*only_gets(), crd("hookconfigs.anvil.example", kind="HookConfig")],
        {"smith": ["hookconfigs.anvil.example", "nails.anvil.example"]},
    ),
}


def shown(name: str, *more: Any, alone: bool = False) -> Objects:
    """A program with the rights of a controller, in a role of its own."""
    rights = rule("nails", WRITE, "status", "finalizers")
    beside = [] if alone else forge("forge-controller", rights)
    return [crd(NAILS), *beside, *forge(name, rights, *more)]


SHOWN = {
    "a user interface": (shown("forge-dashboard"), {"forge-controller": [NAILS]}),
    "a user interface that has nobody beside it": (
        shown("forge-dashboard", alone=True),
        {"forge-dashboard": [NAILS]},
    ),
    "it may elect a leader": (
        shown("forge-dashboard", LEASES),
        {"forge-controller": [NAILS], "forge-dashboard": [NAILS]},
    ),
    "its name says nothing": (
        shown("forge-smith"),
        {"forge-controller": [NAILS], "forge-smith": [NAILS]},
    ),
}


def bench(name: str, account: str = "bench") -> Objects:
    """Agents on nodes that may read hooks, and a program with the same rights."""
    rights = (rule("nails", WRITE, "status"), rule("hooks", READ))
    return [
        *(crd(each) for each in (NAILS, HOOKS)),
        *allowed("f", "bench", *rights),
        *(allowed("f", account, *rights) if account != "bench" else []),
        *forge(name, account=account),
        *forge("forge-tongs", account="bench", kind="DaemonSet"),
        *forge("forge-bellows", account="bench", kind="DaemonSet"),
    ]


AGENTS_HAVE = {"forge-tongs": [HOOKS], "forge-bellows": [HOOKS]}
BENCHES = {
    "a controller has the account of agents": (
        bench("forge-nail-controller"),
        {"forge-nail-controller": [HOOKS, NAILS]},
    ),
    "it does not say that it reconciles": (
        bench("forge-nail-smith"),
        {"forge-nail-smith": [NAILS], **AGENTS_HAVE},
    ),
    "an agent is named for the kind": (
        [
            *bench("forge-nail-controller"),
            *forge("forge-hook", account="bench", kind="DaemonSet"),
        ],
        {"forge-nail-controller": [NAILS], "forge-hook": [HOOKS]},
    ),
    "a controller has an account of its own": (
        bench("forge-nail-controller", "other"),
        {"forge-nail-controller": [HOOKS, NAILS], **AGENTS_HAVE},
    ),
}


def commanded(part: str, other: str, account: str = "one") -> Objects:
    """Two that run one program on each node, which is told its part."""
    more = {"image": "reg.example/forge", "kind": "DaemonSet"}
    accounts = {"one", account}
    return [
        crd(NAILS),
        *(each for name in accounts for each in allowed("f", name, rule("nails", WRITE, "status"))),
        *forge("forge-hammer", account="one", args=["/forge", other], **more),
        *forge("forge-anvil", account=account, args=["/forge", part], **more),
    ]


BOTH_HAVE = {"forge-hammer": [NAILS], "forge-anvil": [NAILS]}
COMMANDED = {
    "one only answers requests": (commanded("anvil-server", "loop"), {"forge-hammer": [NAILS]}),
    "it also controls": (
        commanded("anvil-server-controller", "loop"),
        BOTH_HAVE,
    ),
    "its command says nothing": (
        commanded("anvil", "loop"),
        BOTH_HAVE,
    ),
    "both only answer requests": (
        commanded("anvil-server", "hammer-server"),
        BOTH_HAVE,
    ),
    "it has an account of its own": (
        commanded("anvil-server", "loop", "other"),
        {"forge-hammer": [NAILS], "forge-anvil": []},
    ),
}


EVERY = cases(
    {
        "drivers": DRIVERS,
        "absent": ABSENT,
        "absent, and one account": SHARED_ACCOUNT,
        "servers": SERVERS,
        "twins": TWINS,
        "agents": AGENTS,
        "steered": STEERED,
        "facades": FACADES,
        "converted": CONVERTED,
        "receivers": RECEIVERS,
        "parameters": PARAMETERS,
        "gets": GETS,
        "shown": SHOWN,
        "benches": BENCHES,
        "commanded": COMMANDED,
    }
)


@pytest.mark.parametrize(("objects", "expected"), EVERY.values(), ids=EVERY)
def test_who_has_what(objects: Objects, expected: Managed) -> None:
    assert managed(objects) == expected
