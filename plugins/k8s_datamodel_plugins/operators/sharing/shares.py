"""Share the CRDs out between the workloads that claim them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from k8s_datamodel_plugins.operators.claiming.claims import Basis, Claim
from k8s_datamodel_plugins.operators.sharing.acting import agents_of
from k8s_datamodel_plugins.operators.sharing.affinity import nearest, one_right, special_words
from k8s_datamodel_plugins.operators.sharing.contenders import contenders
from k8s_datamodel_plugins.operators.sharing.suites import assists, of_stars

Pools = dict[str, list[Claim]]


def shared_out(claims: Iterable[Claim]) -> list[Claim]:
    """The claims that hold: for each CRD, those of its main actors."""
    by_crd: Pools = defaultdict(list)
    for claim in claims:
        if claim.basis is not Basis.REPORT:
            by_crd[claim.crd.name].append(claim)
    pools = {name: contenders(rivals) for name, rivals in by_crd.items()}
    won = _by_affinity(pools)
    held = {name: _leftover(name, pool, won) for name, pool in pools.items()}
    return _not_empty_handed(pools, held)


def _by_affinity(pools: Pools) -> Pools:
    """For CRDs with equal claims: the claims whose name or place points to the CRD."""
    won: Pools = {}
    for name, pool in pools.items():
        chosen = nearest(pool) if len(pool) > 1 and not _seen_apart(pool) else []
        if chosen and len(chosen) < len(pool):
            won[name] = chosen
    return won


def _leftover(name: str, pool: Sequence[Claim], won: Pools) -> list[Claim]:
    """Among holders of one right: those that reconcile and have no kind or purpose of their own.

    Rights from a role of its own were written for that workload, and hold.
    """
    held = won.get(name, pool)
    if len(held) < 2 or _seen_apart(held):  # noqa: PLR2004
        return list(held)
    if not one_right(held):
        return list(held) if name in won else of_stars(held)
    owners = {claim.candidate.key for each in won.values() if len(each) == 1 for claim in each}
    held = [claim for claim in held if claim.candidate.key not in owners] or list(held)
    if name in won:
        return held
    held = [claim for claim in held if not assists(claim.candidate)] or held
    general = [claim for claim in held if not special_words(claim, held)] or held
    if controlling := [claim for claim in general if claim.candidate.workload.controlling]:
        return controlling
    return agents_of(general) if general == held else general


def _seen_apart(pool: Sequence[Claim]) -> bool:
    """Whether each was seen to write under a name of its own."""
    names = {claim.witness.manager for claim in pool if claim.witness}
    return len(names) == len(pool)


def _not_empty_handed(pools: Pools, held: Pools) -> list[Claim]:
    """A workload with roles of its own does not lose every CRD to words alone."""
    kept = [claim for claims in held.values() for claim in claims]
    having = {claim.candidate.key for claim in kept}
    for pool in pools.values():
        if not one_right(pool):
            kept += [c for c in pool if c.named and c.candidate.key not in having]
    return kept
