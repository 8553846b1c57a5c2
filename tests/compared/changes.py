"""What programs say of changes of CRDs, beside what a real API server did with an object of each.

The cases and the server's answers are those of ``rehearsal``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Bench, Cost
from compared.ways import MIB
from rehearsal.answers import every_case, kept
from rehearsal.cases import Case, Json, crd
from rehearsal.compared import GROUP

COLUMNS = [
    *("program", "command", "hurts, and it says so", "hurts, and it does not"),
    *("fine, and it says so", "fine, and it complains", "CPU seconds", "peak MiB"),
]
_HURT = {"refused", "pruned", "gone"}
Verdicts = dict[str, bool]
"""By the name of a change or of an object, whether a program complains."""


@dataclass(frozen=True)
class Told:
    """A program's verdicts, and what they cost."""

    program: str
    command: str
    verdicts: Verdicts
    wall: float
    cpu: float
    memory: int

    def row(self, truth: Mapping[str, bool]) -> list[str]:
        counts = Counter((truth[name], said) for name, said in self.verdicts.items())
        return [
            self.program,
            f"`{self.command}`",
            *(f"{counts[each]}" for each in ((True, True), (True, False))),
            *(f"{counts[each]}" for each in ((False, False), (False, True))),
            f"{self.cpu:.1f}",
            f"{self.memory / MIB:.0f}",
        ]


def _told(program: str, command: str, verdicts: Verdicts, *costs: Cost) -> Told:
    return Told(
        program,
        command,
        verdicts,
        sum(each.wall for each in costs),
        sum(each.cpu for each in costs),
        max(each.memory for each in costs),
    )


def _named(case: Case, which: str) -> Json:
    """The CRD of one side, in a group of the case's own, with the status that a server gives it."""
    found = crd(f"{case.name}.{GROUP}", getattr(case, which))
    stored = [each["name"] for each in found["spec"]["versions"] if each["storage"]]
    return {**found, "status": {"storedVersions": stored, "acceptedNames": found["spec"]["names"]}}


def _played() -> Iterator[tuple[Case, Json]]:
    """Cases whose object was made under the old CRD, with the answers."""
    answers = kept()
    return ((each, answers[each.name]) for each in every_case() if each.before is None)


def _key(case: Case) -> str:
    return json.dumps([case.old, case.new], sort_keys=True)


def hurting() -> tuple[dict[str, Case], dict[str, bool]]:
    """Each change once, and whether the server refuses the CRD, or hurts one of the objects."""
    changes: dict[str, Case] = {}
    hurts: dict[str, bool] = {}
    names: dict[str, str] = {}
    for case, said in _played():
        name = names.setdefault(_key(case), case.name)
        changes.setdefault(name, case)
        bad = "crd" in said or bool(_HURT & set(said["operations"].values()))
        hurts[name] = hurts.get(name, False) or bad
    return changes, hurts


def of_changes(bench: Bench, folder: Path) -> tuple[list[Told], dict[str, bool]]:
    """What crdify and ours say of each change, and what is true."""
    changes, hurts = hurting()
    for which in ("old", "new"):
        (folder / which).mkdir(parents=True, exist_ok=True)
        for name, case in changes.items():
            (folder / which / f"{name}.json").write_text(json.dumps(_named(case, which)))
    ours = [_by_compat(bench, folder, level) for level in ("breaking", "risky")]
    _write_objects(folder / "old")
    told = [_by_crdify(bench, folder, list(changes)), *ours, _by_upgrade(bench, folder)]
    return told, hurts


def _by_crdify(bench: Bench, folder: Path, names: list[str]) -> Told:
    said, costs = {}, []
    for name in names:
        sides = [f"file://{folder / which / name}.json" for which in ("old", "new")]
        cost, code, _ = bench.ended("crdify", *sides)
        said[name] = code != 0
        costs.append(cost)
    return _told("crdify", "crdify file://OLD file://NEW, once for each", said, *costs)


def _by_compat(bench: Bench, folder: Path, level: str) -> Told:
    bad = ["blocked", "breaking", *(["risky", "unclassified"] if level == "risky" else [])]
    command = ("check", "compat", folder / "old", folder / "new", "-o", "json")
    cost = bench.ours(*command, code=1)
    found = json.loads(bench.out.read_text())["crds"]
    said = {each["name"].split(".")[1]: each["level"] in bad for each in found}
    shown = f"k8s-datamodel check compat OLD NEW --fail-on {level}"
    return _told(f"k8s-datamodel, {level} or worse", shown, said, cost)


def _write_objects(folder: Path) -> None:
    """Beside each CRD a list of the objects that the server was asked about."""
    names: dict[str, str] = {}
    lists: dict[str, list[Json]] = {}
    for case, said in _played():
        name = names.setdefault(_key(case), case.name)
        shown = json.loads(json.dumps(said["shown"]).replace(GROUP, f"{name}.{GROUP}"))
        shown["metadata"]["namespace"] = case.name
        lists.setdefault(name, []).append(shown)
    for name, items in lists.items():
        head = {"apiVersion": items[0]["apiVersion"], "kind": "ThingList", "metadata": {}}
        (folder / f"{name}-objects.json").write_text(json.dumps({**head, "items": items}))


def _by_upgrade(bench: Bench, folder: Path) -> Told:
    command = ("check", "upgrade", folder / "new", "--against", folder / "old")
    cost, *_ = bench.ended("k8s-datamodel", *command, "--kubernetes", "1.36", "--all", "-o", "json")
    said = {
        each["name"].split(".")[1]: each["level"] == "blocked" or _hurts(each["objects"])
        for each in json.loads(bench.out.read_text())["crds"]
    }
    shown = "k8s-datamodel check upgrade NEW --against OLD, which holds the objects, too"
    return _told("k8s-datamodel, objects hurt", shown, said, cost)


def _hurts(objects: Json) -> bool:
    """Whether an operation on one of the objects is told to go wrong."""
    return any(_HURT & set(each["operations"].values()) for each in objects["affected"])
