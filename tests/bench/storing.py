"""The main job, as it is measured."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from bench.measure import Bench, Cost
from bench.scale import Scale
from cluster.distance import Distance


class Storing:
    """Runs `database store` against a cluster, with some options."""

    def __init__(self, bench: Bench, cluster: Scale | Distance, *options: str) -> None:
        self._bench = bench
        self._kubeconfig = cluster.kubeconfig
        self._options = options
        self._numbers = count()

    def store(self, db: Path) -> Cost:
        arguments = ("database", "store", "-q", "--kubeconfig", self._kubeconfig)
        return self._bench.ours(*arguments, "--db-path", db, *self._options)

    def first(self) -> Cost:
        """Into a database of its own."""
        db = self._bench.folder / f"first-{next(self._numbers)}.db"
        cost = self.store(db)
        db.unlink()
        return cost
