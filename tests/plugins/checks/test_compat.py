"""``check compat``: what it answers, in JSON and by its exit code; a failure is never clean."""

from __future__ import annotations

import io
import json
import os
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from k8s_datamodel.cli import run
from support.made_checks import NARROWER, REWORDED, Checking, crd

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "check.json").read_text())


def both(checking: Checking, **changed: Any) -> None:
    checking.put("old/a.yaml", crd())
    checking.put("new/a.yaml", crd(**changed))


def test_all_crds_of_either_side_are_told_by_name(checking: Checking) -> None:
    checking.put("old/a.yaml", crd("Same"), crd("Gone"), crd("Widget"), crd("Word"))
    checking.put("new/b.yaml", crd("Word", size=REWORDED), crd("Widget", mode=NARROWER))
    checking.put("new/c.yaml", crd("Same"), crd("Fresh"))
    told = checking.compat("-o", "json")
    assert told.code == 1
    Draft202012Validator(SCHEMA).validate(told.json)
    assert list(told.json) == SCHEMA["required"]
    assert (told.json["level"], told.json["complete"]) == ("breaking", True)
    assert (told.json["from"]["cluster_context"], told.json["to"]["crd_count"]) == ("old", 4)
    found = [(each["name"], each["change"], each["level"]) for each in told.json["crds"]]
    assert found == [
        ("freshs.example.com", "added", "additive"),
        ("gones.example.com", "removed", "risky"),
        ("sames.example.com", "unchanged", "none"),
        ("widgets.example.com", "changed", "breaking"),
        ("words.example.com", "changed", "cosmetic"),
    ]
    assert told.json["crds"][3]["schema_level"] == "breaking"
    [finding] = told.json["crds"][3]["findings"]
    assert {**finding, "message": ""} == {
        "rule": "enum-value-removed",
        "level": "breaking",
        "version": "v1",
        "path": "spec.mode",
        "from": ["fast", "slow"],
        "to": ["fast"],
        "message": "",
        "objects": None,
    }
    assert yaml.safe_load(checking.compat("-o", "yaml").out)["crds"] == told.json["crds"]


def test_findings_are_in_order(checking: Checking) -> None:
    changed = crd(mode=NARROWER, ports={"type": "string"})
    changed["spec"]["names"]["shortNames"] = ["wd"]
    changed["spec"]["versions"].append(
        {**crd()["spec"]["versions"][0], "name": "v2", "storage": False}
    )
    checking.put("old/a.yaml", crd())
    checking.put("new/a.yaml", changed)
    [found] = checking.compat("-o", "json").json["crds"]
    places = [(each["version"] or "", each["path"] or "") for each in found["findings"]]
    assert places == sorted(places)
    assert len({version for version, _ in places}) > 2


@pytest.mark.parametrize(
    ("changed", "options", "code"),
    [
        ({}, (), 0),
        ({"size": REWORDED}, (), 0),
        ({"size": REWORDED}, ("--fail-on", "cosmetic"), 1),
        ({"mode": NARROWER}, (), 1),
        ({"mode": NARROWER}, ("--fail-on", "blocked"), 0),
        ({"more": {"type": "string"}}, ("--fail-on", "risky"), 0),
        ({"more": {"type": "string"}}, ("--fail-on", "additive"), 1),
        ({"mode": NARROWER}, ("--fail-on", "none"), 2),
        ({}, ("--kubernetes", "new"), 2),
        ({}, ("--profile", "everybody"), 2),
        ({}, ("--config", "gone.yaml"), 2),
        ({}, ("--name", "nothing"), 2),
        ({}, ("-o", "pdf"), 2),
    ],
)
def test_exit_codes(
    checking: Checking, changed: dict[str, Any], options: tuple[str, ...], code: int
) -> None:
    both(checking, **changed)
    told = checking.compat(*options)
    assert told.code == code, told
    assert bool(told.out) == (code != 2)


