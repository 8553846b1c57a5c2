"""What changed between the two states of the sample cluster, as each program's copies tell."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import Bench
from cluster import manifests
from cluster.api import Object
from compared.inventory import EVERYTHING

Thing = tuple[str, str, str]
"""Kind, namespace and name."""


def thing(obj: Object) -> Thing:
    return obj["kind"], obj["metadata"].get("namespace", ""), obj["metadata"]["name"]


def differing(before: Iterable[Object], after: Iterable[Object]) -> set[Thing]:
    """What was added, removed or changed, as the files say, whose objects name no bookkeeping."""
    old, new = ({thing(each): each for each in side} for side in (before, after))
    return {each for each in old.keys() | new.keys() if old.get(each) != new.get(each)}


def _of_lists(_: Bench) -> set[Thing]:
    """What differs between two outputs of `kubectl get -o yaml`, object by object."""
    return differing(*(manifests.read(Path(f"{day}.yaml")) for day in ("monday", "tuesday")))


def _of_diff(bench: Bench) -> set[Thing]:
    """What ``diff`` says of the two snapshots."""
    bench.ours("diff", "latest~1", "latest", "--db-path", "kept.db", "-o", "json")
    changes = json.loads(bench.out.read_text())["changes"]
    return {_thing_of(each) for each in changes if _beside_numbers(each)}


def _beside_numbers(change: Mapping[str, Any]) -> bool:
    """Whether more differs than how many instances a CRD has: these are told one by one."""
    paths = {each["path"] for each in change["fields"]}
    return change["change"] != "changed" or paths != {"instance_count"}


def _thing_of(change: Mapping[str, Any]) -> Thing:
    key, kinds = (
        change["key"],
        {"crds": "CustomResourceDefinition", "csvs": "ClusterServiceVersion"},
    )
    kind = kinds.get(change["type"]) or key.get("kind") or key["type"]
    return kind, key.get("namespace") or "", key["name"]


@dataclass(frozen=True)
class Keeping:
    """How a program keeps a copy of a day, and how two copies are compared."""

    tool: str
    keep: str
    compare: str
    told: Callable[[Bench], set[Thing]]

    def row(self, bench: Bench, truth: set[Thing]) -> list[str]:
        told = self.told(bench)
        figures = (len(told & truth), len(truth - told), len(told - truth))
        return [self.tool, f"`{self.keep}`", f"`{self.compare}`", *map(str, figures)]


COLUMNS = ["program", "keep a copy", "compare", "told", "missed", "told in vain"]
WAYS = (
    Keeping(
        "kubectl",
        f'kubectl get "{EVERYTHING}" -A -o yaml > DAY.yaml',
        "diff monday.yaml tuesday.yaml",
        _of_lists,
    ),
    Keeping(
        "k8s-datamodel",
        "k8s-datamodel database store --with-instances --db-path kept.db",
        "k8s-datamodel diff latest~1 latest --db-path kept.db",
        _of_diff,
    ),
)


def keep(bench: Bench, day: str) -> None:
    """Lets each program keep its copy."""
    for way in WAYS:
        bench.run("bash", "-c", way.keep.replace("DAY", day))
