"""Who of those that claim a CRD is its main actor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from k8s_datamodel_plugins.operators.claims import Basis, Candidate, Claim
from k8s_datamodel_plugins.operators.words import compact, telling

Pools = dict[str, list[Claim]]

_WORD = 4
"""Shortest word that may tie a workload to a kind."""


def shared_out(claims: Iterable[Claim]) -> list[Claim]:
    """The claims that hold: for each CRD those of its main actors."""
    by_crd: Pools = defaultdict(list)
    for claim in claims:
        by_crd[claim.crd.name].append(claim)
    pools = {name: contenders(rivals) for name, rivals in by_crd.items()}
    won = _by_affinity(pools)
    held = {name: _leftover(won.get(name, pool), won) for name, pool in pools.items()}
    return _not_empty_handed(pools, held)


def contenders(rivals: Sequence[Claim]) -> list[Claim]:
    """Those with the best reason, equals all: package, home, role, basis, explicit naming."""
    packaged = [claim for claim in rivals if claim.packaged]
    if packaged:
        return _best_of(_without_servers(packaged))
    home = [claim for claim in rivals if claim.home and _credible(claim)]
    pool = home or [claim for claim in rivals if _credible_stranger(claim)]
    explicit = [claim for claim in pool if claim.basis >= Basis.WATCH]
    return _best_of(_without_servers(explicit or pool))


def _best_of(pool: Sequence[Claim]) -> list[Claim]:
    if not pool:
        return []
    basis = max(claim.basis for claim in pool)
    equal = [claim for claim in pool if claim.basis == basis]
    named = [claim for claim in equal if claim.named]
    return named or equal


def _without_servers(pool: Sequence[Claim]) -> Sequence[Claim]:
    """What only answers requests yields to whatever else there is that may change or watch."""
    others = [claim for claim in pool if not claim.candidate.workload.serving]
    return others or pool


def _credible(claim: Claim) -> bool:
    """Watching alone, or rights on everything, need a product in common."""
    if claim.basis is Basis.WATCH:
        return claim.kinship.points >= 2  # noqa: PLR2004
    if claim.basis is Basis.KINSHIP:
        return _says_so(claim.candidate)
    return True


def _says_so(candidate: Candidate) -> bool:
    """Without RBAC, a workload must say by its words or its webhooks that it reconciles."""
    workload = candidate.workload
    return not workload.serving and (workload.controlling or bool(candidate.serves))


def _credible_stranger(claim: Claim) -> bool:
    """Whoever belongs elsewhere manages a kind only if it writes just that kind's status."""
    return claim.basis is Basis.STATUS and claim.named


def _by_affinity(pools: Pools) -> Pools:
    """For CRDs that several claim equally: those whose name, or whose place, points to it."""
    won: Pools = {}
    for name, pool in pools.items():
        chosen = _nearest(pool) if len(pool) > 1 else []
        if chosen and len(chosen) < len(pool):
            won[name] = chosen
    return won


def _nearest(pool: Sequence[Claim]) -> list[Claim]:
    lengths = [_affinity(claim, pool) for claim in pool]
    longest = max(lengths)
    if longest:
        return [claim for claim, length in zip(pool, lengths, strict=True) if length == longest]
    if pool[0].crd.node_bound and _one_right(pool):
        return [claim for claim in pool if claim.candidate.workload.kind == "DaemonSet"]
    return []


def _affinity(claim: Claim, pool: Sequence[Claim]) -> int:
    """Length of the longest word that only some rivals have and that stands in the CRD's name."""
    others = [each.candidate.workload for each in pool if each.candidate is not claim.candidate]
    own = claim.candidate.workload.telling
    shared = [telling(other.identity) for other in others]
    words = [word for word in own if not all(word in names for names in shared)]
    plural, group = compact(claim.crd.plural), claim.crd.group
    labels = group.split(".")
    fitting = (word for word in words if word in labels or (len(word) >= _WORD and word in plural))
    return max((len(word) for word in fitting), default=0)


def _leftover(pool: Sequence[Claim], won: Pools) -> list[Claim]:
    """Among holders of one and the same right: those that reconcile, and have no kind of their own.

    Rights that a role of its own gives were written for that workload, and stand.
    """
    if len(pool) < 2 or not _one_right(pool):  # noqa: PLR2004
        return list(pool)
    special = {
        claim.candidate.key for claims in won.values() if len(claims) == 1 for claim in claims
    }
    general = [claim for claim in pool if claim.candidate.key not in special] or list(pool)
    return [claim for claim in general if claim.candidate.workload.controlling] or general


def _one_right(pool: Sequence[Claim]) -> bool:
    return len({claim.roles for claim in pool}) == 1


def _not_empty_handed(pools: Pools, held: Pools) -> list[Claim]:
    """Whoever has roles of its own does not lose everything to words alone."""
    kept = [claim for claims in held.values() for claim in claims]
    having = {claim.candidate.key for claim in kept}
    for pool in pools.values():
        if not _one_right(pool):
            kept += [claim for claim in pool if claim.candidate.key not in having]
    return kept