UNREADABLE = {
    "new/broken.yaml": "a: [1\n",
    "new/cut.yaml": yaml.safe_dump(crd("Cut"))[:-30] + "\n  : [",
    "new/half.yaml": "apiVersion: apiextensions.k8s.io/v1\n",
    "new/empty.yaml": "",
    "new/crds.cue": "widget: {}\n",
    "new/template.yaml": "{{- if .Values.crds }}\nkind: X\n",
    "new/versionless.yaml": yaml.safe_dump(
        {**crd("Less"), "spec": {**crd("Less")["spec"], "versions": []}}
    ),
    "new/nameless.yaml": yaml.safe_dump(
        {**crd("Less"), "spec": {**crd("Less")["spec"], "versions": [{"served": True}]}}
    ),
    "new/anonless.yaml": yaml.safe_dump({**crd(), "metadata": {}}),
    "old/broken.json": '{"a": ',
}


@pytest.mark.parametrize("place", UNREADABLE)
def test_what_cannot_be_read_or_judged_is_never_clean(checking: Checking, place: str) -> None:
    both(checking)
    checking.put(place, UNREADABLE[place])
    told = checking.compat("-o", "json", "--fail-on", "blocked")
    name = (
        "name" if "anon" in place else "less" if place.endswith("less.yaml") else Path(place).name
    )
    assert told.code == 3, told
    assert told.json["complete"] is False
    assert name in told.err


def test_what_is_not_looked_into_is_never_clean(checking: Checking) -> None:
    both(checking)
    more = checking.put("more/b.yaml", crd("Gadget")).parent
    for name in ("README", "b.yaml"):
        (checking.folder / "new" / name).symlink_to("nowhere")
    with tarfile.open(checking.folder / "new" / "more.tgz", "w:gz") as archive:
        archive.add(more, "more")
    os.mkfifo(checking.folder / "new" / "pipe.yaml")
    told = checking.compat("-o", "json")
    assert (told.code, told.json["complete"]) == (3, False)
    assert [each.partition("new: ")[2].partition(": ")[0] for each in told.err.splitlines()] == [
        *("could not read b.yaml", "could not read pipe.yaml"),
        *("could not read all of customresourcedefinitions.apiextensions.k8s.io", "more.tgz"),
    ]
    (checking.folder / "new" / "b.yaml").unlink()
    for name in ("more.tgz", "pipe.yaml"):
        (checking.folder / "new" / name).unlink()
    assert checking.compat().code == 0  # a README that leads nowhere held no CRD


def test_an_empty_word_is_no_folder(checking: Checking) -> None:
    both(checking)
    for words in (("", "new"), ("old", "")):
        told = checking.run("compat", *words)
        assert (told.code, told.out) == (2, "")
        assert "an empty argument names nothing" in told.err


def test_of_two_crds_with_one_name_nobody_knows_which_is_meant(checking: Checking) -> None:
    both(checking)
    checking.put("new/b.yaml", crd())
    assert checking.compat().code == 0
    checking.put("new/b.yaml", crd(size=REWORDED))
    told = checking.compat()
    assert told.code == 3
    assert "1 with other content" in told.out


ONCE = {
    "the report has it": ((), "out"),
    "and so has Markdown": (("-o", "markdown"), "out"),
    "annotations": (("-o", "github"), "out"),
    "a document for programs": (("-o", "json"), "err"),
    "a report that is not on the screen": (("--file", "report.txt", "-o", "table"), "err"),
}


