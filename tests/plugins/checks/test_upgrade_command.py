"""``check upgrade`` and ``check objects``: what happens to the objects that a snapshot holds."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from k8s_datamodel.cli import run
from k8s_datamodel_plugins.cel_rules import engine
from support.made_checks import NARROWER, REWORDED, Checking, Told, crd
from support.servers.postgres import Postgres

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "upgrade.json").read_text())
WIDGETS = "widgets.example.com"
WITHOUT = ("--allow-incomplete", "--no-operators", "--no-olm")
WITH = ("--with-instances", *WITHOUT)


@pytest.fixture
def upgrading(checking: Checking, monkeypatch: pytest.MonkeyPatch) -> Upgrading:
    monkeypatch.setenv("K8S_DATAMODEL_DB", str(checking.folder / "stored.db"))
    return Upgrading(checking)


class Upgrading:
    """A cluster's dump that is stored, and a release."""

    def __init__(self, checking: Checking) -> None:
        self._checking = checking

    def store(self, crds: list[Any], *things: Any, options: tuple[str, ...] = WITH) -> None:
        """Store a cluster that has these CRDs and these objects, all there are of each kind.

        A list of one namespace need not be of all, so each has one more object, in another one.
        """
        folder = self._checking.folder
        for number, each in enumerate(crds):
            self._checking.put(f"cluster/crd{number}.yaml", installed(each))
            names = each["spec"]["names"]
            found = [thing for thing in things if thing["kind"] == names["kind"]]
            if found:
                found.append(elsewhere(names["kind"]))
            versions = each["spec"]["versions"]
            head = {"apiVersion": f"{each['spec']['group']}/{versions[0]['name']}"}
            listed = {**head, "kind": f"{names['kind']}List", "metadata": {"resourceVersion": "9"}}
            path = folder / f"cluster/list{number}.json"
            path.write_text(json.dumps({**listed, "items": found}))
        dump = ["--source", str(folder / "cluster"), "database", "store", *options]
        assert run(dump) in (0, 3)
        self._checking.forget()

    def put(self, *things: Any) -> None:
        self._checking.put("new/a.yaml", *things)

    def check(self, *arguments: object, before: Sequence[str] = ()) -> Told:
        return self._checking.run("upgrade", "new", *arguments, before=before)

    def objects(self, *arguments: object) -> Told:
        return self._checking.run("objects", *arguments)

    def found(self, *arguments: object, name: str = WIDGETS, before: Sequence[str] = ()) -> Any:
        told = self.check(*arguments, "-o", "json", before=before)
        assert told.out, told.err
        Draft202012Validator(SCHEMA).validate(told.json)
        [crd] = [each for each in told.json["crds"] if each["name"] == name]
        return crd


def installed(crd: dict[str, Any], *stored: str) -> dict[str, Any]:
    """A CRD as a server gives it."""
    found = copy.deepcopy(crd)
    found["metadata"] |= {"uid": f"uid-{found['metadata']['name']}", "generation": 1}
    conditions = [{"type": each, "status": "True"} for each in ("NamesAccepted", "Established")]
    versions = stored or [each["name"] for each in crd["spec"]["versions"] if each["storage"]]
    found["status"] = {"conditions": conditions, "storedVersions": list(versions)}
    return {**found, **({"status": crd["status"]} if "status" in crd else {})}


def widget(name: str, kind: str = "Widget", version: str = "v1", **spec: Any) -> dict[str, Any]:
    metadata = {
        "name": name,
        "namespace": "shop",
        "uid": f"uid-{name}",
        "managedFields": [
            {"manager": "kubectl", "operation": "Apply", "apiVersion": f"example.com/{version}"}
        ],
    }
    return {"apiVersion": "example.com/v1", "kind": kind, "metadata": metadata, "spec": spec}


