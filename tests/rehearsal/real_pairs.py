"""Pairs of releases of public projects, one or more of each kind of change, and objects of each.

The CRDs are read from the corpora and stay there: kept are digests of them and the verdicts.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import yaml

from k8s_datamodel_plugins.rehearsal import Rehearsal
from k8s_datamodel_plugins.rehearsal.server_steps import read
from rehearsal.cases import Case, Json, crd
from rehearsal.compared import GROUP, compare, rehearsal
from rehearsal.real_crds import Loader, made_at, versions_of

FILE = Path(__file__).parents[1] / "data" / "rehearsal" / "releases.json"
OF_EACH = 8
_TRIES = 400
_CRDS, _OPERATORS = "crds", "operators"
_KYVERNO, _KYVERNO_1_14 = f"{_CRDS}/kyverno", f"{_OPERATORS}/kyverno@v1.14.5"
_KYVERNO_1_5 = f"{_CRDS}/kyverno@v1.5.6"
_PROMETHEUS_0_13 = f"{_OPERATORS}/kube-prometheus@v0.13.0"
_PROMETHEUS = f"{_CRDS}/prometheus-operator"


@dataclass(frozen=True)
class Pair:
    """A CRD in two releases.

    Attributes:
        kind: What the newer one changes; with the name of the CRD it is unique.
        name: Of the CRD.
        old: The archive and the folder of the older release.
        new: The same of the newer one.
        values: By a path in the spec, what objects have there in turn; `*` is the one item.
        managers: In which versions others wrote every second object.
    """

    kind: str
    name: str
    old: str
    new: str
    values: Mapping[str, list[Any]] = field(default_factory=dict)
    managers: tuple[str, ...] = ()


PAIRS = (
    Pair("words-only", "cleanuppolicies.kyverno.io", _KYVERNO_1_14, _KYVERNO),
    Pair(
        "version-leaves",
        "policyreports.wgpolicyk8s.io",
        _KYVERNO_1_5,
        _KYVERNO,
        managers=("v1alpha1",),
    ),
    Pair("version-unserved", "updaterequests.kyverno.io", _KYVERNO_1_14, _KYVERNO),
    Pair(
        "stored-version-leaves",
        "providers.pkg.crossplane.io",
        f"{_CRDS}/crossplane@v0.14.0",
        f"{_CRDS}/crossplane",
    ),
    Pair(
        "stored-version-leaves",
        "kafkatopics.kafka.strimzi.io",
        f"{_OPERATORS}/strimzi@0.40.0",
        f"{_CRDS}/strimzi",
    ),
    Pair(
        "subtree-pruned",
        "alertmanagers.monitoring.coreos.com",
        _PROMETHEUS_0_13,
        _PROMETHEUS,
        {
            "storage.volumeClaimTemplate.spec.resources.claims": [[{"name": "a"}]],
            "storage.ephemeral.volumeClaimTemplate.spec.resources.claims": [[{"name": "a"}], []],
        },
    ),
    Pair(
        "list-to-set",
        "scrapeconfigs.monitoring.coreos.com",
        _PROMETHEUS_0_13,
        _PROMETHEUS,
        {
            "staticConfigs.*.targets": [["a:1", "b:1"], ["a:1", "a:1"]],
            "consulSDConfigs.*.tags": [["x", "x"], ["x", "y"]],
        },
    ),
    Pair(
        "list-to-map",
        "thanosrulers.monitoring.coreos.com",
        _PROMETHEUS_0_13,
        _PROMETHEUS,
        {
            "containers.*.env": [
                [{"name": "A", "value": "x"}, {"name": "B"}],
                [{"name": "A", "value": "x"}, {"name": "A"}],
            ],
        },
    ),
    Pair(
        "enum-added",
        "clusterpolicies.kyverno.io",
        _KYVERNO_1_5,
        _KYVERNO,
        {"validationFailureAction": ["audit", "warn", "Enforce", ""]},
    ),
    Pair(
        "bound-not-met",
        "appprojects.argoproj.io",
        f"{_OPERATORS}/argo-cd@v2.8.21",
        f"{_CRDS}/argo-cd",
        {"description": ["of one team", "", "x" * 255]},
    ),
    Pair(
        "bound-met",
        "servicemonitors.monitoring.coreos.com",
        _PROMETHEUS_0_13,
        _PROMETHEUS,
        {"sampleLimit": [5, -1], "endpoints.*.proxyUrl": ["http://a", "a"]},
    ),
)


def cases(corpora: Path) -> Iterator[tuple[Pair, list[Case]]]:
    """Each pair with objects that the older release takes."""
    for pair in PAIRS:
        old, new = (
            {"versions": versions_of(_crd(corpora, each, pair.name))}
            for each in (
                pair.old,
                pair.new,
            )
        )
        yield pair, list(_of_pair(pair, old, new))


def _of_pair(pair: Pair, old: Json, new: Json) -> Iterator[Case]:
    """The objects: what is stored of the first is what was made, so they are complete."""
    stored = next(each for each in old["versions"] if each["storage"])
    # Without subresources a creation takes the status as well, so it is judged like the rest.
    whole = [{k: v for k, v in each.items() if k != "subresources"} for each in old["versions"]]
    same = Rehearsal(*[crd(GROUP, {"versions": whole})] * 2)
    places = list(pair.values.items()) or [("", [None])]
    found = 0
    for seed in range(_TRIES):
        path, values = places[found % len(places)]
        value = values[found // len(places) % len(values)]
        steps = path.split(".") if path else []
        dice = Random(f"{pair.name}{seed}")
        obj = made_at(dice, stored["schema"]["openAPIV3Schema"], steps, value)
        name = f"{pair.kind}-{pair.name.split('.')[0]}-{found}"
        managers = list(pair.managers) if found % 2 else []
        case = Case(name, old, new, obj, version=stored["name"], managers=managers)
        if same.operations(manifest(case)).operations["create_strict"] == "ok":
            yield case
            found += 1
        if found == OF_EACH:
            return


def manifest(case: Case) -> Json:
    """What is created."""
    meta = {"name": "it", "namespace": "default"}
    head = {"apiVersion": f"{GROUP}/{case.version}", "kind": "Thing", "metadata": meta}
    return {**head, **case.obj}


def shown(case: Case, managed: list[str]) -> Json:
    """What the server shows of it under the older release, told which versions managers wrote."""
    old = rehearsal(case).old
    stored = manifest(case)
    for each in case.managers:  # what a version does not have is lost when it is written in it
        annotations = {**stored["metadata"].get("annotations", {}), f"by-{each}": "x"}
        stored = {**read(stored, old, each).obj, "apiVersion": stored["apiVersion"]}
        stored["metadata"]["annotations"] = annotations
    told: Json = read(stored, old, case.version).obj
    told["metadata"]["managedFields"] = [{"apiVersion": f"{GROUP}/{each}"} for each in managed]
    return told


@cache
def _members(archive: Path) -> list[tuple[str, bytes]]:
    with tarfile.open(archive) as opened:
        return [
            (member.name.removeprefix("./").split("/")[0], file.read())
            for member in opened
            if member.name.endswith((".yaml", ".yml")) and (file := opened.extractfile(member))
        ]


def _crd(corpora: Path, place: str, name: str) -> Json:
    """A CRD of one folder of one archive; only the text that has it is parsed."""
    archive, _, folder = place.partition("/")
    for of, text in _members(corpora / f"{archive}.tar.xz"):
        if of != folder or name.encode() not in text:
            continue
        for part in text.decode().split("\n---"):
            if f"  name: {name}" in part and "CustomResourceDefinition" in part:
                doc: Json = yaml.load(part.removeprefix("---"), Loader)
                if doc["kind"] == "CustomResourceDefinition" and doc["metadata"]["name"] == name:
                    return doc
    raise LookupError(f"no {name} in {place}")


def digest(value: Any) -> str:
    """Of a JSON value."""
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


def told(case: Case, answers: Json) -> Json:
    """The server's answers without a word of the CRD and of the object."""
    managed = [
        each["apiVersion"].rpartition("/")[2]
        for each in answers["shown"]["metadata"]["managedFields"]
    ]
    kept = {
        "case": digest([case.old, case.new, case.obj]),
        "shown": digest(answers["shown"]),
        "managed": managed,
        "stored": answers["stored"],
    }
    if "crd" in answers:
        return {**kept, "crd": "refused"}
    verdicts = {key: answers[key] for key in ("operations", "reads", "version")}
    return {**kept, **verdicts, "changes": digest(answers["changes"])}


def differing(case: Case, kept: Json) -> Json:
    """Where the engine differs from what was told of a case."""
    before = shown(case, kept["managed"])
    found = {
        key: [here, kept[key]]
        for key, here in (
            ("case", digest([case.old, case.new, case.obj])),
            ("shown", digest(before)),
        )
        if here != kept[key]
    }
    if "crd" in kept:
        verdicts = set(rehearsal(case).operations(before).operations.values())
        return found if verdicts == {"unknown"} else {**found, "crd": [sorted(verdicts)]}
    more = compare(case, {**kept, "shown": before, "changes": []})
    changes = digest(more.pop("changes", [[]])[0])
    if changes != kept["changes"]:
        found["changes"] = [changes, kept["changes"]]
    return {**found, **more}
