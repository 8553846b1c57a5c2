"""What a cluster holds, a copy of it, and what changed: each program on a real API server."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from cluster.api import Api, Object
from cluster.serving import CRDS
from compared.ways import Way

Kind = tuple[str, str]
"""Group and kind."""

Counts = Mapping[Kind, int]

ALL_CUSTOM = "$(kubectl get crd -o name | cut -d/ -f2 | paste -sd,)"
EVERYTHING = f"crd,deploy,sts,ds,{ALL_CUSTOM}"
"""What k8s-datamodel keeps, as far as the clusters here have it."""


class Known:
    """What is true of a cluster, as its own lists say."""

    def __init__(self, api: Api) -> None:
        crds = list(api.list(CRDS))
        self.names = {_kind_of(each): each["metadata"]["name"] for each in crds}
        self.counts: dict[Kind, int] = {}
        for each in crds:
            spec = each["spec"]
            stored = next(one["name"] for one in spec["versions"] if one["storage"])
            path = f"/apis/{spec['group']}/{stored}/{spec['names']['plural']}"
            self.counts[_kind_of(each)] = len(list(api.list(path)))

    def words(self, told: Counts, *, zeros: bool = True) -> str:
        """How many numbers are right; without ``zeros`` what is missing counts as 0."""
        wanted = self.counts
        found = told if zeros else {**dict.fromkeys(wanted, 0), **told}
        right = sum(found.get(kind) == number for kind, number in wanted.items())
        return f"{right} of {len(wanted)} numbers right"


def _kind_of(crd: Object) -> Kind:
    return crd["spec"]["group"], crd["spec"]["names"]["kind"]


def counting(cluster: Known) -> list[Way]:
    """Which CRDs are there, and how many instances has each?"""
    lowered = {f"{kind.lower()}.{group}": (group, kind) for group, kind in cluster.names}

    def kubectl(out: Path) -> str:
        found = Counter(lowered[line.rpartition("/")[0]] for line in out.read_text().splitlines())
        return cluster.words(found, zeros=False)

    def kor(out: Path) -> str:
        told = set(json.loads(out.read_text())[""]["Crd"])
        empty = {name for kind, name in cluster.names.items() if not cluster.counts[kind]}
        return (
            f"which CRDs have none: {len(told & empty)} of {len(empty)}, {len(told - empty)} wrong"
        )

    def ours(out: Path) -> str:
        rows = json.loads(out.read_text())
        return cluster.words({(row["group"], row["kind"]): row["instance_count"] for row in rows})

    return [
        Way("kubectl", f'kubectl get "{ALL_CUSTOM}" -A -o name', kubectl),
        Way("kor", "kor crd -o json", kor),
        Way("k8s-datamodel", "k8s-datamodel crd list -o json", ours),
    ]


def orphans(truth: Iterable[str]) -> list[Way]:
    """Which CRDs are left over: managed by nobody, or, as kor asks, without any instance?"""
    wanted = set(truth)

    def words(told: set[str]) -> str:
        names = ", ".join(f"`{each}`" for each in sorted(told)) or "none"
        return f"{names}: {len(told & wanted)} of {len(wanted)} orphans"

    def kor(out: Path) -> str:
        return words(set(json.loads(out.read_text())[""]["Crd"]))

    def ours(out: Path) -> str:
        return words({row["name"] for row in json.loads(out.read_text())})

    return [
        Way("kor", "kor crd -o json", kor),
        Way("k8s-datamodel", "k8s-datamodel crd list --orphans -o json", ours),
    ]


def copying(secrets: Sequence[str]) -> list[Way]:
    """Keep a copy; the answer is its size, and how many literal credentials can be read in it."""
    planted = [each.encode() for each in secrets]

    def words(*texts: str) -> str:
        files = [each for each in Path("kept").rglob("*") if each.is_file()]
        kept = b"".join([*(each.read_bytes() for each in files), "".join(texts).encode()])
        size = f"{sum(each.stat().st_size for each in files) / 1e6:.1f} MB"
        found = sum(each in kept for each in planted)
        return f"{size}; {found} of {len(planted)} credentials can be read" if planted else size

    def database(_: Path) -> str:
        with closing(sqlite3.connect("kept/copy.db")) as opened:
            return words(*(spec for (spec,) in opened.execute("SELECT spec FROM operators")))

    return [
        Way(
            "kubectl",
            f'mkdir -p kept; kubectl get "{EVERYTHING}" -A -o yaml > kept/copy.yaml',
            lambda _: words(),
        ),
        Way(
            "k8s-datamodel",
            "mkdir -p kept; k8s-datamodel database store --with-instances --db-path kept/copy.db",
            database,
        ),
    ]
