"""What was seen to write comes before what may write: managedFields, leases, owners."""

from __future__ import annotations

from typing import Any

import pytest

from truth.shapes import (
    READ,
    WRITE,
    Object,
    allowed,
    crd,
    managed,
    records,
    service,
    webhook,
    workload,
)

BOATS, CREWS = "boats.harbour.example", "crews.harbour.example"
STATUS = {"subresource": "status"}
OLD = {"fieldsV1": {"f:spec": {}, "f:status": {"f:afloat": {}}}}
FINALIZERS = {"fieldsV1": {"f:metadata": {"f:finalizers": {}}}}
OWNERS = {"fieldsV1": {"f:metadata": {"f:ownerReferences": {}}, "f:spec": {}}}
NO_RBAC = {
    f"{name}.rbac.authorization.k8s.io": "forbidden"
    for name in ("clusterroles", "roles", "clusterrolebindings", "rolebindings")
}
NO_INSTANCES = {BOATS: "forbidden", CREWS: "forbidden"}


def entry(manager: str, **more: Any) -> Object:
    return {"manager": manager, "operation": "Update", "apiVersion": "harbour.example/v1", **more}


def boat(*entries: Object, kind: str = "Boat", owner: str = "") -> Object:
    reference = {"apiVersion": "harbour.example/v1", "kind": owner, "name": "x", "controller": True}
    return {
        "apiVersion": "harbour.example/v1",
        "kind": kind,
        "metadata": {
            "name": "gull",
            "namespace": "sea",
            "managedFields": [*entries],
            **({"ownerReferences": [reference]} if owner else {}),
        },
    }


def rights(*accounts: str, kinds: tuple[str, ...] = ("boats", "crews")) -> list[Object]:
    resources = [part for kind in kinds for part in (kind, f"{kind}/status")]
    rule = (["harbour.example"], resources, WRITE)
    return [each for account in accounts for each in allowed("port", account, rule)]


def suite(**commands: str) -> list[Object]:
    """Workloads of the one account that may do everything, each with its binary."""
    objects = [crd(BOATS), crd(CREWS), *rights("all")]
    for name, command in commands.items():
        args = [command] if command else []
        image = f"reg.example/harbour-{name}:v1"
        objects.append(workload(f"harbour-{name}", "port", account="all", image=image, args=args))
    return objects


def both() -> list[Object]:
    return suite(keeper="/keeper", pilot="/usr/bin/pilot")


@pytest.mark.parametrize(
    ("manager", "how"),
    [
        ("harbour-pilot", STATUS),  # the workload
        ("pilot", STATUS),  # the binary
        ("pilot", {**STATUS, "operation": "Apply"}),
        ("Harbour_Pilot", STATUS),
        ("harbour-pilot-boats", STATUS),  # of several loops of a program
        ("pilot/v1.2 (linux/amd64) kubernetes/$Format", STATUS),
        ("pilot@grebe", STATUS),
        ("pilot", OLD),
        ("pilot", FINALIZERS),
    ],
)
def test_the_answer_follows_who_wrote(manager: str, how: Object) -> None:
    boats = boat(entry("kubectl-client-side-apply"), entry(manager, **how))
    found = records([*both(), boats])
    assert found["harbour-pilot"]["managed_crds"][0] == BOATS
    assert BOATS not in found.get("harbour-keeper", {"managed_crds": []})["managed_crds"]
    told = [each for each in found["harbour-pilot"]["evidence"] if each["kind"] == "written"]
    part = "finalizers" if how is FINALIZERS else "status"
    assert told == [
        {
            "kind": "written",
            "strength": "strong",
            "object": BOATS,
            "path": ".metadata",
            "reason": f'wrote the {part} of 1 of 1 sampled boats as "{manager}"',
        }
    ]


def test_the_names_of_one_program_count_together() -> None:
    """Agents name their node; a program has other names for a few objects; both wrote them all."""
    boats = [
        {**boat(entry("keeper", **STATUS), entry(f"pilot@node-{number}", **STATUS))}
        for number in range(8)
    ]
    boats[0]["metadata"]["managedFields"].append(entry("pilot-zones", **STATUS))
    for number, each in enumerate(boats):
        each["metadata"] = {**each["metadata"], "name": f"gull-{number}"}
    found = records([*both(), *boats])
    assert BOATS in found["harbour-keeper"]["managed_crds"]
    assert BOATS in found["harbour-pilot"]["managed_crds"]
    reasons = [each["reason"] for each in found["harbour-pilot"]["evidence"]]
    assert 'wrote the status of 8 of 8 sampled boats as "pilot@node-0"' in reasons


