"""Plays every case on a cluster of its own and writes the server's answers into the data folder.

`python tests/rehearsal/record.py [NAME...]` from the repository; a NAME is a family of cases.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cluster.build import build
from cluster.client import Client
from cluster.server import Cluster
from rehearsal.answers import FAMILIES, keep, plain
from rehearsal.cases import Case, Json
from rehearsal.player import Player

_AT_ONCE = 12


def record(client: Client, names: list[str]) -> None:
    """Plays the families; a file for each."""

    def played(case: Case) -> tuple[str, Json]:
        player = Player(client, case)
        try:
            return case.name, plain(player.play(), player.group)
        except AssertionError as error:
            print(f"not played: {error}", flush=True)
            return case.name, {}
        finally:
            player.forget()

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for name in names:
            answers = {case: told for case, told in pool.map(played, FAMILIES[name]()) if told}
            keep(name, answers)
            print(f"{name}: {len(answers)}", flush=True)


if __name__ == "__main__":
    with Cluster.start(build(), "rehearsal") as cluster, Client(cluster.kubeconfig) as admin:
        record(admin, sys.argv[1:] or list(FAMILIES))
