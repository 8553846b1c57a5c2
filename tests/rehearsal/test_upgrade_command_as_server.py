"""`check upgrade` says what the real API server said, or that it is not known."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from cluster.client import Client
from cluster.fixtures import MakeProxy
from cluster.server import Cluster
from k8s_datamodel.cli import run
from k8s_datamodel_plugins.cel_rules import missing
from k8s_datamodel_plugins.rehearsal import OPERATIONS
from rehearsal.answers import every_case, kept
from rehearsal.cases import Case, Json, crd
from rehearsal.compared import GROUP
from rehearsal.player import Player

CASES = {case.name: case for case in every_case()}
PLAYED = {name: told for name, told in kept().items() if "crd" not in told}
LIVE = ("apply-bool-number", "random-117", "versions-v1-default-v1-v2")
SOME = sorted(PLAYED)[::3]
"""The engine itself is held against all of them."""

GOOD = ("same", "ok")
Check = Callable[[Json], list[Json]]


def test_it_says_what_the_server_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("K8S_DATAMODEL_DB", "stored.db")
    names = [name for name in SOME if not (name.startswith("cel-") and missing())]
    for place in ("old", "new"):
        Path(place).mkdir()
        crds = [crd(f"{name}.{GROUP}", getattr(CASES[name], place)) for name in names]
        Path(place, "crds.json").write_text(json.dumps({"kind": "List", "items": crds}))
    for name in names:
        shown = json.loads(json.dumps(PLAYED[name]["shown"]).replace(GROUP, f"{name}.{GROUP}"))
        head = {"apiVersion": shown["apiVersion"], "kind": "ThingList", "metadata": {}}
        Path("old", f"{name}.json").write_text(json.dumps({**head, "items": [shown]}))
    only = ("--with-instances", "--no-operators", "--no-olm", "--allow-incomplete")
    assert run(["--source", "old", "database", "store", *only]) == 0
    capsys.readouterr()
    run(["check", "upgrade", "new", "--kubernetes", "1.36", "--all", "-o", "json"])
    told = json.loads(capsys.readouterr().out)
    found = {each["name"].split(".")[1]: each for each in told["crds"]}
    assert set(found) == set(names)
    counts: Counter[str] = Counter()
    differing = {}
    for name in names:
        operations = operations_of(found[name])
        for operation, said in PLAYED[name]["operations"].items():
            here = operations[operation]
            counts["unknown" if here == "unknown" else "equal"] += 1
            if here not in (said, "unknown"):
                differing[name, operation] = here, said
    assert differing == {}
    assert counts["unknown"] < 0.1 * counts["equal"]


def operations_of(checked: Json) -> Json:
    """The verdicts on the one object of a CRD; it is left out where nothing happens to it."""
    affected = checked["objects"]["affected"]
    fine = {each: GOOD[each != "read"] for each in OPERATIONS}
    return affected[0]["operations"] if affected else fine


class Upgrade(Player):
    """Plays a case, and asks the command before the new CRD is put."""

    def __init__(self, client: Client, case: Case, check: Check) -> None:
        super().__init__(client, case)
        self._check = check
        self.told: list[Json] = []

    def _put(self, spec: Json, *, may_fail: bool = False) -> str:
        if may_fail:
            self.told = self._check(crd(self.group, spec))
        return super()._put(spec, may_fail=may_fail)


@pytest.mark.cluster
@pytest.mark.parametrize("name", LIVE)
def test_it_foretells_what_the_server_does(
    name: str,
    cluster: Cluster,
    proxy: MakeProxy,
    admin: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Against a snapshot with objects, one whose objects are read now, and a live cluster.

    It only reads, and lists objects only of the CRD that changes.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("K8S_DATAMODEL_DB", "stored.db")
    seen = proxy(cluster)
    monkeypatch.setenv("KUBECONFIG", str(seen.kubeconfig))

    def check(new: Json) -> list[Json]:
        Path("new.json").write_text(json.dumps(new))
        store = ("database", "store", "--no-operators", "--no-olm", "--allow-incomplete")
        found = []
        for with_objects, how in (
            (("--with-instances", new["spec"]["group"]), ()),
            ((), ("--read-instances",)),
            (None, ("--against", "live")),
        ):
            if with_objects is not None:
                assert run([*store, *with_objects]) == 0
            capsys.readouterr()
            only = ("--group", new["spec"]["group"], "--all", "-o", "json")
            before = len(seen.requests)
            run(["check", "upgrade", "new.json", *how, *only])
            asked = seen.requests[before:]
            assert {each.method for each in asked} <= {"GET"}
            counted = "limit=1"  # of each CRD, also of those that other tests left behind
            read = [each.path for each in asked if "/things" in each.path and each.query != counted]
            assert all(new["spec"]["group"] in path for path in read), read
            told = capsys.readouterr()
            found.append(json.loads(told.out)["crds"][0])
        before = len(seen.requests)
        run(["check", "objects", "live", *only[:2], "-o", "json"])
        [today] = json.loads(capsys.readouterr().out)["crds"]
        assert {k: today["objects"][k] for k in ("known", "hurt")} == {"known": True, "hurt": 0}
        assert {each.method for each in seen.requests[before:]} <= {"GET"}
        return found

    case = CASES[name]
    player = Upgrade(admin, case, check)
    try:
        answers = player.play()
    finally:
        player.forget()
    assert answers["operations"] == PLAYED[name]["operations"]
    for told in player.told:
        assert told["objects"]["known"] is True
        assert operations_of(told) == answers["operations"]
        assert told["objects"] == player.told[0]["objects"]