def test_a_long_name_is_shown_in_part() -> None:
    found = records([*both(), boat(entry(f"pilot/{'long' * 9999}", **STATUS))])
    assert max(len(each["reason"]) for each in found["harbour-pilot"]["evidence"]) < 200


def test_a_name_that_was_cut_off_is_found() -> None:
    name = "harbour-" + "long" * 40 + "-pilot"
    objects = [
        *both(),
        workload("harbour-hull", "port", account="all", image=f"reg.example/{name}:v1"),
    ]
    found = managed([*objects, boat(entry(name[:128], **STATUS))])
    assert [name for name, kinds in found.items() if BOATS in kinds] == ["harbour-hull"]


@pytest.mark.parametrize(
    "manager",
    ["manager", "Go-http-client", "unknown", "kubectl-edit", "helm", "argocd-controller", "barge"],
)
@pytest.mark.parametrize("how", [STATUS, OLD, {**STATUS, "operation": "Apply"}])
def test_a_name_that_any_program_may_have_says_nothing(manager: str, how: Object) -> None:
    """Several run a binary called manager, and no workload is called barge."""
    objects = suite(keeper="/manager", pilot="/manager")
    assert managed([*objects, boat(entry(manager, **how))]) == managed(objects)


def test_a_usual_name_tells_if_only_one_may_have_it() -> None:
    boats = boat(entry("manager", **STATUS))
    assert BOATS in managed([*suite(keeper="/keeper", pilot="/manager"), boats])["harbour-pilot"]
    unsure = suite(keeper="", pilot="/manager")
    assert managed([*unsure, boats]) == managed(unsure)


def test_whoever_may_not_write_did_not() -> None:
    """A web shop is called as a field manager, and has no rights."""
    objects = [*both(), workload("pier", "web", account="pier")]
    assert managed([*objects, boat(entry("pier", **STATUS))]) == managed(objects)


def test_whoever_may_write_another_kind_only_did_not() -> None:
    objects = [
        *both(),
        *rights("crew", kinds=("crews",)),
        workload("skiff", "port", account="crew"),
    ]
    found = managed([*objects, boat(entry("skiff", **STATUS))])
    assert BOATS not in found.get("skiff", ())


def test_the_name_of_a_library_says_nothing_though_a_workload_is_called_so() -> None:
    objects = [*both(), workload("kopf", "port", account="all")]
    assert managed([*objects, boat(entry("kopf", **STATUS))]) == managed(objects)


@pytest.mark.parametrize(
    ("namespace", "manages"),
    [("harbour-system", "provider-skiff-7d5b2"), ("port", "harbour")],
)
def test_every_word_of_a_name_says_more_than_its_beginning(namespace: str, manages: str) -> None:
    """The words of its namespace count, as programs of a product put the product's name first."""
    objects = [
        *[crd(BOATS), crd(CREWS), *rights("all")],
        workload("harbour", "port", account="all"),
        *allowed(namespace, "skiff", (["harbour.example"], ["boats", "boats/status"], WRITE)),
        workload("provider-skiff-7d5b2", namespace, account="skiff"),
        boat(entry("harbour-skiff-provider", **STATUS)),
    ]
    found = managed(objects)
    assert [name for name, crds in found.items() if BOATS in crds] == [manages]


def test_several_that_write_different_parts_are_all_there() -> None:
    boats = boat(entry("keeper", **STATUS), entry("pilot", **STATUS))
    found = managed([*both(), boats])
    assert BOATS in found["harbour-keeper"]
    assert BOATS in found["harbour-pilot"]


def test_who_wrote_few_of_them_is_not_their_manager() -> None:
    boats = [boat(entry("pilot", **STATUS)) for _ in range(9)]
    found = managed([*both(), *boats, boat(entry("pilot", **STATUS), entry("keeper", **STATUS))])
    assert BOATS in found["harbour-pilot"]
    assert BOATS not in found.get("harbour-keeper", ())