def system(uid: str) -> dict[str, Any]:
    """What tells one cluster from another."""
    metadata = {"name": "kube-system", "uid": uid}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def elsewhere(kind: str) -> dict[str, Any]:
    found = widget(f"{kind.lower()}-elsewhere", kind)
    found["metadata"]["namespace"] = "depot"
    return found


def two_versions() -> dict[str, Any]:
    found = crd()
    old = {**copy.deepcopy(found["spec"]["versions"][0]), "name": "v1beta1", "storage": False}
    found["spec"]["versions"].append(old)
    return found


def test_each_object_and_operation_is_told(upgrading: Upgrading) -> None:
    upgrading.store([crd()], widget("w1", mode="slow", size=1), widget("w2", mode="fast"))
    upgrading.put(crd(mode=NARROWER))
    told = upgrading.check("-o", "json")
    Draft202012Validator(SCHEMA).validate(told.json)
    assert (told.code, told.json["level"], told.json["complete"]) == (1, "breaking", True)
    assert list(told.json) == ["from", "against", "to", "level", "complete", "unknown", "crds"]
    assert told.json["from"] == told.json["against"]
    [found] = told.json["crds"]
    assert [each["objects"] for each in found["findings"]] == [1]
    numbers = {k: v for k, v in found["objects"].items() if k != "affected"}
    assert numbers == {"known": True, "checked": 3, "hurt": 1, "defaulted": 0}
    [hurt] = found["objects"]["affected"]
    reason = {"rule": "enum-value-removed", "path": "spec.mode", "message": "is none of fast"}
    assert hurt == {
        "namespace": "shop",
        "name": "w1",
        "version": "v1",
        "reads": {"v1": "same"},
        "read_changes": [],
        "operations": {
            "read": "same",
            "write": "ok",
            "edit": "ok",
            "status": "ok",
            "apply": "ok",
            "create": "refused",
            "create_strict": "refused",
        },
        "reasons": [{"operation": each, **reason} for each in ("create", "create_strict")],
    }


def test_what_hurts_nothing_stored_counts_one_level_less(upgrading: Upgrading) -> None:
    upgrading.store([crd()], widget("w1", mode="fast"))
    upgrading.put(crd(mode=NARROWER))
    found = upgrading.found()
    assert (found["schema_level"], found["level"]) == ("breaking", "risky")
    assert [each["objects"] for each in found["findings"]] == [0]
    assert upgrading.check().code == 0


def test_without_instances_nothing_is_known_and_nothing_lowered(upgrading: Upgrading) -> None:
    upgrading.store([crd()], widget("w1", mode="fast"), options=WITHOUT)
    upgrading.put(crd(mode=NARROWER))
    found = upgrading.found()
    assert found["level"] == "breaking"
    assert found["objects"] == {
        "known": False,
        "checked": None,
        "hurt": None,
        "defaulted": None,
        "affected": [],
    }
    assert found["findings"][0]["objects"] is None
    told = upgrading.check()
    assert told.out.count("What happens to objects is not known: snapshot 1 holds none;") == 1


@pytest.mark.parametrize("missing", ["w2", None])
def test_a_kind_that_was_read_in_part_is_not_known_but_one_object_is_enough(
    upgrading: Upgrading, missing: str | None, checking: Checking
) -> None:
    upgrading.store([crd()])
    (checking.folder / "cluster/list0.json").unlink()
    checking.put("cluster/some.yaml", widget("w1", mode="slow" if missing else "fast"))
    assert run(["--source", "cluster", "database", "store", *WITH]) in (0, 3)
    upgrading.put(crd(mode=NARROWER))
    checking.forget()
    told = upgrading.check("-o", "json")
    assert told.json["complete"] is False
    [found] = told.json["crds"]
    assert found["objects"]["checked"] is None
    assert len(found["objects"]["affected"]) == (1 if missing else 0)
    assert found["level"] == "breaking"
    assert upgrading.check("--fail-on", "blocked").code == 3


