"""Share the CRDs out between the workloads that claim them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import takewhile
from typing import NamedTuple

from k8s_datamodel_plugins.operators.claiming.claims import Basis, Claim
from k8s_datamodel_plugins.operators.facts.fact_types import Name
from k8s_datamodel_plugins.operators.facts.words import words_of
from k8s_datamodel_plugins.operators.sharing.acting import agents_of
from k8s_datamodel_plugins.operators.sharing.affinity import (
    named_for,
    nearest,
    of_group,
    one_right,
    special_words,
)
from k8s_datamodel_plugins.operators.sharing.contenders import by_rules, contenders
from k8s_datamodel_plugins.operators.sharing.suites import assists, made_apart, of_stars

Pools = dict[str, list[Claim]]

Key = tuple[str, Name]

Writing = Mapping[tuple[Key, str], list[int]]

_CROWD = 3
"""Of more programs that may do everything, and that nothing tells apart, any may have a kind."""


class Shared(NamedTuple):
    """Who has what.

    Attributes:
        held: the claims that hold: for each CRD, those of its main actors.
        undecided: by CRD, many claims of which one or more may hold.
    """

    held: list[Claim]
    undecided: Pools


def shared_out(claims: Iterable[Claim]) -> Shared:
    """Share the CRDs out by all claims on them."""
    by_crd: Pools = defaultdict(list)
    for claim in claims:
        if claim.basis is not Basis.REPORT:
            by_crd[claim.crd.name].append(claim)
    pools = _without_strangers({name: contenders(rivals) for name, rivals in by_crd.items()})
    won = _by_affinity(pools)
    writes, named = _status_writers(_by_rights(by_crd, pools)), _named(pools, won)
    held = {name: _leftover(name, pool, won, writes, named) for name, pool in pools.items()}
    held = {name: _of_family(pool, held) for name, pool in held.items()}
    crowds = {name: pool for name, pool in held.items() if _is_crowd(pool)}
    told = {name: pool for name, pool in held.items() if name not in crowds}
    return Shared(_not_empty_handed(pools, told), crowds)


def _is_crowd(pool: Sequence[Claim]) -> bool:
    return len(pool) > _CROWD and all(claim.basis is Basis.WILDCARD for claim in pool)


def _without_strangers(pools: Pools) -> Pools:
    """Without rights on a whole group of another product, where that manages other kinds of it.

    Who uses kinds of whatever product, as parts of its own, may have rights on all of them.
    """
    at_home = {c.crd.group for pool in pools.values() for c in pool if c.home}
    return {
        name: [c for c in pool if c.home or c.named or c.witness or c.crd.group not in at_home]
        for name, pool in pools.items()
    }


def _by_rights(by_crd: Pools, pools: Pools) -> Pools:
    """The best claims apart from what was seen: that one wrote a kind takes nobody's right."""
    return {
        name: by_rules(by_crd[name]) if any(claim.witness for claim in pool) else pool
        for name, pool in pools.items()
    }


def _of_family(pool: Sequence[Claim], held: Pools) -> list[Claim]:
    """Of several that nothing tells apart: who alone has the kinds with the nearest names.

    The names of kinds that belong together begin with the same words.
    """
    if len(pool) < 2 or not (one_right(pool) or of_group(pool)):  # noqa: PLR2004
        return list(pool)
    having: dict[int, set[Key]] = defaultdict(set)
    for others in held.values():
        if len(others) == 1 and others[0].crd.group == pool[0].crd.group:
            alike = _common_words(pool[0].crd.kind, others[0].crd.kind)
            having[alike].add(others[0].candidate.key)
    most = max(having, default=0)
    closest = having[most] if most else set()
    if len(closest) != 1:
        return list(pool)
    return [claim for claim in pool if claim.candidate.key in closest] or list(pool)


def _common_words(one: str, other: str) -> int:
    pairs = zip(words_of(one), words_of(other), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _by_affinity(pools: Pools) -> Pools:
    """For CRDs with equal claims: the claims whose name or place points to the CRD."""
    won: Pools = {}
    for name, pool in pools.items():
        chosen = nearest(pool) if len(pool) > 1 and not _seen_apart(pool) else []
        if chosen and len(chosen) < len(pool):
            won[name] = chosen
    return won


def _status_writers(pools: Pools) -> Writing:
    """For each workload and group: how many may write the status of each kind that it may."""
    found: dict[tuple[Key, str], list[int]] = defaultdict(list)
    for pool in pools.values():
        for claim in pool:
            if claim.basis is Basis.STATUS:
                found[claim.candidate.key, claim.crd.group].append(len(pool))
    return found


def _with_others(pool: Sequence[Claim], writes: Writing) -> list[Claim]:
    """Of a kind whose status nobody may write: those that write the status of several of its group.

    Or of one with others. Who has one alone, and no more, reads the kind beside it.
    """
    if any(claim.basis is not Basis.CHANGE for claim in pool):
        return list(pool)
    having = [writes.get((claim.candidate.key, claim.crd.group), []) for claim in pool]
    return [c for c, each in zip(pool, having, strict=True) if each not in ([], [1])] or list(pool)


def _named(pools: Pools, won: Pools) -> set[Key]:
    """Those whose names hold the whole name of a kind that they have alone or by their names."""
    having = [*won.values(), *(pool for pool in pools.values() if len(pool) == 1)]
    return {claim.candidate.key for pool in having for claim in pool if named_for(claim)}


def _leftover(
    name: str, pool: Sequence[Claim], won: Pools, writes: Writing, named: Set[Key]
) -> list[Claim]:
    """Among holders of one right: those that reconcile and have no kind or purpose of their own.

    Who is ``named`` for another kind as a whole is for that one, more than who shares a word with
    one.
    Rights from a role of its own were written for that workload, and hold.
    """
    held = won.get(name, pool)
    if len(held) < 2 or _seen_apart(held):  # noqa: PLR2004
        return list(held)
    owners = {claim.candidate.key for each in won.values() if len(each) == 1 for claim in each}
    if of_group(held) and name not in won:
        held = made_apart(held)
    if one_right(held):
        here = {claim.candidate.key for claim in held if named_for(claim)}
        others = _but(owners, _but(named - here, held))
        return others if name in won else _of_one_right(others)
    if name in won:
        return list(held)
    if of_group(held):
        return of_stars(_but(owners, held))
    held = _with_others(held, writes)
    by_roles: dict[frozenset[str], list[Claim]] = defaultdict(list)
    for claim in held:
        by_roles[claim.roles].append(claim)
    return [claim for each in by_roles.values() for claim in _of_one_right(_but(owners, each))]


def _but(owners: Set[Key], pool: Sequence[Claim]) -> list[Claim]:
    """Without those that have a kind of their own, if there are others."""
    return [claim for claim in pool if claim.candidate.key not in owners] or list(pool)


def _of_one_right(pool: Sequence[Claim]) -> list[Claim]:
    """Of holders of one right: those that reconcile and are named for nothing else."""
    if len(pool) < 2:  # noqa: PLR2004
        return list(pool)
    held = [claim for claim in pool if not assists(claim.candidate)] or list(pool)
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
            kept += [
                c
                for c in pool
                if c.named and c.candidate.key not in having
                if not c.candidate.workload.answers_kubelet
            ]
    return kept
