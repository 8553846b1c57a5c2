"""Tie workloads to the OLM packages that installed them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from k8s_datamodel_plugins.operators.facts.fact_types import Crd, Csv
from k8s_datamodel_plugins.operators.facts.workloads import Workload


def agree(one: str, other: str) -> bool:
    """Whether two namespaces may be the same: an omitted one may be any."""
    return one == other or not one or not other


class Csvs:
    """Find the CSV that installed a workload: by its marks, else by the install strategy."""

    def __init__(self, csvs: Iterable[Csv]) -> None:
        self._by_name: dict[str, list[Csv]] = defaultdict(list)
        self._by_deployment: dict[str, list[Csv]] = defaultdict(list)
        for csv in csvs:
            self._by_name[csv.name.name].append(csv)
            for deployment in csv.deployments:
                self._by_deployment[deployment].append(csv)

    def of(self, workload: Workload) -> Csv | None:
        """The CSV of a workload, or None."""
        if workload.csv:
            named = self._by_name.get(workload.csv.name, ())
            return _in(named, workload.csv.namespace) or next(iter(named), None)
        if workload.kind != "Deployment":
            return None
        return _in(self._by_deployment.get(workload.name.name, ()), workload.name.namespace)

    def crds(self) -> Iterable[Crd]:
        """The CRDs that CSVs own."""
        for csvs in self._by_name.values():
            for name in (owned for csv in csvs for owned in csv.owned):
                plural, _, group = name.partition(".")
                yield Crd(name, group, plural, "")


def _in(csvs: Iterable[Csv], namespace: str) -> Csv | None:
    return next((csv for csv in csvs if agree(csv.name.namespace, namespace)), None)
