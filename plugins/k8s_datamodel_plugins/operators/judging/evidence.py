"""Put evidence into words for a record, and add up the confidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from k8s_datamodel_plugins.operators.claiming.claims import Basis, Candidate, Claim, Witness
from k8s_datamodel_plugins.operators.facts.fact_types import Saying
from k8s_datamodel_plugins.operators.facts.program_names import LONGEST_MANAGER
from k8s_datamodel_plugins.operators.rights.access import Access

_SHOWN = 5
"""How many names one sentence lists; ``managed_crds`` has all."""

_WEIGHTS = {
    Basis.TOLD: ("certain", 1.0),
    Basis.WROTE: ("strong", 0.95),
    Basis.STATUS: ("strong", 0.9),
    Basis.CHANGE: ("strong", 0.8),
    Basis.WATCH: ("medium", 0.65),
    Basis.REPORT: ("medium", 0.6),
    Basis.WILDCARD: ("medium", 0.6),
    Basis.AGENT: ("medium", 0.6),
    Basis.KINSHIP: ("weak", 0.5),
}
"""The strength and the confidence of each basis."""

_PLACES = {"release": ".metadata.labels", "webhook": ".spec.template.spec.serviceAccountName"}
"""Where the reasons of a kinship stand in a workload, apart from names."""

CERTAIN = 1.0
"""OLM states it, or people do."""

ABSENT_CRD = 0.55
"""Rights on kinds whose CRD is missing, and a fitting name."""

BESIDE = 0.5
"""Rights on its product's kinds and a name for reconciling, but other main actors."""

NO_CRDS = "CRDs could not be read, so their names come from roles"

NO_ROLE = "what its service account may do is not in this source, so there is less evidence"

NO_RBAC = "what service accounts may do could not be read, so there is less evidence"


def unread_written(crds: Iterable[str]) -> str:
    """Why there is less evidence for who manages some CRDs."""
    return f"who wrote {listed(crds)} could not be read, so there is less evidence"


def finding(kind: str, strength: str, target: str, reason: str, path: str = "") -> dict[str, Any]:
    """One piece of evidence.

    Args:
        kind: ``told``, ``olm``, ``written``, ``rbac``, ``webhook``, ``release``,
            ``leader-election``, ``name``, ``shared``, ``note``.
        strength: ``certain``, ``strong``, ``medium`` or ``weak``.
        target: kind and name of the object with the evidence.
        reason: in words.
        path: the place in that object; empty for an object that could not be read.
    """
    return {"kind": kind, "strength": strength, "object": target, "path": path, "reason": reason}


def listed(names: Iterable[str], shown: int = _SHOWN) -> str:
    """Some of the names, and the number of the rest."""
    every = sorted(names)
    more = f" and {len(every) - shown} more" if len(every) > shown else ""
    return ", ".join(every[:shown]) + more


def shared_finding(crd: str, main: str) -> dict[str, Any]:
    """That a workload manages a CRD beside its main manager."""
    return finding("shared", "weak", main, f"it is the main manager of {crd}", ".metadata.name")


