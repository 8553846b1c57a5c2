"""Judge which workloads are operators and what each manages. Pure: facts in, verdicts out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from k8s_datamodel_plugins.operators.facts import words
from k8s_datamodel_plugins.operators.facts.fact_types import (
    Binding,
    Crd,
    Csv,
    HookRule,
    Lease,
    Name,
    Role,
    Rule,
    Saying,
    Service,
    Webhook,
    Written,
)
from k8s_datamodel_plugins.operators.facts.images import parse_image
from k8s_datamodel_plugins.operators.facts.workloads import Workload
from k8s_datamodel_plugins.operators.judging.acting import writes_named_status
from k8s_datamodel_plugins.operators.judging.claims import (
    Basis,
    Candidate,
    Claim,
    Tie,
    claims_of,
    kinships,
    ties_of,
)
from k8s_datamodel_plugins.operators.judging.evidence import (
    ABSENT_CRD,
    BESIDE,
    NO_CRDS,
    NO_RBAC,
    NO_ROLE,
    absent_finding,
    beside_evidence,
    confidence_of,
    evidence_of,
    finding,
    shared_finding,
    told_evidence,
    unread_written,
)
from k8s_datamodel_plugins.operators.judging.kinship import Groups, named_after
from k8s_datamodel_plugins.operators.judging.mains import mains
from k8s_datamodel_plugins.operators.judging.packages import Csvs, agree, served
from k8s_datamodel_plugins.operators.judging.rights import Rbac, Rights, crds_of_rules
from k8s_datamodel_plugins.operators.judging.sharing import shared_out
from k8s_datamodel_plugins.operators.judging.suites import assists, assists_by_command, reported
from k8s_datamodel_plugins.operators.judging.told import Objection, Told
from k8s_datamodel_plugins.operators.judging.writers import Writers


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts of a source, and whether RBAC and CRDs were read completely.

    Attributes:
        rbac_whole: the source vouches that there are no other roles and bindings.
    """

    crds: Sequence[Crd] = ()
    roles: Sequence[Role] = ()
    bindings: Sequence[Binding] = ()
    tokenless: Sequence[Name] = ()
    services: Sequence[Service] = ()
    webhooks: Sequence[Webhook] = ()
    csvs: Sequence[Csv] = ()
    sayings: Sequence[Saying] = ()
    written: Sequence[Written] = ()
    leases: Sequence[Lease] = ()
    rbac_read: bool = True
    rbac_whole: bool = True
    crds_read: bool = True


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
        self._facts = facts
        self._csvs = Csvs(facts.csvs)
        told = () if facts.crds_read else crds_of_rules(facts.roles)
        crds = (*told, *self._csvs.crds(), *facts.crds)
        self._crds = {crd.name: crd for crd in crds}
        self.groups = Groups(self._crds.values())
        self.rbac = Rbac(facts.roles, facts.bindings, self._crds.values())
        self._blind = not (facts.rbac_read and self.rbac.any_bound)
        self._tokenless = frozenset(facts.tokenless)
        self._served = served(self._crds, facts.webhooks, facts.services)
        self._services: dict[str, list[Service]] = defaultdict(list)
        for service in facts.services:
            self._services[service.name.name].append(service)
        sayings = (*facts.sayings, *(each for crd in crds for each in crd.told))
        self.told = Told(sayings, self._crds.values())
        self._hooked = frozenset(hook.service for hook in facts.webhooks)
        self._writers = Writers(facts.written, facts.leases, self._crds)
        self._candidates: list[Candidate] = []
        self._objections: list[Objection] = []

    def consider(self, workload: Workload) -> bool:
        """Take a workload; returns whether it may be an operator."""
        self._writers.see(workload)
        rights = self._rights(workload)
        csv = self._csvs.of(workload)
        packaged = frozenset(csv.owned if csv else ()) | self._extension(workload)
        package = _package(workload, csv)
        blind = self._is_blind(workload)
        told = self.told.meet(workload)
        wrote = blind and self._writers.named(workload)
        if not (rights or package or blind or told):
            return False
        everywhere = blind or bool(rights.wildcard)
        kin = kinships(workload, rights, self.groups, everywhere)
        akin = any(each.product or each.kind for each in kin.values())
        if not (rights or package or told or akin or wrote):
            return False
        self._candidates.append(
            Candidate(
                workload,
                rights,
                kin,
                self._serves(workload),
                packaged,
                package,
                self._answers(workload),
                blind,
                self._writers.held(workload),
            )
        )
        return True

    def verdicts(self) -> dict[tuple[str, Name], Verdict]:
        """The operators, by kind and name."""
        ties = self._ties()
        claims = [
            claim
            for each in self._candidates
            for claim in claims_of(each, self._crds, self.groups.by_name, ties[each.key])
        ]
        claims = self._writers.told(claims, self._candidates)
        self._objections = self.told.objections(claims, self._candidates)
        told = self.told.claims(self._candidates)
        untold = self._untold(claims, told)
        shared = [*told, *shared_out(untold)]
        shared += reported(untold, shared)
        made, held = _by_candidate(claims), _by_candidate(shared)
        holders = [each for each in self._candidates if held[each.key]]
        programs = {_program(each) for each in holders}
        suites = {(c.crd.name, c.candidate.workload.name.namespace) for c in shared}
        accounts = {each.account for each in holders}
        found = {
            each.key: self._verdict(
                each,
                held[each.key],
                _beside(each, made[each.key], programs, accounts)
                or _carried_out(each, made[each.key], suites),
            )
            for each in self._candidates
        }
        others = mains(shared)
        return {
            key: _beside_mains(verdict, others.get(key, {}))
            for key, verdict in found.items()
            if verdict
        }

    def objections(self) -> list[Objection]:
        """What people say and does not hold, after ``verdicts``."""
        return self._objections

    def _untold(self, claims: Sequence[Claim], told: Sequence[Claim]) -> list[Claim]:
        """The claims on kinds of which nobody says who manages them, by who may be an operator."""
        settled = {claim.crd.name for claim in told}
        return [
            claim
            for claim in claims
            if claim.crd.name not in settled and not self.told.denies(claim.candidate.key)
        ]

    def rules(self, workload: Workload) -> list[Rule]:
        """What the rights of a workload name."""
        return self.rbac.rules(Name(workload.name.namespace, workload.account))

    def hook_rules(self, workload: Workload) -> list[HookRule]:
        """What the admission webhooks name whose service selects the pods of a workload."""
        return list(
            dict.fromkeys(
                rule
                for hook in self._facts.webhooks
                for service in self._services.get(hook.service.name, ())
                if agree(service.name.namespace, hook.service.namespace)
                and agree(service.name.namespace, workload.name.namespace)
                and service.selector <= workload.pod_labels
                for rule in hook.rules
            )
        )

    def _ties(self) -> dict[tuple[str, Name], dict[str, Tie]]:
        """The groups that each candidate is tied to, also through an account with all rights.

        Workloads with one such account belong to one product, so they share its ties.
        """
        own = {each.key: ties_of(each) for each in self._candidates}
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
        if self._blind or self._facts.rbac_whole or workload.account == "default":
            return self._blind
        return not self.rbac.knows(Name(workload.name.namespace, workload.account))

    def _rights(self, workload: Workload) -> Rights:
        account = Name(workload.name.namespace, workload.account)
        token = account not in self._tokenless if workload.token is None else workload.token
        also = workload.name.name if self.rbac.of_group(workload.name.name) else ""
        return self.rbac.rights(account, also) if token or also else Rights()

    def _extension(self, workload: Workload) -> frozenset[str]:
        """CRDs that an OLM v1 extension installed with the workload."""
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

    def _answers(self, workload: Workload) -> bool:
        """Whether a Service of an admission webhook selects its pods."""
        return any(
            service.selector <= workload.pod_labels
            and agree(service.name.namespace, where.namespace)
            and agree(service.name.namespace, workload.name.namespace)
            for where in self._hooked
            for service in self._services.get(where.name, ())
        )

    def _verdict(
        self, candidate: Candidate, held: Sequence[Claim], beside: Sequence[Claim]
    ) -> Verdict | None:
        """The verdict on a candidate with these claims and rights on others' kinds."""
        csv = self._csvs.of(candidate.workload)
        notes = self._notes(candidate, held or beside)
        if self.told.denies(candidate.key):
            return None
        told = self.told.of(candidate.key)
        if held or told or _whole_package(candidate):
            managed = tuple(sorted(claim.crd.name for claim in held))
            evidence = (*told_evidence(told), *evidence_of(candidate, held), *notes)
            return Verdict(managed, confidence_of(candidate, held), evidence, csv)
        if beside:
            evidence = (*beside_evidence(candidate, beside), *notes)
            return Verdict((), BESIDE, evidence, csv)
        if absent := self._manages_absent(candidate):
            evidence = (absent_finding(candidate, absent), *evidence_of(candidate, ()), *notes)
            return Verdict((), ABSENT_CRD, evidence, csv)
        return None

    def _notes(self, candidate: Candidate, claims: Sequence[Claim]) -> list[Mapping[str, Any]]:
        """Unreadable evidence, which weakens a verdict on these claims."""
        why = NO_RBAC if self._blind else NO_ROLE
        rbac = [finding("note", "weak", "RBAC", why)] if candidate.blind else []
        crds = [] if self._facts.crds_read else [finding("note", "weak", "CRDs", NO_CRDS)]
        unread = self._writers.unread(claims)
        written = [finding("note", "weak", "instances", unread_written(unread))] if unread else []
        return [*rbac, *crds, *written]

    def _manages_absent(self, candidate: Candidate) -> dict[str, str]:
        """Kinds without a CRD that the workload manages by its rights and name."""
        workload = candidate.workload
        if workload.serving or candidate.packaged:
            return {}
        if not self._crds or words.is_controlling(workload.name.name):
            return candidate.rights.absent
        return {
            crd: role
            for crd, role in candidate.rights.absent.items()
            if named_after(workload, crd.partition(".")[2])
        }