def test_pruned_values_are_told(upgrading: Upgrading) -> None:
    upgrading.store([crd()], widget("w1", size=7))
    less = crd()
    schema = less["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    del schema["properties"]["spec"]["properties"]["size"]
    upgrading.put(less)
    found = upgrading.found()
    [hurt] = found["objects"]["affected"]
    assert hurt["operations"]["read"] == "pruned"
    assert hurt["read_changes"] == [
        {"in": "object", "path": "spec.size", "op": "remove", "from": 7}
    ]
    assert "1 of 2 objects: data lost when read: spec.size" in upgrading.check().out


def test_only_defaulted_objects_are_listed_with_all(upgrading: Upgrading) -> None:
    upgrading.store([crd()], widget("w1"), widget("w2", color="red"))
    upgrading.put(crd(color={"type": "string", "default": "blue"}))
    found = upgrading.found()
    assert (found["objects"]["defaulted"], found["objects"]["affected"]) == (2, [])
    listed = upgrading.found("--all")["objects"]["affected"]
    assert [each["name"] for each in listed] == ["widget-elsewhere", "w1"]
    assert upgrading.check().code == 0


def test_a_version_that_leaves_and_is_stored_is_blocked_with_the_commands(
    upgrading: Upgrading,
) -> None:
    both = two_versions()
    upgrading.store([installed(both, "v1beta1", "v1")], widget("w1"))
    upgrading.put(crd())
    [found] = [e for e in upgrading.found()["findings"] if e["rule"] == "stored-version-removed"]
    assert found["level"] == "blocked"
    assert f"kubectl get {WIDGETS} -A -o json | kubectl replace -f -" in found["message"]
    assert "--subresource=status" in found["message"]


def test_a_version_that_leaves_and_is_in_managed_fields_refuses_apply(
    upgrading: Upgrading,
) -> None:
    upgrading.store([two_versions()], widget("w1", version="v1beta1"), widget("w2"))
    upgrading.put(crd())
    found = upgrading.found()
    [hurt] = found["objects"]["affected"]
    assert (hurt["name"], hurt["operations"]["apply"]) == ("w1", "refused")
    assert {each["rule"] for each in hurt["reasons"]} == {"version-removed-managedfields"}
    [finding] = [e for e in found["findings"] if e["rule"] == "version-removed-managedfields"]
    assert (finding["level"], finding["objects"], finding["version"]) == ("breaking", 1, "v1beta1")
    assert "/metadata/managedFields" in finding["message"]


def test_a_finding_that_only_objects_tell_is_counted_where_it_is_ignored(
    upgrading: Upgrading, checking: Checking
) -> None:
    upgrading.store([two_versions()], widget("w1", version="v1beta1"))
    upgrading.put(crd())
    rule = "version-removed-managedfields"
    checking.put(".k8s-datamodel.yaml", f"check: {{ignore: [{{rule: {rule}, reason: known}}]}}")
    told = upgrading.check()
    assert rule not in {each["rule"] for each in upgrading.found()["findings"]}
    assert "The configuration ignores 1 finding." in told.lines


@pytest.mark.parametrize(
    ("settings", "there"),
    [
        ("{severity: {version-removed-managedfields: off}}", False),
        ("{profile: readers}", False),
        ("{profile: stored}", True),
        ("{}", True),
    ],
)
def test_a_finding_that_only_objects_tell_is_there_where_its_rule_is_wanted(
    upgrading: Upgrading, checking: Checking, settings: str, there: bool
) -> None:
    upgrading.store([two_versions()], widget("w1", version="v1beta1"))
    upgrading.put(crd())
    checking.put(".k8s-datamodel.yaml", f"check: {settings}")
    rules = {each["rule"] for each in upgrading.found()["findings"]}
    assert ("version-removed-managedfields" in rules) is there
    assert "apply" not in rules


def test_managed_fields_that_name_no_such_version_are_no_finding(upgrading: Upgrading) -> None:
    upgrading.store([two_versions()], widget("w1"))
    upgrading.put(crd())
    rules = {each["rule"] for each in upgrading.found()["findings"]}
    assert "version-removed-managedfields" not in rules


def test_what_was_invalid_before_is_told_apart(upgrading: Upgrading) -> None:
    upgrading.store([crd()], widget("w1", mode="odd"))
    upgrading.put(crd(color={"type": "string", "default": "blue"}))
    [hurt] = upgrading.found()["objects"]["affected"]
    assert all(
        "under the old CRD" in e["message"] for e in hurt["reasons"] if e["operation"] != "read"
    )
    assert not [e for e in upgrading.found()["findings"] if e["level"] == "breaking"]


def test_a_crd_that_vanishes_is_a_note_and_breaking_when_pruned(upgrading: Upgrading) -> None:
    others = [crd("Gone"), crd("Other", group="other.example")]
    upgrading.store([crd(), *others], widget("g1", kind="Gone"))
    upgrading.put(crd(size=REWORDED))
    gone = upgrading.found(name="gones.example.com")
    assert (gone["change"], gone["level"], gone["objects"]["hurt"]) == ("removed", "risky", 0)
    assert "the API group example.com" in gone["findings"][0]["message"]
    assert upgrading.found(name="others.other.example")["change"] == "unchanged"
    assert upgrading.check().code == 0
    pruned = upgrading.found("--prune", name="gones.example.com")
    assert (pruned["level"], pruned["findings"][0]["objects"]) == ("breaking", 2)
    assert upgrading.check("--prune").code == 1


@pytest.mark.parametrize(
    ("namespace", "scope", "options", "level", "known"),
    [
        ("shop", "Namespaced", WITH, "breaking", None),
        ("quay", "Namespaced", WITH, "breaking", None),
        ("quay", "Namespaced", WITHOUT, "breaking", None),
        ("quay", "Cluster", WITH, "risky", 0),
        ("quay", "Cluster", WITHOUT, "risky", 0),
    ],
)
def test_a_snapshot_of_one_namespace_does_not_know_how_many_objects_go(
    upgrading: Upgrading,
    namespace: str,
    scope: str,
    options: tuple[str, ...],
    level: str,
    known: int | None,
) -> None:
    """A kind without namespaces is read wholly; of another one objects may be anywhere."""
    gone, there = crd("Gone"), widget("w1")
    gone["spec"]["scope"] = scope
    there["metadata"]["namespace"] = "quay"
    of_gone = [widget("g1", kind="Gone")] if scope == "Namespaced" else []
    upgrading.store([crd(), gone], there, *of_gone, options=("-n", namespace, *options))
    upgrading.put(crd(size=REWORDED))
    found = upgrading.found("--prune", name="gones.example.com")
    assert (found["level"], found["findings"][0]["objects"]) == (level, known)
    assert found["objects"]["known"] is (known is not None)
    assert ("It has" in found["findings"][0]["message"]) is (known is not None)


@pytest.mark.parametrize(("scope", "code"), [("Namespaced", 3), ("Cluster", 0)])
def test_of_one_namespace_objects_without_any_are_all_read(
    upgrading: Upgrading, scope: str, code: int
) -> None:
    widgets, one = crd(), widget("w1", mode="fast")
    widgets["spec"]["scope"] = scope
    if scope == "Cluster":
        del one["metadata"]["namespace"]
    upgrading.store([widgets], one, options=("-n", "depot", *WITH))
    told = upgrading.objects()
    assert (told.code, "were read in depot only" in told.out) == (code, code == 3), told


@pytest.mark.parametrize(
    ("settings", "levels", "ignored"),
    [
        ("{profile: writers}", ["breaking"], False),
        ("{severity: {crd-removed: cosmetic}}", ["cosmetic"], False),
        ("{severity: {crd-removed: off}}", [], False),
        ("{ignore: [{rule: crd-removed, reason: known}]}", [], True),
    ],
)
def test_what_the_configuration_says_of_a_crd_that_vanishes(
    upgrading: Upgrading, checking: Checking, settings: str, levels: list[str], ignored: bool
) -> None:
    upgrading.store([crd(), crd("Gone")], widget("g1", kind="Gone"))
    upgrading.put(crd(size=REWORDED))
    checking.put(".k8s-datamodel.yaml", f"check: {settings}")
    gone = upgrading.found("--prune", name="gones.example.com")
    assert [each["level"] for each in gone["findings"]] == levels
    assert ("ignores 1 finding" in upgrading.check("--prune").out) is ignored


@pytest.mark.parametrize(("option", "code"), [((), 3), (("--unknown", "fail"), 1)])
def test_a_verdict_that_is_not_known_makes_the_exit_code(
    upgrading: Upgrading, option: tuple[str, ...], code: int
) -> None:
    defaulted = crd(size={"type": "integer", "default": 1})
    upgrading.store([defaulted], widget("w1", size=1))
    upgrading.put(crd(size={"type": "integer", "default": 2}))
    told = upgrading.check(*option, "-o", "json")
    assert (told.code, told.json["complete"]) == (code, False)
    assert told.json["unknown"] > 0
    assert "not known" in told.err


def test_instances_are_read_only_from_the_snapshots_cluster(upgrading: Upgrading) -> None:
    upgrading.store([crd()], widget("w1"))
    upgrading.put(crd(mode=NARROWER))
    told = upgrading.check("--read-instances")
    assert told.code == 2
    assert "does not say which cluster" in told.err


def test_the_snapshots_cluster_is_told_by_its_uid(upgrading: Upgrading, checking: Checking) -> None:
    checking.put("cluster/system.yaml", system("one"))
    upgrading.store([crd()], widget("w1", mode="slow"), options=WITHOUT)
    upgrading.put(crd(mode=NARROWER))
    checking.put("other/system.yaml", system("two"), crd())
    source = ("--source", str(checking.folder / "cluster"))
    [hurt] = upgrading.found("--read-instances", before=source)["objects"]["affected"]
    assert hurt["name"] == "w1"
    told = upgrading.check("--read-instances", before=("--source", str(checking.folder / "other")))
    assert told.code == 2
    assert "another cluster" in told.err


def test_without_the_engine_it_says_once_how_to_get_it(
    upgrading: Upgrading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "find_engine", lambda: None)
    upgrading.store([crd()], widget("w1", mode="slow"))
    ruled = {"type": "string", "x-kubernetes-validations": [{"rule": "self != 'slow'"}]}
    upgrading.put(crd(mode={**ruled, "enum": ["fast", "slow"], "maxLength": 9}))
    told = upgrading.check()
    remarks = [line for line in told.lines if not line.startswith(" ")]
    assert len([line for line in remarks if "pip install" in line]) == 1
    assert upgrading.found()["objects"]["affected"][0]["operations"]["create"] == "unknown"


@pytest.mark.postgresql
def test_a_snapshot_on_postgresql(
    upgrading: Upgrading, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K8S_DATAMODEL_DB", postgres.new_database())
    upgrading.store([two_versions()], widget("w1", version="v1beta1"), widget("w2"))
    upgrading.put(crd())
    [hurt] = upgrading.found()["objects"]["affected"]
    assert (hurt["name"], hurt["operations"]["apply"]) == ("w1", "refused")


def test_plugins_that_only_tell_more_may_be_disabled(
    upgrading: Upgrading, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    upgrading.store([crd()], widget("w1", mode="slow"))
    upgrading.put(crd(mode=NARROWER))
    monkeypatch.setenv("K8S_DATAMODEL_CONFIG_DIR", str(tmp_path / "config"))
    for name in ("operators", "olm"):
        assert run(["plugins", "disable", name]) == 0
    told = upgrading.check("-o", "json")
    assert (told.code, told.json["level"]) == (1, "breaking")


def test_a_path_is_a_moment_too(upgrading: Upgrading) -> None:
    upgrading.store([crd()], widget("w1", mode="slow"))
    upgrading.put(crd(mode=NARROWER))
    [hurt] = upgrading.found("--against", "cluster")["objects"]["affected"]
    assert hurt["name"] == "w1"


def test_the_lines_fit_where_many_crds_change(upgrading: Upgrading) -> None:
    kinds = [f"Widget{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(30)]
    things = [widget(f"{kind}-{n}".lower(), kind, mode="slow") for kind in kinds for n in range(3)]
    upgrading.store([crd(kind) for kind in kinds], *things)
    upgrading.put(*(crd(kind, mode=NARROWER) for kind in kinds))
    told = upgrading.check()
    assert len(told.lines) <= 60
    assert told.lines[0].startswith("Breaking: ")
    assert "90 of 120 objects" in told.lines[0]
    assert len(upgrading.check("--all").lines) > 90


@pytest.mark.parametrize("output", ["markdown", "sarif", "github", "yaml", "csv", "name"])
def test_every_format_has_it(upgrading: Upgrading, output: str) -> None:
    upgrading.store([crd()], widget("w1", mode="slow"))
    upgrading.put(crd(mode=NARROWER))
    told = upgrading.check("-o", output)
    assert told.code == 1
    assert WIDGETS in told.out


@pytest.mark.parametrize("options", [(), ("--all",), ("-o", "markdown")])
def test_hostile_names_move_no_cursor(upgrading: Upgrading, options: tuple[str, ...]) -> None:
    upgrading.store([crd()], widget("w\x1b[2J\n::error::w", mode="slow"))
    upgrading.put(crd(mode=NARROWER))
    told = upgrading.check(*options)
    assert told.code == 1
    assert "\x1b" not in told.out
    assert not [line for line in told.lines if line.startswith("::")]


def test_there_is_no_snapshot(upgrading: Upgrading) -> None:
    upgrading.put(crd())
    told = upgrading.check()
    assert told.code == 4
    assert "no snapshot to hold it against" in told.err
    assert upgrading.check("--against", "-").code == 2


def test_objects_that_could_not_be_restored(upgrading: Upgrading) -> None:
    upgrading.store([crd()], widget("w1", mode="odd"), widget("w2", mode="fast"))
    told = upgrading.objects("-o", "json")
    Draft202012Validator(SCHEMA).validate(told.json)
    [found] = told.json["crds"]
    assert (told.code, found["level"], found["change"]) == (1, "breaking", "unchanged")
    [hurt] = found["objects"]["affected"]
    assert (hurt["name"], hurt["operations"]["create"]) == ("w1", "refused")
    assert [each["path"] for each in found["findings"]] == ["spec.mode"]
    assert "A restore would lose something" in upgrading.objects().out


@pytest.mark.parametrize(
    ("ignore", "code"),
    [
        (f"{{crd: {WIDGETS}, reason: known}}", 0),
        ("{path: spec.mode, reason: known}", 0),
        ("{path: spec.size, reason: known}", 1),
    ],
)
def test_of_objects_too_what_is_ignored_does_not_count(
    upgrading: Upgrading, checking: Checking, ignore: str, code: int
) -> None:
    upgrading.store([crd()], widget("w1", mode="odd"))
    checking.put(".k8s-datamodel.yaml", f"check: {{ignore: [{ignore}]}}")
    told = upgrading.objects()
    assert told.code == code
    assert ("The configuration ignores 1 finding." in told.lines) is (code == 0)


def test_objects_that_could_be_restored(upgrading: Upgrading) -> None:
    upgrading.store([crd()], widget("w2", mode="fast"))
    told = upgrading.objects()
    assert (told.code, told.lines[0]) == (
        0,
        "Everything that was read could be restored; "
        "0 of 2 objects would be refused, lose data or be gone.",
    )


def test_objects_need_a_snapshot_that_has_some(upgrading: Upgrading) -> None:
    upgrading.store([crd()], options=WITHOUT)
    told = upgrading.objects()
    assert told.code == 4
    assert "--with-instances keeps them" in told.err