@pytest.mark.parametrize("case", ONCE)
def test_what_is_not_known_is_said_once(
    checking: Checking, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    both(checking)
    (checking.folder / "new" / "bad.yaml").write_text("{{ template")
    options, stream = ONCE[case]
    told = checking.compat(*options)
    assert told.code == 3
    said = {"out": told.out, "err": told.err}
    reason = "line 2: did not find expected"
    assert said.pop(stream).count(reason) == 1
    assert all(reason not in other or options[-1:] == ("json",) for other in said.values())


def test_what_fails_comes_before_what_could_not_be_read(checking: Checking) -> None:
    both(checking, mode=NARROWER)
    checking.put("new/broken.yaml", UNREADABLE["new/broken.yaml"])
    assert checking.compat().code == 1


HARMLESS = {
    "new/README.md": "# CRDs\n",
    "new/kustomization.yaml": "resources: [a.yaml]\n",
    "new/LICENSE": "Free.\n",
    "new/.gitignore": "x\n",
    "new/words.yaml": "# Nothing is here.\n",
    "new/more.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
}


def test_what_stands_beside_crds_is_no_failure(checking: Checking) -> None:
    both(checking)
    for place, text in HARMLESS.items():
        checking.put(place, text)
    told = checking.compat()
    assert (told.code, told.err) == (0, "")


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("./nowhere", "there is no file or folder ./nowhere"),
        ("nowhere", "there is no file or folder nowhere; no database at"),
        ("hollow", "holds no Kubernetes object (0 files looked at)"),
        ("others", "others holds no CRD"),
        ("words.bin", "words.bin"),
        ("zero.yaml", "zero.yaml holds no Kubernetes object"),
        ("cut.yaml", "cut.yaml holds no Kubernetes object"),
    ],
)
def test_without_any_crd_there_is_no_answer(checking: Checking, new: str, said: str) -> None:
    both(checking)
    (checking.folder / "hollow").mkdir()
    checking.put("others/a.yaml", HARMLESS["new/more.yaml"])
    (checking.folder / "words.bin").write_bytes(bytes(range(256)))
    checking.put("zero.yaml", "")
    checking.put("cut.yaml", UNREADABLE["new/broken.yaml"])
    for told in (checking.compat(new=new), checking.compat(old=new, new="new")):
        assert (told.code, told.out) == (4, "")
        assert said in told.err