def _package(workload: Workload, csv: Csv | None) -> str:
    name = csv.name if csv else workload.csv
    if name:
        return f"ClusterServiceVersion {name.name}"
    return f"ClusterExtension {workload.package}" if workload.package else ""


def _whole_package(candidate: Candidate) -> bool:
    """Whether OLM installed it and its package has no CRD that another could manage."""
    workload = candidate.workload
    return bool(candidate.package) and not candidate.packaged and not workload.serving


def _program(candidate: Candidate) -> tuple[Name, str]:
    """A workload's image and account: the same program often runs with other arguments."""
    container = candidate.workload.container
    return candidate.account, parse_image(container.image).repository if container else ""


def _beside(
    candidate: Candidate,
    made: Sequence[Claim],
    programs: Container[tuple[Name, str]],
    accounts: Container[Name],
) -> list[Claim]:
    """Claims on kinds of its product that others manage, but that it acts on too.

    Such a workload is named for reconciling, runs an operator's program with the same account,
    changes objects that belong to its node, or its own account's rules name the status of a kind.
    """
    workload = candidate.workload
    ranks = {*Basis} - {Basis.KINSHIP, Basis.REPORT}
    claims = [c for c in made if c.home and c.kinship.product and c.basis in ranks]
    if assists_by_command(candidate) or (_program(candidate) in programs and assists(candidate)):
        return []
    if words.is_controlling(workload.name.name):
        return claims
    if _program(candidate) in programs and not workload.serving:
        return [c for c in claims if c.basis >= Basis.WATCH]
    if candidate.account not in accounts and not candidate.answers:
        written = [c for c in made if c.home and writes_named_status(c)]
        if written:
            return written
    return [c for c in claims if c.on_its_node and c.basis >= Basis.CHANGE]


