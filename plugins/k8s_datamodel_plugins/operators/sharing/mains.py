"""Of several managers of a kind: which is the main one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from k8s_datamodel_plugins.operators.claiming.claims import Basis, Claim
from k8s_datamodel_plugins.operators.facts.fact_types import Name

Key = tuple[str, Name]

_AGENTS = "DaemonSet"


def mains(held: Iterable[Claim]) -> Mapping[Key, Mapping[str, Claim]]:
    """By manager and name of CRD: the claim of the main manager, where that is another.

    Only managers in one namespace are compared: elsewhere is another product or another install.
    Of these the main one has the better reason, wrote most objects, says that it reconciles, or is
    for the whole cluster while others are for their node. Where nothing tells them apart, all are
    main.
    """
    pools: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in held:
        pools[claim.crd.name, claim.candidate.workload.name.namespace].append(claim)
    found: dict[Key, dict[str, Claim]] = defaultdict(dict)
    for (crd, _), pool in pools.items():
        best = max(sorted(pool, key=lambda claim: claim.candidate.key), key=_rank)
        for claim in pool:
            if _rank(claim) < _rank(best):
                found[claim.candidate.key][crd] = best
    return found


def _rank(claim: Claim) -> tuple[int, ...]:
    if claim.basis is Basis.TOLD:
        return (claim.basis,)
    workload = claim.candidate.workload
    return (
        claim.basis,
        _wrote_most(claim),
        claim.named,
        workload.controlling,
        workload.kind != _AGENTS,
    )


def _wrote_most(claim: Claim) -> bool:
    """Whether it wrote the status of most objects: each new one changes the exact number."""
    seen = claim.witness
    return seen is not None and seen.part == "status" and 2 * seen.objects > seen.looked_at