def told_evidence(sayings: Iterable[Saying]) -> list[dict[str, Any]]:
    """What people say, a finding for each place that says it."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in sayings:
        places[each.target, each.path].append(each.crd)
    return [
        finding("told", "certain", target, f"it is told that it {_told(crds)}", path)
        for (target, path), crds in places.items()
    ]


def _told(crds: Sequence[str]) -> str:
    named = [crd for crd in crds if crd]
    return f"manages {listed(named)}" if named else "is an operator"


def evidence_of(candidate: Candidate, claims: Sequence[Claim]) -> list[dict[str, Any]]:
    """All evidence for a workload, the strongest first."""
    return [
        *_package(candidate),
        *_written(claims),
        *_rights(claims),
        *_kinships(candidate, claims),
        *_webhooks(candidate),
        *_words(candidate),
    ]


def confidence_of(candidate: Candidate, claims: Sequence[Claim]) -> float:
    """The confidence that a workload with these claims is an operator, 0 to 1."""
    if candidate.package and (not claims or any(claim.packaged for claim in claims)):
        return CERTAIN
    basis = max((claim.basis for claim in claims), default=Basis.TOLD)
    if basis is Basis.TOLD:
        return CERTAIN
    product = any(claim.kinship.product for claim in claims)
    elects = candidate.leases or candidate.workload.elects_leader or candidate.rights.leases
    small = candidate.workload.controlling + bool(elects) + bool(candidate.serves)
    return round(min(_WEIGHTS[basis][1] + 0.03 * product + 0.02 * small, 0.99), 2)


def beside_evidence(candidate: Candidate, claims: Sequence[Claim]) -> list[dict[str, Any]]:
    """The evidence for a workload whose claims others hold with better reasons."""
    names = listed(claim.crd.name for claim in claims)
    roles = listed({role for claim in claims for role in claim.roles})
    account = f"service account {candidate.workload.account}"
    reason = f"{account} may watch or change {names}, whose main actors are others"
    return [
        finding("rbac", "medium", roles, reason, ".rules"),
        *_kinships(candidate, claims),
        *_words(candidate),
    ]


def undecided_evidence(candidate: Candidate, among: Sequence[Claim]) -> list[dict[str, Any]]:
    """The evidence for one of many workloads that may manage these kinds, all of them alike."""
    names = listed(claim.crd.name for claim in among)
    roles = listed({role for claim in among for role in claim.roles})
    reason = f"service account {candidate.workload.account} may change everything, also {names}"
    return [
        finding("rbac", "medium", roles, reason, ".rules"),
        *_kinships(candidate, among),
        *_words(candidate),
    ]


def any_of(pool: Sequence[Claim]) -> str:
    """Why it is not known who manages a kind that many workloads claim alike."""
    programs = listed(str(claim.candidate.workload) for claim in pool)
    return f"any of {len(pool)} programs that may change everything may manage it: {programs}"


def absent_finding(candidate: Candidate, absent: Mapping[str, str]) -> dict[str, Any]:
    """Evidence that a workload manages kinds whose CRD is unknown; ``absent`` has the roles."""
    account = f"service account {candidate.workload.account}"
    reason = f"{account} may write status or finalizers of {listed(absent)}, whose CRDs are unknown"
    return finding("rbac", "medium", listed(set(absent.values())), reason, ".rules")


def _package(candidate: Candidate) -> Iterable[dict[str, Any]]:
    if not candidate.package:
        return
    owns = f", which owns {listed(candidate.packaged)}" if candidate.packaged else ""
    reason = f"it was installed by {candidate.package}{owns}"
    bears = candidate.package.startswith("ClusterServiceVersion ")
    path = ".spec.install" if bears else ".metadata.labels"
    target = candidate.package if bears else str(candidate.workload)
    yield finding("olm", "certain", target, reason, path)


def _written(claims: Sequence[Claim]) -> Iterable[dict[str, Any]]:
    """What was seen, a finding for each kind; ``managed_crds`` has all, so some are enough."""
    seen = [(claim.crd, claim.witness) for claim in claims if claim.witness]
    for crd, witness in sorted(seen, key=lambda each: each[0].name)[:_SHOWN]:
        yield finding("written", "strong", crd.name, _seen(crd.plural, witness), ".metadata")


def _seen(plural: str, witness: Witness) -> str:
    """What was seen, in words."""
    name = f'"{witness.manager[:LONGEST_MANAGER]}"'
    some = f"{witness.objects} of {witness.looked_at} sampled {plural}"
    if witness.part == "owned":
        return f"it manages {witness.kind}, whose objects own {some}"
    if witness.part == "ownerReferences":
        made = f"{witness.objects} of {witness.looked_at} sampled {witness.kind}"
        return f"made {made} for {plural} as {name}"
    what = f"the {witness.part} of {some}" if witness.part else some
    return f"wrote {what} as {name}"


def _rights(claims: Sequence[Claim]) -> Iterable[dict[str, Any]]:
    grouped: dict[tuple[Basis, frozenset[str]], list[Claim]] = defaultdict(list)
    for claim in claims:
        if Basis.KINSHIP < claim.by_rights < Basis.TOLD:
            grouped[claim.by_rights, claim.roles].append(claim)
    for (basis, roles), members in sorted(grouped.items(), key=lambda item: -item[0][0]):
        crds = listed(claim.crd.name for claim in members)
        account = f"service account {members[0].candidate.workload.account}"
        reason = f"{account} may {_may(basis, members)} {crds}"
        yield finding("rbac", _WEIGHTS[basis][0], listed(roles), reason, ".rules")


def _may(basis: Basis, members: Sequence[Claim]) -> str:
    if basis is not Basis.STATUS:
        return {
            Basis.CHANGE: "watch and change",
            Basis.WATCH: "watch (and nobody else does more with)",
            Basis.REPORT: "read or write (and nobody else manages)",
            Basis.WILDCARD: "change everything, and so",
            Basis.AGENT: "watch, on each node for itself,",
        }[basis]
    held = (claim.candidate.rights.access.get(claim.crd.name, Access()) for claim in members)
    parts = {part for access in held for part in access.parts}
    return f"write {' or '.join(sorted(parts, reverse=True))} of"


def _kinships(candidate: Candidate, claims: Sequence[Claim]) -> Iterable[dict[str, Any]]:
    reasons = {reason for claim in claims for reason in claim.kinship.reasons}
    for kind, reason in sorted(reasons, reverse=True)[:_SHOWN]:
        path = _PLACES.get(kind, ".metadata")
        yield finding(kind, "medium", str(candidate.workload), reason, path)


def _webhooks(candidate: Candidate) -> Iterable[dict[str, Any]]:
    if candidate.serves:
        reason = f"its pods answer webhooks for {listed(candidate.serves)}"
        path = ".spec.template.metadata.labels"
        yield finding("webhook", "medium", str(candidate.workload), reason, path)


def _words(candidate: Candidate) -> Iterable[dict[str, Any]]:
    workload = candidate.workload
    if candidate.leases:
        names = listed(map(str, candidate.leases))
        noun = "lease" if len(candidate.leases) == 1 else "leases"
        reason = f"one of its pods holds the {noun} {names}"
        yield finding(
            "leader-election", "medium", f"{noun} {names}", reason, ".spec.holderIdentity"
        )
    elif workload.elects_leader:
        reason = "its arguments ask for leader election"
        yield finding("leader-election", "weak", str(workload), reason, ".spec.template.spec")
    elif candidate.rights.leases:
        account = f"service account {workload.account}"
        yield finding("leader-election", "weak", account, "it may write leases", ".rules")
    if workload.controlling:
        reason = "its name or arguments say that it reconciles"
        yield finding("name", "weak", str(workload), reason, ".metadata.name")
