"""Which workloads are operators, and what each manages. Pure: facts in, verdicts out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8s_datamodel_plugins.operators.claims import Candidate, Claim, claims_of, kinships
from k8s_datamodel_plugins.operators.evidence import (
    ABSENT_CRD,
    NO_RBAC,
    confidence_of,
    evidence_of,
    finding,
    listed,
)
from k8s_datamodel_plugins.operators.facts import (
    Binding,
    Crd,
    Csv,
    Marks,
    Name,
    Role,
    Service,
    ServiceAccount,
    Webhook,
)
from k8s_datamodel_plugins.operators.kinship import groups_of, named_after
from k8s_datamodel_plugins.operators.rights import Rbac, Rights
from k8s_datamodel_plugins.operators.sharing import shared_out
from k8s_datamodel_plugins.operators.workloads import Workload


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts of a source.

    Attributes:
        rbac_read: RBAC was read in full.
        crds_read: CRDs were read in full.
    """

    crds: Sequence[Crd] = ()
    roles: Sequence[Role] = ()
    bindings: Sequence[Binding] = ()
    tokenless: Sequence[ServiceAccount] = ()
    services: Sequence[Service] = ()
    webhooks: Sequence[Webhook] = ()
    csvs: Sequence[Csv] = ()
    rbac_read: bool = True
    crds_read: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a workload is an operator.

    Attributes:
        managed: names of the CRDs whose main actor it is, sorted.
        confidence: 0 to 1.
        evidence: findings, see ``evidence.finding``.
        csv: that installed it, None for none or when it could not be read.
    """

    managed: tuple[str, ...]
    confidence: float
    evidence: tuple[Mapping[str, Any], ...]
    csv: Csv | None = None


class Judge:
    """Takes the workloads of a source one by one, then says which are operators.

    Args:
        facts: of everything else.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._csvs = _Csvs(facts.csvs)
        every = {crd.name: crd for crd in facts.crds}
        self._crds = {**{crd.name: crd for crd in self._csvs.crds()}, **every}
        self._groups = groups_of(self._crds.values())
        self._rbac = Rbac(facts.roles, facts.bindings, self._crds.values())
        self._blind = not (facts.rbac_read and self._rbac.known)
        self._tokenless = {account.name for account in facts.tokenless}
        self._served = _served(facts, self._crds)
        self._candidates: list[Candidate] = []

    def consider(self, workload: Workload) -> bool:
        """Take a workload; whether it may turn out to be an operator."""
        rights = self._rights(workload)
        csv = self._csvs.of(workload)
        packaged = frozenset(csv.owned if csv else ()) | self._extension(workload)
        package = _package(workload, csv)
        if not (rights or package or self._blind):
            return False
        everywhere = self._blind or bool(rights.wildcard)
        kin = kinships(workload, rights, self._groups, everywhere)
        serves = self._serves(workload)
        found = Candidate(workload, rights, kin, serves, packaged, package)
        self._candidates.append(found)
        return True

    def verdicts(self) -> dict[tuple[str, Name], Verdict]:
        """The operators, by kind and name."""
        claims = (
            claim
            for candidate in self._candidates
            for claim in claims_of(candidate, self._crds, self._groups, self._blind)
        )
        held: dict[tuple[str, Name], list[Claim]] = defaultdict(list)
        for claim in shared_out(claims):
            held[claim.candidate.key].append(claim)
        found = ((each.key, self._verdict(each, held[each.key])) for each in self._candidates)
        return {key: verdict for key, verdict in found if verdict}

    def _rights(self, workload: Workload) -> Rights:
        account = Name(workload.name.namespace, workload.account)
        token = account not in self._tokenless if workload.token is None else workload.token
        return self._rbac.rights(account) if token else Rights()

    def _extension(self, workload: Workload) -> frozenset[str]:
        """CRDs that an OLM v1 extension brought along with the workload."""
        if not workload.package:
            return frozenset()
        return frozenset(c.name for c in self._crds.values() if c.package == workload.package)

    def _serves(self, workload: Workload) -> frozenset[str]:
        labels = workload.pod_labels
        return frozenset(
            crd
            for where, selector, crds in self._served
            if selector <= labels and agree(where, workload.name.namespace)
            for crd in crds
        )

    def _verdict(self, candidate: Candidate, claims: Sequence[Claim]) -> Verdict | None:
        csv = self._csvs.of(candidate.workload)
        managed = tuple(sorted(claim.crd.name for claim in claims))
        notes = [finding("note", "weak", "RBAC", NO_RBAC)] if self._blind else []
        if claims or _whole_package(candidate):
            evidence = (*evidence_of(candidate, claims), *notes)
            return Verdict(managed, confidence_of(candidate, claims), evidence, csv)
        absent = self._manages_absent(candidate)
        if not absent:
            return None
        evidence = (_absent_finding(candidate, absent), *evidence_of(candidate, ()), *notes)
        known = () if self._facts.crds_read else tuple(sorted(absent))
        return Verdict(known, ABSENT_CRD + 0.2 * bool(known), evidence, csv)

    def _manages_absent(self, candidate: Candidate) -> dict[str, str]:
        """Kinds whose CRD is not there, that the workload's rights and name say it manages."""
        workload = candidate.workload
        if workload.serving or candidate.packaged or candidate.kinships:
            return {}
        if not self._facts.crds_read:
            return candidate.rights.absent
        return {
            crd: role
            for crd, role in candidate.rights.absent.items()
            if named_after(workload, crd.partition(".")[2])
        }