def test_without_rbac_who_wrote_is_enough() -> None:
    objects = [crd(BOATS), workload("trawl", "elsewhere"), workload("other", "elsewhere")]
    boats = boat(entry("trawl", **STATUS))
    assert managed([*objects, boats], NO_RBAC) == {"trawl": [BOATS]}
    assert managed(objects, NO_RBAC) == {}


def test_what_it_rests_on_is_told_where_instances_are_unread() -> None:
    objects = [*both(), boat(entry("pilot", **STATUS))]
    seen, unseen = records(objects), records(objects, NO_INSTANCES)
    pilot, keeper = seen["harbour-pilot"], unseen["harbour-keeper"]
    assert pilot["confidence"] > keeper["confidence"]
    notes = [each["reason"] for each in keeper["evidence"] if each["kind"] == "note"]
    assert notes == [f"who wrote {BOATS}, {CREWS} could not be read, so there is less evidence"]
    assert not [each for each in pilot["evidence"] if each["kind"] == "note"]


def test_whoever_makes_one_kind_for_another_manages_the_other() -> None:
    """The keeper makes boats for crews; nobody wrote a status of either."""
    boats = boat(entry("pilot", **OWNERS), owner="Crew")
    found = records([*both(), boats])
    assert found["harbour-pilot"]["managed_crds"] == [BOATS, CREWS]
    told = [each["reason"] for each in found["harbour-pilot"]["evidence"]]
    assert told[:2] == [
        f"it manages {CREWS}, whose objects own 1 of 1 sampled boats",
        f'made 1 of 1 sampled {BOATS} for crews as "pilot"',
    ]


def test_who_writes_the_status_of_what_another_made_manages_it() -> None:
    boats = boat(entry("pilot", **OWNERS), entry("keeper", **STATUS), owner="Crew")
    found = managed([*both(), boats])
    assert found == {"harbour-pilot": [CREWS], "harbour-keeper": [BOATS]}


def test_whoever_makes_one_kind_for_another_yields_to_who_writes_their_status() -> None:
    boats = boat(entry("pilot", **OWNERS), entry("barge", **STATUS), owner="Crew")
    crews = boat(entry("keeper", **STATUS), kind="Crew")
    found = managed([*both(), boats, crews])
    assert [name for name, kinds in found.items() if CREWS in kinds] == ["harbour-keeper"]
    assert {name for name, kinds in found.items() if BOATS in kinds} >= {"harbour-pilot"}
    # Somebody out of sight wrote the status of boats, so rights decide, which both have.
    assert BOATS in managed([*both(), boats])["harbour-keeper"]


def lease(name: str, holder: str, namespace: str = "port") -> Object:
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"holderIdentity": holder},
    }


POD = "harbour-pilot-5d4f8b6c77-x2v9k"


@pytest.mark.parametrize("holder", [POD, f"{POD}_6f1c8b3e-0000-4000-8000-000000000000"])
def test_who_holds_the_lease_named_after_the_group(holder: str) -> None:
    found = records([*both(), lease("4f2a.harbour.example", holder)])
    assert found["harbour-pilot"]["managed_crds"] == [BOATS, CREWS]
    assert "harbour-keeper" not in found
    told = next(
        each for each in found["harbour-pilot"]["evidence"] if each["kind"] == "leader-election"
    )
    assert told["reason"] == "one of its pods holds the lease port/4f2a.harbour.example"
    assert told["strength"] == "medium"


@pytest.mark.parametrize(
    "holder", ["harbour-pilot", "harbour-pilot-0", "my-harbour-pilot-5d4f8b6c77-x2v9k", "node-1"]
)
def test_the_pod_of_another_holds_nothing_for_it(holder: str) -> None:
    objects = both()
    assert managed([*objects, lease("4f2a.harbour.example", holder)]) == managed(objects)


def test_a_tool_that_applies_is_the_controller_of_its_own_kinds_only() -> None:
    """It is called so as a workload, and applied the status that a manifest of a boat had."""
    rule = (["harbour.example", "helm.example"], ["boats", "boats/status", "charts"], WRITE)
    objects = [
        crd(BOATS),
        crd("charts.helm.example"),
        *allowed("port", "all", rule),
        workload("harbour-keeper", "port", account="all"),
        workload("helm-controller", "port", account="all", args=["/helm-controller"]),
    ]
    boats = boat(entry("helm-controller", **OLD))
    assert BOATS in managed([*objects, boats])["harbour-keeper"]
    chart = boat(entry("helm-controller", **STATUS), kind="Chart")
    chart["apiVersion"] = "helm.example/v1"
    told = records([*objects, chart])["helm-controller"]
    assert told["managed_crds"] == ["charts.helm.example"]
    assert told["evidence"][0]["kind"] == "written"


