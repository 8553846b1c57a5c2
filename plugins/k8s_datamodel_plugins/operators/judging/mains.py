"""Of several managers of a kind: which is the main one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from k8s_datamodel_plugins.operators.facts.fact_types import Name
from k8s_datamodel_plugins.operators.judging.claims import Basis, Claim

Key = tuple[str, Name]

_AGENTS = "DaemonSet"


def mains(held: Iterable[Claim]) -> Mapping[Key, Mapping[str, Claim]]:
    """By manager and name of CRD: the claim of the main manager, where that is another.

    Only managers in one namespace are compared: elsewhere is another product or another install.
    Of these the main one has the better reason, says that it reconciles, or is for the whole
    cluster while others are for their node. Where nothing tells them apart, all are main.
    """
    pools: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in held:
        pools[claim.crd.name, claim.candidate.workload.name.namespace].append(claim)
    found: dict[Key, dict[str, Claim]] = defaultdict(dict)
    for (crd, _), pool in pools.items():
        best = max(pool, key=_rank)
        for claim in pool:
            if _rank(claim) < _rank(best):
                found[claim.candidate.key][crd] = best
    return found


def _rank(claim: Claim) -> tuple[int, ...]:
    if claim.basis is Basis.TOLD:
        return (claim.basis,)
    workload = claim.candidate.workload
    wrote = claim.witness.objects if claim.witness and claim.witness.part == "status" else 0
    return (
        claim.basis,
        wrote,
        claim.named,
        workload.controlling,
        workload.kind != _AGENTS,
    )