def test_an_unreadable_file_is_never_clean(
    checking: Checking, monkeypatch: pytest.MonkeyPatch
) -> None:
    both(checking)
    path = checking.put("new/locked.yaml", crd("Locked"))
    opened = Path.open

    def locked(self: Path, *arguments: Any, **options: Any) -> Any:
        if self.name == path.name:
            raise PermissionError(13, "Permission denied", str(self))
        return opened(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", locked)
    told = checking.compat()
    assert told.code == 3
    assert "locked.yaml could not be read (failed): permission denied" in told.out


def test_stdin_archives_and_single_files_are_sides_too(
    checking: Checking, monkeypatch: pytest.MonkeyPatch
) -> None:
    both(checking, mode=NARROWER)
    text = (checking.folder / "new" / "a.yaml").read_bytes()
    for sides in ({"new": "-"}, {"old": "new", "new": "-"}, {"old": "-", "new": "old"}):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        told = checking.compat(**sides)
        assert told.code == (1 if sides == {"new": "-"} else 0), told
    with tarfile.open("new.tgz", "w:gz") as tar:
        tar.add("new")
    assert checking.compat(new="new.tgz").code == 1
    assert checking.compat(old="old/a.yaml", new="new/a.yaml").code == 1
    told = checking.compat(old="-", new="-")
    assert told.code == 2
    assert "both stdin" in told.err


def test_snapshots_are_sides_too(checking: Checking, monkeypatch: pytest.MonkeyPatch) -> None:
    both(checking, mode=NARROWER)
    monkeypatch.setenv("K8S_DATAMODEL_DB", str(checking.folder / "x.db"))
    for side in ("old", "new"):
        assert run(["--source", side, "-q", "database", "store"]) == 0
    for sides in (("1", "2"), ("old", "2"), ("latest~1", "./new")):
        told = checking.run("compat", *sides, "-o", "json")
        assert (told.code, told.json["level"]) == (1, "breaking")
    assert checking.run("compat", "2", "new").code == 0


def live(thing: dict[str, Any]) -> dict[str, Any]:
    """As a server gives it."""
    metadata = {**thing["metadata"], "uid": thing["metadata"]["name"], "generation": 1}
    return {**thing, "metadata": metadata, "status": {"storedVersions": ["v1"]}}


def test_manifests_say_nothing_of_other_groups_of_a_cluster(checking: Checking) -> None:
    installed = [crd(), crd("Gone"), crd("Other", "elsewhere.example")]
    checking.put("old/a.yaml", *map(live, installed))
    checking.put("new/a.yaml", crd())
    told = checking.compat("-o", "json")
    found = {each["name"]: (each["change"], each["level"]) for each in told.json["crds"]}
    assert found == {
        "gones.example.com": ("removed", "risky"),
        "others.elsewhere.example": ("removed", "none"),
        "widgets.example.com": ("unchanged", "none"),
    }
    assert "nothing of 1 CRD of OLD: not looked at" in checking.compat().out


@pytest.mark.parametrize("options", [(), ("--prune",)])
def test_what_could_not_be_read_is_not_said_to_be_removed(
    checking: Checking, options: tuple[str, ...]
) -> None:
    checking.put("old/a.yaml", crd(), crd("Gone"))
    checking.put("new/a.yaml", crd())
    checking.put("new/gone.yaml", UNREADABLE["new/broken.yaml"])
    folders = [str(checking.folder / each) for each in ("new", "old")]
    upgrade = checking.run("upgrade", folders[0], "--against", folders[1], *options, "-o", "json")
    for told in (checking.compat("-o", "json"), upgrade):
        assert told.code == 3
        gone = next(each for each in told.json["crds"] if each["name"] == "gones.example.com")
        assert (gone["level"], gone["findings"]) == ("none", [])


def test_a_bound_that_a_manifest_drops_is_seen_beside_a_cluster(checking: Checking) -> None:
    checking.put("old/a.yaml", live(crd(extra={"type": "string"})))
    checking.put("new/a.yaml", crd())
    told = checking.compat("-o", "json")
    assert [each["rule"] for each in told.json["crds"][0]["findings"]] == ["field-removed"]


def test_a_plugin_that_cannot_be_used_is_no_answer(
    checking: Checking, monkeypatch: pytest.MonkeyPatch
) -> None:
    both(checking)
    (checking.folder / "config" / "plugins").mkdir(parents=True)
    (checking.folder / "config" / "plugins" / "broken.py").write_text("1 / 0\n")
    monkeypatch.setenv("K8S_DATAMODEL_CONFIG_DIR", str(checking.folder / "config"))
    monkeypatch.delenv("K8S_DATAMODEL_NO_EXTERNAL_PLUGINS", raising=False)
    told = checking.compat("--strict")
    assert (told.code, told.out) == (4, "")


def test_names_and_groups_narrow_it(checking: Checking) -> None:
    checking.put("old/a.yaml", crd(), crd("Gadget", "other.example"))
    new = (crd(mode=NARROWER), crd("Gadget", "other.example", mode=NARROWER))
    checking.put("new/a.yaml", *new)
    for options in (("--name", "widgets*"), ("--group", "example.com")):
        told = checking.compat(*options, "-o", "json")
        assert [each["name"] for each in told.json["crds"]] == ["widgets.example.com"]


def test_the_profile_and_the_release_decide(checking: Checking) -> None:
    both(checking, mode=NARROWER)
    assert checking.compat("--profile", "writers").code == 1
    told = checking.compat("--profile", "readers", "-o", "json").json
    assert [(each["change"], each["level"]) for each in told["crds"]] == [("changed", "none")]
    rule = {"x-kubernetes-validations": [{"rule": "isIP(self)"}]}
    both(checking, mode={"type": "string", "enum": ["fast", "slow"], **rule})
    told = checking.compat("--kubernetes", "1.28", "-o", "json")
    assert (told.code, told.json["level"]) == (1, "blocked")
    assert checking.compat("--kubernetes", "v1.33.1+k3s1").code == 0


def test_neither_a_database_nor_a_cluster_is_made_or_asked(
    checking: Checking, monkeypatch: pytest.MonkeyPatch
) -> None:
    both(checking, size=REWORDED)
    monkeypatch.setenv("KUBECONFIG", "/nowhere")
    assert checking.compat().code == 0
    assert not (checking.folder / "no.db").exists()