@pytest.mark.parametrize("managers", [("pilot",), ("kube-controller-manager", "pilot", "kubectl")])
def test_whoever_makes_a_workload_for_an_instance_manages_its_kind(
    managers: tuple[str, ...],
) -> None:
    made = workload("anchor", "sea")
    made["metadata"] |= {
        "managedFields": [entry(each) for each in managers],
        "ownerReferences": [
            {"apiVersion": "harbour.example/v1", "kind": "Boat", "name": "x", "controller": True}
        ],
    }
    found = records([*both(), made])
    owners = [name for name, row in found.items() if BOATS in row["managed_crds"]]
    assert owners == ["harbour-pilot"]
    reasons = [each["reason"] for each in found["harbour-pilot"]["evidence"]]
    assert 'made 1 of 1 sampled deployments for boats as "pilot"' in reasons
    boats = boat(entry("keeper", **STATUS))  # who writes the status comes first
    assert BOATS in managed([*both(), made, boats])["harbour-keeper"]


def twins(
    *accounts: str, names: tuple[str, str] = ("keeper", "pilot"), **more: Any
) -> list[Object]:
    """Workloads of one binary with different subcommands, as these accounts."""
    image = "reg.example/harbour:v1"
    return [
        crd(BOATS),
        crd(CREWS),
        *(
            workload(name, "port", account=account, image=image, args=["/harbour", *args])
            for name, account, args in zip(names, accounts, more["args"], strict=True)
        ),
    ]


WRITES = (["harbour.example"], ["boats"], WRITE)
ONE_BINARY = {
    "who has the better rights": (
        [
            *twins("k", "p", args=(["run"], ["sail"])),
            *rights("k"),
            *allowed("port", "p", WRITES),
        ],
        "harbour",
        ["keeper"],
    ),
    "nobody has better rights": (
        [*twins("k", "p", args=(["run"], ["sail"])), *rights("k", "p")],
        "harbour",
        ["keeper", "pilot"],
    ),
    "whose command is named for the kind": (
        [*twins("k", "p", args=(["boats"], ["crews"])), *rights("k", "p")],
        "harbour",
        ["keeper"],
    ),
    "who holds the lease of the group": (
        [
            *twins("k", "p", args=(["run"], ["sail"])),
            *rights("k", "p"),
            {
                "apiVersion": "coordination.k8s.io/v1",
                "kind": "Lease",
                "metadata": {"name": "4f2a.harbour.example", "namespace": "port"},
                "spec": {"holderIdentity": "pilot-5d4f8b6c77-x2v9k"},
            },
        ],
        "harbour",
        ["pilot"],
    ),
    "who is called so, before who runs what is called so": (
        [*twins("k", "k", names=("harbour", "pilot"), args=([], [])), *rights("k")],
        "harbour",
        ["harbour"],
    ),
    "the other twin, by its own name": (
        [*twins("k", "k", names=("harbour", "pilot"), args=([], [])), *rights("k")],
        "pilot",
        ["pilot"],
    ),
}


@pytest.mark.parametrize(("objects", "manager", "expected"), ONE_BINARY.values(), ids=[*ONE_BINARY])
def test_a_name_that_fits_several_leaves_the_choice_to_the_other_rules(
    objects: list[Object], manager: str, expected: list[str]
) -> None:
    found = managed([*objects, boat(entry(manager, **STATUS))])
    assert [name for name, kinds in sorted(found.items()) if BOATS in kinds] == expected


SPEC = {"fieldsV1": {"f:spec": {}}}
SPECS = {
    "one": (["harbour-pilot"], True),
    "one beside a tool": (["harbour-pilot", "kubectl-edit"], True),
    "a tool": (["kubectl-edit"], False),
    "two": (["harbour-keeper", "harbour-pilot"], False),
    "one beside a library": (["harbour-pilot", "unknown"], False),
}


