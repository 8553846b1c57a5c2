"""Plays every case on a cluster of its own and writes the server's answers into the data folder.

`python tests/rehearsal/record.py [NAME...]` from the repository; a NAME is a family of cases, or
`releases`, which needs the folder of corpora, SHARED.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cluster.build import build
from cluster.client import Client
from cluster.server import Cluster
from rehearsal.answers import FAMILIES, answered, keep
from rehearsal.cases import Case, Json
from rehearsal.real_pairs import FILE, cases, told

_AT_ONCE = 12


def record(client: Client, names: list[str]) -> None:
    """Plays the families; a file for each."""

    def played(case: Case) -> tuple[str, Json]:
        try:
            return case.name, answered(client, case)
        except AssertionError as error:
            print(f"not played: {error}", flush=True)
            return case.name, {}

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for name in names:
            answers = {case: told for case, told in pool.map(played, FAMILIES[name]()) if told}
            keep(name, answers)
            print(f"{name}: {len(answers)}", flush=True)


def record_releases(client: Client) -> None:
    """Plays the pairs of releases; of the corpora nothing is written."""
    made = [case for _, each in cases(Path(os.environ["SHARED"]) / "corpora") for case in each]

    def played(case: Case) -> tuple[str, Json]:
        return case.name, told(case, answered(client, case))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        kept = dict(pool.map(played, made))
    lines = (f"{json.dumps(name)}: {json.dumps(each)}" for name, each in kept.items())
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"releases: {len(kept)}")


if __name__ == "__main__":
    with Cluster.start(build(), "rehearsal") as cluster, Client(cluster.kubeconfig) as admin:
        names = sys.argv[1:] or list(FAMILIES)
        record(admin, [name for name in names if name in FAMILIES])
        if "releases" in names:
            record_releases(admin)