def _carried_out(
    candidate: Candidate, made: Sequence[Claim], suites: Container[tuple[str, str]]
) -> list[Claim]:
    """Claims of an agent that runs on each node and watches what others of its suite manage.

    It carries these kinds out; a cache, an exporter or a server does not.
    """
    workload = candidate.workload
    aside = assists(candidate) or assists_by_command(candidate) or candidate.answers
    if workload.kind != "DaemonSet" or workload.serving or aside:
        return []
    watched = [c for c in made if c.home and c.kinship.product and c.basis is Basis.WATCH]
    return [c for c in watched if (c.crd.name, workload.name.namespace) in suites]


def _beside_mains(verdict: Verdict, others: Mapping[str, Claim]) -> Verdict:
    """The verdict with the CRDs of which others are the main managers."""
    findings = (shared_finding(crd, str(others[crd].candidate.workload)) for crd in sorted(others))
    evidence = (*verdict.evidence, *findings)
    return replace(verdict, shared=tuple(sorted(others)), evidence=evidence)


def _by_candidate(claims: Iterable[Claim]) -> dict[tuple[str, Name], list[Claim]]:
    found: dict[tuple[str, Name], list[Claim]] = defaultdict(list)
    for claim in claims:
        found[claim.candidate.key].append(claim)
    return found
