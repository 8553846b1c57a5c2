"""What people say of operators: it is certain, and what does not hold is named."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.command import Done
from support.forked import run
from truth.shapes import WRITE, allowed, bind, crd, managed, records, role, workload

BOATS, PIERS = "boats.harbour.example", "piers.harbour.example"
QUAYS = "quays.harbour.example"
RIGHTS = (["harbour.example"], ["*"], WRITE)
Objects = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration folder of its own."""
    monkeypatch.setenv("K8S_DATAMODEL_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "config" / "settings").mkdir(parents=True)
    return tmp_path / "config"


def say(folder: Path, said: object) -> None:
    (folder / "settings" / "operators.yaml").write_text(yaml.safe_dump(said))


def labelled(objects: Objects, label: str) -> Objects:
    """These objects, the last of them with a label of ours."""
    objects[-1]["metadata"]["labels"] = {f"k8s-datamodel.io/{label}": "false"}
    return objects


def port(crd_says: str = "", **says: dict[str, Any]) -> Objects:
    """A port with an operator and a clerk with no rights, whose annotations say these words."""
    by = {"k8s-datamodel.io/managed-by": crd_says} if crd_says else {}
    found = [
        crd(BOATS, annotations=by),
        crd(PIERS),
        *allowed("port", "harbour", RIGHTS),
    ]
    for name, account in (("harbour-operator", "harbour"), ("clerk", "harbour"), ("shop", "")):
        words = says.get(name.partition("-")[0], {})
        annotations = {f"k8s-datamodel.io/{word}": value for word, value in words.items()}
        found.append(workload(name, "port", account=account, annotations=annotations))
    return found


BOTH = [BOATS, PIERS]
CASES: dict[str, tuple[Objects, object, dict[str, list[str]]]] = {
    "nobody says anything": (port(), {}, {"harbour-operator": BOTH}),
    "a workload says what it manages": (
        port(clerk={"manages": BOATS}),
        {},
        {"harbour-operator": [PIERS], "clerk": [BOATS]},
    ),
    "with a pattern": (
        port(clerk={"manages": "*.harbour.example"}),
        {},
        {"harbour-operator": [], "clerk": BOTH},
    ),
    "a workload without any rights": (
        port(shop={"manages": f"{PIERS}, {BOATS}"}),
        {},
        {"harbour-operator": [], "shop": BOTH},
    ),
    "a CRD says by whom it is managed": (
        port("port/clerk"),
        {},
        {"harbour-operator": [PIERS], "clerk": [BOATS]},
    ),
    "by two": (
        port("port/clerk, Deployment/port/harbour-operator"),
        {},
        {"harbour-operator": BOTH, "clerk": [BOATS]},
    ),
    "by a workload of another kind": (
        port("DaemonSet/port/clerk"),
        {},
        {"harbour-operator": BOTH},
    ),
    "a workload says that it is no operator": (
        port(harbour={"operator": "false"}),
        {},
        {"clerk": BOTH},
    ),
    "a workload says that it is one": (
        port(shop={"operator": "true"}),
        {},
        {"harbour-operator": BOTH, "shop": []},
    ),
    "the file says what a workload manages": (
        port(),
        {"manages": {"port/clerk": [BOATS]}},
        {"harbour-operator": [PIERS], "clerk": [BOATS]},
    ),
    "the file says by whom a CRD is managed": (
        port(),
        {"managed_by": {BOATS: ["port/shop"]}},
        {"harbour-operator": [PIERS], "shop": [BOATS]},
    ),
    "the file says what is no operator": (
        port(),
        {"operator": {"Deployment/port/harbour-operator": False, "elsewhere/clerk": False}},
        {"clerk": BOTH},
    ),
}


@pytest.mark.parametrize(("objects", "said", "expected"), CASES.values(), ids=CASES)
def test_what_is_said_is_certain(
    folder: Path, objects: Objects, said: object, expected: dict[str, list[str]]
) -> None:
    if said:
        say(folder, said)
    found = managed(objects)
    assert {name: crds for name, crds in found.items() if name in expected} == expected
    assert found.keys() - expected.keys() <= {"clerk"}, "only who was beside may come on top"


def test_it_shows_as_evidence() -> None:
    clerk = records(port(clerk={"manages": BOATS}))["clerk"]
    assert clerk["confidence"] == 1.0
    assert clerk["evidence"][0] == {
        "kind": "told",
        "strength": "certain",
        "object": "Deployment port/clerk",
        "path": '.metadata.annotations["k8s-datamodel.io/manages"]',
        "reason": f"it is told that it manages {BOATS}",
    }


def test_what_is_said_twice_shows_once(folder: Path) -> None:
    say(folder, {"manages": {"port/shop": [PIERS, PIERS]}})
    found = records(port(clerk={"manages": f"{BOATS}, {BOATS}"}))
    reasons = [found[name]["evidence"][0]["reason"] for name in ("clerk", "shop")]
    assert reasons == [f"it is told that it manages {crd}" for crd in (BOATS, PIERS)]


def checked(tmp_path: Path, objects: Objects, *more: str) -> Done:
    source = tmp_path / "source.yaml"
    source.write_text(yaml.safe_dump_all(objects))
    return run("operators", "check", "--source", source, "--output", "json", *more)


NO_NAME = "no NAMESPACE/NAME or KIND/NAMESPACE/NAME of a workload"
FAULTS = {
    "a workload that is not there": (
        port("port/ghost"),
        "absent",
        "there is no workload port/ghost",
    ),
    "a workload of a kind of which only some are looked for": (
        port("CronJob/port/sweep"),
        "absent",
        "there is no workload CronJob/port/sweep, or its pods were not read",
    ),
    "a CRD that is not there": (
        port(harbour={"manages": "ships.harbour.example"}),
        "absent",
        "there is no CRD ships.harbour.example",
    ),
    "no name of a CRD": (
        port(harbour={"manages": "boats"}),
        "contradicted",
        "'boats' is no name of a CRD, such as widgets.example.com",
    ),
    "no name of a workload": (
        port("clerk"),
        "contradicted",
        "'clerk' is no NAMESPACE/NAME or KIND/NAMESPACE/NAME of a workload",
    ),
    "neither true nor false": (
        port(harbour={"operator": "no"}),
        "contradicted",
        "must be true or false, not 'no'",
    ),
    "no operator that manages something": (
        port(harbour={"operator": "false", "manages": BOATS}),
        "contradicted",
        "Deployment port/harbour-operator is also said to be no operator",
    ),
    "a word that a file has without quotes": (
        port(harbour={"manages": BOATS, "operator": False}),
        "contradicted",
        "Deployment port/harbour-operator is also said to be no operator",
    ),
    "longer than a sentence": (
        port(harbour={"manages": "x" * 200_000}),
        "contradicted",
        f"'{'x' * 77}...' is no name of a CRD, such as widgets.example.com",
    ),
    "too many to list": (
        port(harbour={"manages": ",".join(f"kind{n}.harbour.example" for n in range(3000))}),
        "absent",
        "; ".join(f"there is no CRD kind{n}.harbour.example" for n in range(5)) + "; and 2995 more",
    ),
    "a name that no CRD can have": (
        port(harbour={"manages": f"{BOATS}\n{PIERS}\x1b[31m"}),
        "contradicted",
        f"'{BOATS}\\n{PIERS}\\x1b[31m' is no name of a CRD, such as widgets.example.com",
    ),
    "longer than any name": (
        port(harbour={"manages": "a." + "b" * 10_000}),
        "contradicted",
        f"'a.{'b' * 75}...' is no name of a CRD, such as widgets.example.com",
    ),
    "half a credential": (
        port(harbour={"manages": f"https://me:{'secret' * 20}@harbour.example/boats"}),
        "contradicted",
        "'https://me:[redacted]@harbour.example/boats' is no name of a CRD, such as "
        "widgets.example.com",
    ),
    "a pattern of workloads": (port("port/*"), "contradicted", f"'port/*' is {NO_NAME}"),
    "a workload as messages call it": (
        port("Deployment port/clerk"),
        "contradicted",
        f"'Deployment port/clerk' is {NO_NAME}",
    ),
    "control characters": (port("port/a\tb\0"), "contradicted", f"'port/a\\tb\\x00' is {NO_NAME}"),
    "nothing of a CRD": (
        [crd(QUAYS, annotations={"k8s-datamodel.io/managed-by": ""}), *port()],
        "contradicted",
        f"'' is {NO_NAME}",
    ),
    "no CRD": (
        port(harbour={"manages": ""}),
        "contradicted",
        "'' is no name of a CRD, such as widgets.example.com",
    ),
    "neither true nor false, but nothing": (
        port(harbour={"operator": ""}),
        "contradicted",
        "must be true or false, not ''",
    ),
    "a word of CRDs on a workload": (
        port(clerk={"managed-by": "port/clerk"}),
        "contradicted",
        "it means nothing on a workload; "
        "known there: k8s-datamodel.io/manages, k8s-datamodel.io/operator",
    ),
    "a word that is none on a CRD": (
        [crd(QUAYS, annotations={"k8s-datamodel.io/managed_by": "port/clerk"}), *port()],
        "contradicted",
        "it means nothing on a CRD; known there: k8s-datamodel.io/managed-by",
    ),
    "a label": (
        labelled(port(), "operator"),
        "contradicted",
        "a label says nothing: make it an annotation",
    ),
    "who may not watch it": (
        port(shop={"manages": BOATS}),
        "contradicted",
        f"service account port/default may not watch {BOATS}",
    ),
}


@pytest.mark.parametrize(("objects", "finding", "reason"), FAULTS.values(), ids=FAULTS)
def test_what_does_not_hold_is_named(
    tmp_path: Path, objects: Objects, finding: str, reason: str
) -> None:
    result = checked(tmp_path, objects)
    assert result.code == 1, result.err
    rows = result.json
    assert [(row["finding"], row["reason"]) for row in rows] == [(finding, reason)]


BOAT = {
    "apiVersion": "harbour.example/v1",
    "kind": "Boat",
    "metadata": {
        "name": "gull",
        "namespace": "sea",
        "managedFields": [
            {"manager": "harbour-operator", "operation": "Update", "subresource": "status"}
        ],
    },
}
WROTE = f"Deployment port/harbour-operator was seen to write {BOATS}"


@pytest.mark.parametrize(
    ("objects", "reason"),
    [
        (port(clerk={"manages": BOATS}), WROTE),
        (port(harbour={"operator": "false"}), WROTE),
        (port("port/clerk, port/harbour-operator"), ""),
        (port(clerk={"operator": "false"}), ""),
        (port(harbour={"manages": BOATS}), ""),
    ],
)
def test_what_contradicts_who_wrote_is_named(tmp_path: Path, objects: Objects, reason: str) -> None:
    served = [{"name": "v1", "served": True, "storage": True}]
    for item in objects:
        if item["kind"] == "CustomResourceDefinition":
            item["spec"] |= {"scope": "Namespaced", "versions": served}
    result = checked(tmp_path, [*objects, BOAT])
    assert [row["reason"] for row in result.json] == ([reason] if reason else [])
    assert result.code == bool(reason)


@pytest.mark.parametrize(
    ("group", "holds"),
    [
        ("system:authenticated", True),
        ("system:serviceaccounts", True),
        ("system:serviceaccounts:port", True),
        ("system:serviceaccounts:sea", False),
        ("system:serviceaccounts:", False),
        ("system:masters", False),
    ],
)
def test_rights_of_all_accounts_are_those_of_each(tmp_path: Path, group: str, holds: bool) -> None:
    binding = bind("all", "nobody")
    binding["subjects"] = [{"kind": "Group", "name": group}]
    result = checked(tmp_path, [*port(shop={"manages": BOATS}), role("all", RIGHTS), binding])
    assert (result.code == 0) == holds, result.out


def test_a_snapshot_tells_what_did_not_hold(tmp_path: Path) -> None:
    source = tmp_path / "source.yaml"
    source.write_text(yaml.safe_dump_all(port("port/ghost")))
    where = {"K8S_DATAMODEL_DB": str(tmp_path / "x.db")}
    assert run("database", "store", "--source", source, **where).code == 0
    result = run("operators", "check", "--snapshot", "latest", "--output", "json", **where)
    assert (result.code, result.json) == (
        1,
        [
            {
                "told_by": f"CustomResourceDefinition {BOATS} "
                '.metadata.annotations["k8s-datamodel.io/managed-by"]',
                "finding": "absent",
                "reason": "there is no workload port/ghost",
            }
        ],
    )


def test_one_namespace_is_checked_without_what_is_elsewhere(tmp_path: Path) -> None:
    objects = port("sea/ghost, port/ghost", harbour={"manages": "boats"})
    result = checked(tmp_path, objects, "--namespace", "port")
    assert [row["reason"] for row in result.json] == [
        "'boats' is no name of a CRD, such as widgets.example.com",
        "there is no workload port/ghost",
    ]
    assert result.code == 1


def test_bindings_of_other_namespaces_may_grant_what_one_lacks(tmp_path: Path) -> None:
    objects = port(shop={"manages": BOATS})
    granted = [role("own", RIGHTS, namespace="sea"), bind("own", "default", "port", within="sea")]
    for found, more in ((objects, 1), ([*objects, *granted], 0)):
        assert checked(tmp_path, found).code == more
        assert checked(tmp_path, found, "--namespace", "port").json == []


def test_workloads_of_one_name_are_told_apart(tmp_path: Path) -> None:
    says = {"k8s-datamodel.io/manages": "boats"}
    twins = [workload("twin", where, annotations=says) for where in ("port", "sea")]
    places = [row["told_by"].partition(" .")[0] for row in checked(tmp_path, twins).json]
    assert places == ["Deployment port/twin", "Deployment sea/twin"]


def test_a_snapshot_of_an_earlier_version_gives_no_answer(tmp_path: Path) -> None:
    source, db = tmp_path / "source.yaml", tmp_path / "x.db"
    source.write_text(yaml.safe_dump_all(port("port/ghost")))
    where = {"K8S_DATAMODEL_DB": str(db)}
    assert run("database", "store", "--source", source, **where).code == 0
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute("UPDATE kdm_operators_rows SET shared_crds = NULL")
    result = run("operators", "check", "--snapshot", "latest", **where)
    assert (result.code, result.out) == (4, "")
    assert "an earlier version stored this snapshot" in result.err


def test_what_holds_is_not(tmp_path: Path) -> None:
    result = checked(tmp_path, port("port/clerk", harbour={"manages": PIERS}))
    assert (result.code, result.json) == (0, [])


def test_that_all_holds_is_a_sentence(tmp_path: Path) -> None:
    result = checked(tmp_path, port("port/clerk"), "--output", "table")
    assert (result.code, result.out) == (
        0,
        "All that is said of operators holds, as far as was seen.\n",
    )


def test_what_was_not_read_is_not_said_to_hold(tmp_path: Path) -> None:
    source = tmp_path / "source.yaml"
    source.write_text(yaml.safe_dump_all(port("port/ghost")))
    where = {"K8S_DATAMODEL_DB": str(tmp_path / "x.db")}
    assert run("database", "store", "--no-operators", "--source", source, **where).code == 0
    result = run("operators", "check", "--snapshot", "latest", **where)
    assert result.code == 3
    assert result.out == "What was read contradicts nothing that is said of operators.\n"
    assert "snapshot 1 was stored without operators" in result.err


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"manage": {}}, "manages"),
        ({"manages": {"port/clerk": BOATS}}, "manages.port/clerk: must be a list of CRDs"),
        ({"manages": {"clerk": [BOATS]}}, "manages.clerk: 'clerk' is no NAMESPACE/NAME"),
        ({"managed_by": {BOATS: [7]}}, f"managed_by.{BOATS}: must be a list of workloads"),
        ({"operator": {"port/clerk": None}}, "must be true or false, not ''"),
        ({"operator": {"port/clerk": [True]}}, "must be true or false, not '[...]'"),
        ({"manages": {"x" * 10_000: [BOATS]}}, f"manages.{'x' * 69}...: '{'x' * 77}...' is no"),
        ({"manages": {"x" * 10_000: []}}, f"manages.{'x' * 77}...: must be a list of CRDs"),
        ({"managed_by": {BOATS: ["port/x/y/z"]}}, "'port/x/y/z' is no NAMESPACE/NAME"),
        ({"operator": {"port/clerk": "maybe"}}, "must be true or false, not 'maybe'"),
    ],
)
def test_a_file_that_cannot_be_understood_is_an_error(
    folder: Path, tmp_path: Path, said: object, reason: str
) -> None:
    say(folder, said)
    result = checked(tmp_path, port())
    assert (result.code, result.out) == (2, "")
    assert "settings/operators.yaml" in result.err
    assert reason in result.err


def test_it_is_named_by_other_commands_which_go_on(folder: Path, tmp_path: Path) -> None:
    say(folder, {"manages": {"clerk": [BOATS]}})
    source = tmp_path / "source.yaml"
    source.write_text(yaml.safe_dump_all(port()))
    result = run("operators", "list", "--source", source, "--output", "json")
    assert (result.code, len(result.json)) == (3, 1)
    assert "'clerk' is no NAMESPACE/NAME or KIND/NAMESPACE/NAME of a workload" in result.err
