"""Judge which workloads are operators and what each manages. Pure: facts in, verdicts out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from k8s_datamodel_plugins.operators.claiming.claims import (
    Candidate,
    Claim,
    Tie,
    claims_of,
    kinships,
    of_its_product,
    ties_of,
)
from k8s_datamodel_plugins.operators.claiming.kinship import Groups
from k8s_datamodel_plugins.operators.facts.fact_types import Csv, HookRule, Name, Rule
from k8s_datamodel_plugins.operators.facts.workloads import Workload
from k8s_datamodel_plugins.operators.judging.beside import Beside
from k8s_datamodel_plugins.operators.judging.evidence import (
    ABSENT_CRD,
    BESIDE,
    NO_CRDS,
    NO_RBAC,
    NO_ROLE,
    absent_finding,
    any_of,
    beside_evidence,
    confidence_of,
    evidence_of,
    finding,
    shared_finding,
    told_evidence,
    undecided_evidence,
    unread_written,
)
from k8s_datamodel_plugins.operators.judging.hooks import Hooks
from k8s_datamodel_plugins.operators.judging.packages import Csvs
from k8s_datamodel_plugins.operators.judging.source_facts import Facts
from k8s_datamodel_plugins.operators.judging.told import Objection, Told
from k8s_datamodel_plugins.operators.judging.writers import Writers
from k8s_datamodel_plugins.operators.rights.access import Rights
from k8s_datamodel_plugins.operators.rights.account_rights import Rbac
from k8s_datamodel_plugins.operators.rights.granting import crds_of_rules
from k8s_datamodel_plugins.operators.sharing.leftovers import (
    adopted,
    carried_out,
    paired,
    reported,
    steered,
)
from k8s_datamodel_plugins.operators.sharing.mains import mains
from k8s_datamodel_plugins.operators.sharing.shares import shared_out

Key = tuple[str, Name]
"""Kind and name of a workload."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a workload is an operator.

    Attributes:
        managed: names of the CRDs whose main actor it is, sorted.
        csv: the CSV that installed it; None without one or if it could not be read.
        shared: those of them whose main manager is another, sorted.
    """

    managed: tuple[str, ...]
    confidence: float
    evidence: tuple[Mapping[str, Any], ...]
    csv: Csv | None = None
    shared: tuple[str, ...] = ()


class Judge:
    """Take the workloads of a source one by one, then say which are operators."""

    def __init__(self, facts: Facts) -> None:
        self._csvs = Csvs(facts.csvs)
        named = () if facts.crds_read else crds_of_rules(facts.roles)
        self._crds = {crd.name: crd for crd in (*named, *self._csvs.crds(), *facts.crds)}
        self.groups = Groups(self._crds.values())
        self.rbac = Rbac(facts.roles, facts.bindings, self._crds.values())
        self._blind = not (facts.rbac_read and self.rbac.bound.accounts)
        self._rbac_whole, self._crds_read = facts.rbac_whole, facts.crds_read
        self._tokenless = frozenset(facts.tokenless)
        self._hooks = Hooks(self._crds, facts.webhooks, facts.services)
        said = (each for crd in facts.crds for each in crd.told)
        self.told = Told((*facts.sayings, *said), self._crds.values(), self.rbac.of_everyone)
        self._writers = Writers(facts.written, facts.leases, self._crds)
        self._candidates: list[Candidate] = []
        self._objections: list[Objection] = []
        self._undecided: dict[str, list[Claim]] = {}

    def consider(self, workload: Workload) -> bool:
        """Take a workload; returns whether it may be an operator."""
        self._writers.see(workload)
        rights = self._rights(workload)
        csv = self._csvs.of(workload)
        package = _package(workload, csv)
        blind = self._is_blind(workload)
        told = self.told.meet(workload)
        if not (rights or package or blind or told):
            return False
        kin = kinships(workload, rights, self.groups, everywhere=blind or bool(rights.wildcard))
        akin = any(each.product or each.kind for each in kin.values())
        wrote = blind and self._writers.named(workload)
        if not (rights or package or told or akin or wrote):
            return False
        self._candidates.append(
            Candidate(
                workload,
                rights,
                kin,
                serves=self._hooks.served(workload),
                packaged=frozenset(csv.owned if csv else ()) | self._extension(workload),
                package=package,
                answers=self._hooks.admits(workload),
                blind=blind,
                leases=self._writers.held(workload),
            )
        )
        return True

    def verdicts(self) -> dict[Key, Verdict]:
        """The operators, by kind and name."""
        claims = self._writers.told(self._by_rights(), self._candidates)
        self._objections = self.told.objections(claims, self._candidates)
        told = self.told.claims(self._candidates)
        untold = self._untold(claims, told)
        shared = shared_out(untold)
        held = [*told, *shared.held]
        held += [*reported(untold, held), *adopted(untold, held)]
        held += [*carried_out(untold, held), *steered(untold, held), *paired(untold, held)]
        managed = {claim.crd.name for claim in held}
        self._undecided = {n: each for n, each in shared.undecided.items() if n not in managed}
        among = _by_candidate(claim for pool in self._undecided.values() for claim in pool)
        beside, others = Beside(held), mains(held)
        by_candidate, made = _by_candidate(held), _by_candidate(claims)
        found = {}
        for each in self._candidates:
            own = by_candidate[each.key]
            verdict = self._verdict(each, own, beside, made[each.key], among[each.key])
            if verdict:
                found[each.key] = _beside_mains(verdict, others.get(each.key, {}))
        return found

    def objections(self) -> list[Objection]:
        """What people say and does not hold, after ``verdicts``."""
        return self._objections

    def undecided(self) -> dict[str, str]:
        """Why it is not known who manages a CRD, by its name, after ``verdicts``."""
        return {crd: any_of(pool) for crd, pool in sorted(self._undecided.items())}

    def rules(self, workload: Workload) -> list[Rule]:
        """What the rights of a workload name."""
        return self.rbac.rules(workload.runs_as)

    def hook_rules(self, workload: Workload) -> list[HookRule]:
        """What the admission webhooks name whose service selects the pods of a workload."""
        return self._hooks.rules(workload)

    def _by_rights(self) -> list[Claim]:
        """The claims of all candidates, apart from what was seen."""
        ties = self._ties()
        converted: dict[Name, set[str]] = defaultdict(set)
        for each in self._candidates:
            if each.workload.account != "default":
                converted[each.account] |= self._hooks.converted(each.workload)
        return [
            of_its_product(claim) if claim.crd.name in converted[each.account] else claim
            for each in self._candidates
            for claim in claims_of(each, self._crds, self.groups.by_name, ties[each.key])
        ]

    def _untold(self, claims: Sequence[Claim], told: Sequence[Claim]) -> list[Claim]:
        """The claims on kinds of which nobody says who manages them, by who may be an operator."""
        settled = {claim.crd.name for claim in told}
        return [
            claim
            for claim in claims
            if claim.crd.name not in settled and not self.told.denies(claim.candidate.key)
        ]

    def _ties(self) -> dict[Key, dict[str, Tie]]:
        """The groups that each candidate is tied to, also through an account with all rights.

        Workloads with one such account belong to one product, so they share its ties.
        """
        own = {each.key: ties_of(each, self.groups.by_name) for each in self._candidates}
        sharing: dict[Name, list[Candidate]] = defaultdict(list)
        for each in self._candidates:
            if each.rights.wildcard and each.workload.account != "default":
                sharing[each.account].append(each)
        for members in sharing.values():
            groups = {name for member in members for name in own[member.key]}
            for member in members if len(members) > 1 else ():
                own[member.key] = dict.fromkeys(groups, Tie.PRODUCT)
        return own

    def _is_blind(self, workload: Workload) -> bool:
        """Whether nothing is known of what a workload may do.

        A dump may lack the role or the binding of an account, though it has those of others.
        """
        if self._blind or self._rbac_whole or workload.account == "default":
            return self._blind
        return not self.rbac.bound.knows(workload.runs_as)

    def _rights(self, workload: Workload) -> Rights:
        account = workload.runs_as
        token = account not in self._tokenless if workload.token is None else workload.token
        also = workload.name.name if self.rbac.bound.names_group(workload.name.name) else ""
        return self.rbac.rights(account, also) if token or also else Rights()

    def _extension(self, workload: Workload) -> frozenset[str]:
        """CRDs that an OLM v1 extension installed with the workload."""
        if not workload.package:
            return frozenset()
        return frozenset(c.name for c in self._crds.values() if c.package == workload.package)

    def _verdict(
        self,
        candidate: Candidate,
        held: Sequence[Claim],
        beside: Beside,
        made: Sequence[Claim],
        among: Sequence[Claim],
    ) -> Verdict | None:
        """The verdict on a candidate that ``made`` these claims, of which these are ``held``.

        Of ``among``, it is not known whether they hold.
        """
        if self.told.denies(candidate.key):
            return None
        csv = self._csvs.of(candidate.workload)
        acts = beside.of(candidate, made)
        notes = self._notes(candidate, held or among or acts)
        told = self.told.of(candidate.key)
        if held or told or _whole_package(candidate):
            managed = tuple(sorted(claim.crd.name for claim in held))
            evidence = (*told_evidence(told), *evidence_of(candidate, held), *notes)
            return Verdict(managed, confidence_of(candidate, held), evidence, csv)
        if among:
            return Verdict((), BESIDE, (*undecided_evidence(candidate, among), *notes), csv)
        if acts:
            evidence = (*beside_evidence(candidate, acts), *notes)
            return Verdict((), BESIDE, evidence, csv)
        if absent := beside.absent(candidate, any_crds=bool(self._crds)):
            evidence = (absent_finding(candidate, absent), *evidence_of(candidate, ()), *notes)
            return Verdict((), ABSENT_CRD, evidence, csv)
        return None

    def _notes(self, candidate: Candidate, claims: Sequence[Claim]) -> list[Mapping[str, Any]]:
        """Unreadable evidence, which weakens a verdict on these claims."""
        why = NO_RBAC if self._blind else NO_ROLE
        rbac = [finding("note", "weak", "RBAC", why)] if candidate.blind else []
        crds = [] if self._crds_read else [finding("note", "weak", "CRDs", NO_CRDS)]
        unread = self._writers.unread(claims)
        written = [finding("note", "weak", "instances", unread_written(unread))] if unread else []
        return [*rbac, *crds, *written]


def _package(workload: Workload, csv: Csv | None) -> str:
    name = csv.name if csv else workload.csv
    if name:
        return f"ClusterServiceVersion {name.name}"
    return f"ClusterExtension {workload.package}" if workload.package else ""


def _whole_package(candidate: Candidate) -> bool:
    """Whether OLM installed it and its package has no CRD that another could manage."""
    workload = candidate.workload
    return bool(candidate.package) and not candidate.packaged and not workload.serving


def _beside_mains(verdict: Verdict, others: Mapping[str, Claim]) -> Verdict:
    """The verdict with the CRDs of which others are the main managers."""
    findings = (shared_finding(crd, str(others[crd].candidate.workload)) for crd in sorted(others))
    evidence = (*verdict.evidence, *findings)
    return replace(verdict, shared=tuple(sorted(others)), evidence=evidence)


def _by_candidate(claims: Iterable[Claim]) -> dict[Key, list[Claim]]:
    found: dict[Key, list[Claim]] = defaultdict(list)
    for claim in claims:
        found[claim.candidate.key].append(claim)
    return found