def agree(one: str, other: str) -> bool:
    """Whether two namespaces may be the same: one that a file leaves out may be any."""
    return one == other or not one or not other


def _package(workload: Workload, csv: Csv | None) -> str:
    name = csv.name if csv else workload.csv
    if name:
        return f"ClusterServiceVersion {name.name}"
    return f"ClusterExtension {workload.package}" if workload.package else ""


def _whole_package(candidate: Candidate) -> bool:
    """OLM installed it, and names no CRD that another of the package could manage instead."""
    workload = candidate.workload
    return bool(candidate.package) and not candidate.packaged and not workload.serving


def _absent_finding(candidate: Candidate, absent: Mapping[str, str]) -> dict[str, Any]:
    account = f"service account {candidate.workload.account}"
    reason = f"{account} may write status or finalizers of {listed(absent)}, whose CRDs are unknown"
    return finding("rbac", "medium", listed(set(absent.values())), reason, ".rules")


class _Csvs:
    """Finds the CSV that installed a workload: by its marks, else by the install strategy."""

    def __init__(self, csvs: Iterable[Csv]) -> None:
        self._by_name: dict[str, list[Csv]] = defaultdict(list)
        self._by_deployment: dict[str, list[Csv]] = defaultdict(list)
        for csv in csvs:
            self._by_name[csv.name.name].append(csv)
            for deployment in csv.deployments:
                self._by_deployment[deployment].append(csv)

    def of(self, workload: Workload) -> Csv | None:
        """The CSV of a workload, None for none."""
        if workload.csv:
            named = self._by_name.get(workload.csv.name, ())
            return _in(named, workload.csv.namespace) or next(iter(named), None)
        if workload.kind != "Deployment":
            return None
        return _in(self._by_deployment.get(workload.name.name, ()), workload.name.namespace)

    def crds(self) -> Iterable[Crd]:
        """What CSVs say of the CRDs they own."""
        for csvs in self._by_name.values():
            for name in (owned for csv in csvs for owned in csv.owned):
                plural, _, group = name.partition(".")
                yield Crd(name, group, plural, "")


def _in(csvs: Iterable[Csv], namespace: str) -> Csv | None:
    return next((csv for csv in csvs if agree(csv.name.namespace, namespace)), None)


def _served(facts: Facts, crds: Mapping[str, Crd]) -> list[tuple[str, Marks, frozenset[str]]]:
    """For each service that answers webhooks: its namespace, its selector, for which CRDs."""
    wanted: dict[Name, set[str]] = defaultdict(set)
    for crd in crds.values():
        if crd.webhook:
            wanted[crd.webhook].add(crd.name)
    for hook in facts.webhooks:
        wanted[hook.service].update(
            crd.name
            for crd in crds.values()
            if crd.group in hook.groups and {crd.plural, "*", "*/*"} & set(hook.resources)
        )
    return [
        (service.name.namespace, service.selector, frozenset(names))
        for where, names in wanted.items()
        for service in facts.services
        if names and service.name.name == where.name
        if agree(service.name.namespace, where.namespace)
    ]