@pytest.mark.parametrize(("managers", "tells"), SPECS.values(), ids=[*SPECS])
def test_the_only_program_that_wrote_a_kind_without_a_status(
    managers: list[str], tells: bool
) -> None:
    objects = [*rights("k", "p"), crd(BOATS)]
    objects += [
        workload(f"harbour-{name}", "port", account=name[0]) for name in ("keeper", "pilot")
    ]
    found = records([*objects, boat(*(entry(manager, **SPEC) for manager in managers))])
    names = [name for name, row in sorted(found.items()) if row["managed_crds"]]
    written = {"harbour-keeper", "harbour-pilot"} & {*managers}
    assert names == sorted(written or {"harbour-keeper", "harbour-pilot"})
    reasons = [each["reason"] for each in found["harbour-pilot"]["evidence"]]
    assert ('wrote 1 of 1 sampled boats as "harbour-pilot"' in reasons) is tells


def with_status() -> list[Object]:
    objects = both()
    schema = {"openAPIV3Schema": {"properties": {"spec": {}, "status": {}}}}
    objects[0]["spec"]["versions"][0]["schema"] = schema
    return objects


def test_of_equals_who_wrote_anything_is_before_who_did_not() -> None:
    found = managed([*with_status(), boat(entry("harbour-pilot", **SPEC))])
    assert found == {"harbour-pilot": [BOATS, CREWS], "harbour-keeper": [CREWS]}


def test_where_somebody_wrote_the_status_who_wrote_the_rest_may_have_made_it_for_another() -> None:
    unknown = entry("unknown", **STATUS)
    objects = [*with_status(), boat(entry("harbour-pilot", **SPEC), unknown)]
    assert managed(objects) == managed(with_status())


def test_who_has_a_name_of_its_own_has_no_part_in_one_that_fits_several() -> None:
    """Both run one binary; objects have its name and that of one of the workloads."""
    objects = [*twins("k", "p", names=("harbour", "buoy"), args=([], [])), *rights("k", "p")]
    writes = [boat(entry("buoy", **STATUS), entry("harbour-sails", **STATUS))]
    found = records([*objects, *writes])
    told = {
        name: [each["reason"] for each in row["evidence"] if each["kind"] == "written"]
        for name, row in found.items()
    }
    assert told["buoy"] == ['wrote the status of 1 of 1 sampled boats as "buoy"']


@pytest.mark.parametrize(
    ("verbs", "manager"),
    [(["create", "update"], "harbour-keeper"), (["create", "update", "watch"], "harbour-pilot")],
)
def test_who_may_not_watch_what_it_wrote_only_reports(verbs: list[str], manager: str) -> None:
    reads = (["harbour.example"], ["boats"], [*READ])
    writes = (["harbour.example"], ["boats"], verbs)
    objects = [crd(BOATS), *allowed("port", "k", reads), *allowed("port", "p", writes)]
    objects += [workload(f"harbour-{n}", "port", account=n[0]) for n in ("keeper", "pilot")]
    found = managed([*objects, boat(entry("harbour-pilot", **SPEC))])
    assert found == {manager: [BOATS]}


@pytest.mark.parametrize(("name", "also"), [("harbour-keeper", True), ("tug", False)])
def test_who_wrote_the_finalizers_manages_it_beside_who_wrote_the_status(
    name: str, also: bool
) -> None:
    """If it is of the kind's product."""
    objects = [crd(BOATS), *rights("a", "b", kinds=("boats",))]
    objects += [workload("harbour-pilot", "port", account="a"), workload(name, "port", account="b")]
    writes = boat(entry("harbour-pilot", **STATUS), entry(name, **FINALIZERS))
    expected = {"harbour-pilot", name} if also else {"harbour-pilot"}
    assert {each for each, kinds in managed([*objects, writes]).items() if kinds} == expected


@pytest.mark.parametrize(("selected", "manager"), [("dock", "controller"), ("other", "dock")])
@pytest.mark.parametrize("status", [True, False])
def test_who_answers_webhooks_made_what_the_controller_reads(
    selected: str, manager: str, status: bool
) -> None:
    """Whether the kind has a status or not; both have one account."""
    objects = with_status()[:-2] if status else both()[:-2]
    objects += [
        workload(f"harbour-{name}", "port", account="all", labels={"app": name})
        for name in ("controller", "dock")
    ]
    objects += [
        service("hook", "port", {"app": selected}),
        webhook("hook", "port", "harbour.example", "boats"),
    ]
    found = managed([*objects, boat(entry("harbour-dock", **SPEC))])
    assert [name for name, kinds in found.items() if BOATS in kinds] == [f"harbour-{manager}"]
