"""Decide which claimants of a CRD are its main actors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from k8s_datamodel_plugins.operators.facts.words import (
    PLATFORMS,
    common_stem,
    compact,
    group_words,
    is_controlling,
)
from k8s_datamodel_plugins.operators.judging.acting import (
    agents_of,
    changes_unseen,
    data_plane,
    is_strangers_own,
    on_request,
    without_answerers,
    without_installers,
    without_status_alone,
    without_validators,
)
from k8s_datamodel_plugins.operators.judging.claims import Basis, Claim
from k8s_datamodel_plugins.operators.judging.suites import (
    assists,
    of_group,
    of_stars,
    without_answering,
    without_caches,
    without_made,
)

Pools = dict[str, list[Claim]]

_WORD = 4
"""Shortest word that may tie a workload to a kind."""

_STEM = 6
"""Shortest stem that may tie a workload to a group."""

_FEW = 4
"""Who wrote less than one in so many of the objects that another wrote is not their manager."""


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


def contenders(rivals: Sequence[Claim]) -> list[Claim]:
    """The claims with the best reason: by what was seen, package, home, role, basis, naming."""
    wrote = _writers([claim for claim in rivals if claim.basis is Basis.WROTE])
    return wrote or _by_rules([_unseen(claim) for claim in rivals])


def _by_rules(rivals: Sequence[Claim]) -> list[Claim]:
    """The claims with the best reason apart from what was seen."""
    packaged = [claim for claim in rivals if claim.packaged]
    if packaged:
        return _best_of(_without_servers(packaged))
    home = [claim for claim in rivals if claim.home and _credible(claim)]
    pool = _without_guests(home) or [claim for claim in rivals if is_strangers_own(claim)]
    pool = without_made(without_caches(without_answering(pool)))
    pool = _without_givers(without_validators(without_installers(pool))) or _only_candidate(rivals)
    explicit = [claim for claim in pool if claim.basis >= Basis.WATCH]
    product = [claim for claim in pool if claim.kinship.product]
    best = _best_of(_without_servers(without_answerers(explicit or product or pool)))
    return data_plane(without_status_alone(best))


def _writers(wrote: Sequence[Claim]) -> list[Claim]:
    """Those that were seen to write, each under its name, but who wrote few of the objects.

    Where a name fits several, the other rules choose between these.
    """
    most = max((claim.witness.objects for claim in wrote if claim.witness), default=0)
    by_name: Pools = defaultdict(list)
    for claim in wrote:
        if claim.witness and claim.witness.objects * _FEW >= most:
            by_name[claim.witness.manager].append(claim)
    return [claim for pool in by_name.values() for claim in _of_one_name(pool)]


def _of_one_name(pool: Sequence[Claim]) -> list[Claim]:
    """Of those that a name fits, who has the best reason apart from it."""
    if len(pool) == 1:
        return list(pool)
    held = {claim.candidate.key for claim in _by_rules([_unseen(claim) for claim in pool])}
    return [claim for claim in pool if claim.candidate.key in held]


def _unseen(claim: Claim) -> Claim:
    """A claim apart from what was seen."""
    return replace(claim, basis=claim.by_rights, witness=None, allowed=None)


def _without_guests(home: Sequence[Claim]) -> list[Claim]:
    """Without claims of workloads that belong elsewhere, if a closer workload claims.

    Rights alone yield to a product's name or marks with as good a reason. A tie by rights alone, or
    a much closer tie to another group, makes a guest.
    """
    closest = max((claim.kinship.points for claim in home), default=0)
    product = max((_reason(claim) for claim in home if claim.kinship.product), default=(-1, False))
    return [
        claim
        for claim in home
        if claim.kinship.points + 2 > min(closest, claim.elsewhere)
        if claim.kinship.product or _reason(claim) > product
    ]


def _without_givers(pool: Sequence[Claim]) -> list[Claim]:
    """Without rights that are held only to grant them, if their receiver has as good ones."""
    taken = max((claim.basis for claim in pool if claim.own), default=Basis.KINSHIP)
    return [claim for claim in pool if claim.own or claim.basis > taken]


def _reason(claim: Claim) -> tuple[int, bool]:
    """The rank of a reason: its basis, and whether it names the kind."""
    return claim.basis, claim.named


def _best_of(pool: Sequence[Claim]) -> list[Claim]:
    best = max(map(_reason, pool), default=None)
    held = [claim for claim in pool if _reason(claim) == best]
    return [claim for claim in held if claim.leads] or held


def _without_servers(pool: Sequence[Claim]) -> Sequence[Claim]:
    """Without workloads that only answer requests, if another may change or watch."""
    others = [claim for claim in pool if not claim.candidate.workload.serving]
    return others or pool


def _credible(claim: Claim) -> bool:
    """Whether a claim is credible: watching alone, or rights on everything, need a product."""
    if on_request(claim):
        return False
    if claim.basis is Basis.WATCH:
        return claim.kinship.points >= 2  # noqa: PLR2004
    if claim.basis is Basis.WILDCARD:
        return claim.kinship.product or not claim.candidate.workload.serving
    if claim.basis is Basis.KINSHIP:
        return _says_so(claim)
    return not changes_unseen(claim)


def _says_so(claim: Claim) -> bool:
    """Without RBAC, a workload must say that it reconciles, or the group is named after it."""
    workload = claim.candidate.workload
    named = compact(workload.name.name) in map(compact, group_words(claim.crd.group))
    inside = any(is_controlling(container.name) for container in workload.containers)
    says = workload.controlling or inside or named or bool(claim.candidate.serves)
    return says and not workload.serving


def _only_candidate(rivals: Sequence[Claim]) -> list[Claim]:
    """Without RBAC: the product's only workload with an account of its own and no UI."""
    own = [c for c in rivals if c.kinship.product and _has_own_account(c)]
    able = [claim for claim in own if not claim.candidate.workload.serving]
    return able if len(able) == 1 and able[0].basis is Basis.KINSHIP else []


def _has_own_account(claim: Claim) -> bool:
    """Whether it runs as an account of its own, and no custom resource made it."""
    workload = claim.candidate.workload
    return workload.account != "default" and not workload.owner


def _by_affinity(pools: Pools) -> Pools:
    """For CRDs with equal claims: the claims whose name or place points to the CRD."""
    won: Pools = {}
    for name, pool in pools.items():
        chosen = _nearest(pool) if len(pool) > 1 and not _seen_apart(pool) else []
        if chosen and len(chosen) < len(pool):
            won[name] = chosen
    return won


def _nearest(pool: Sequence[Claim]) -> list[Claim]:
    named = _most([_affinity(claim, pool) for claim in pool], pool)
    if named or not (_one_right(pool) or of_group(pool) or _of_name(pool)):
        return named
    told = _most([_told_letters(claim, pool) for claim in pool], pool)
    return told or [claim for claim in pool if claim.on_its_node and _one_right(pool)]


def _most(letters: Sequence[int], pool: Sequence[Claim]) -> list[Claim]:
    """The claims with the most letters; none where nobody has any."""
    most = max(letters)
    return [claim for claim, each in zip(pool, letters, strict=True) if most and each == most]


def _told_letters(claim: Claim, pool: Sequence[Claim]) -> int:
    """How many letters of the CRD's name are in words that only its own command or modes have."""
    plural = compact(claim.crd.plural)
    others = [c.candidate.workload.modes for c in pool if c.candidate is not claim.candidate]
    own = claim.candidate.workload.modes
    special = {word for word in own if not all(word in words for words in others)}
    return sum(len(_singular(word)) for word in special if _fits(_singular(word), plural))


def _singular(word: str) -> str:
    return word.removesuffix("s")


def _fits(word: str, plural: str) -> bool:
    return len(word) >= _WORD and (word in plural or _singular(plural) in word)


def _affinity(claim: Claim, pool: Sequence[Claim]) -> int:
    """How many letters of the CRD's name are in words that only some rivals have.

    Among holders of one right, a common stem with the group counts too.
    """
    plural, labels = compact(claim.crd.plural), claim.crd.group.split(".")
    special = _special_words(claim, pool)
    found = {word for word in special if word in labels}
    found |= {word for word in special if len(word) >= _WORD and word in plural}
    if found or not _one_right(pool):
        return sum(map(len, found))
    stems = (common_stem(word, label) for word in special for label in labels)
    return max((length for length in stems if length >= _STEM), default=0)


def _special_words(claim: Claim, pool: Sequence[Claim]) -> set[str]:
    """Telling words of a rival's name that not all others have."""
    others = [each.candidate.workload for each in pool if each.candidate is not claim.candidate]
    names = [other.telling_identity for other in others]
    own = claim.candidate.workload.telling
    return {word for word in own - PLATFORMS if not all(word in words for words in names)}


def _leftover(name: str, pool: Sequence[Claim], won: Pools) -> list[Claim]:
    """Among holders of one right: those that reconcile and have no kind or purpose of their own.

    Rights from a role of its own were written for that workload, and hold.
    """
    held = won.get(name, pool)
    if len(held) < 2 or _seen_apart(held):  # noqa: PLR2004
        return list(held)
    if not _one_right(held):
        return list(held) if name in won else of_stars(held)
    owners = {claim.candidate.key for each in won.values() if len(each) == 1 for claim in each}
    held = [claim for claim in held if claim.candidate.key not in owners] or list(held)
    if name in won:
        return held
    held = [claim for claim in held if not assists(claim.candidate)] or held
    general = [claim for claim in held if not _special_words(claim, held)] or held
    if controlling := [claim for claim in general if claim.candidate.workload.controlling]:
        return controlling
    return agents_of(general) if general == held else general


def _seen_apart(pool: Sequence[Claim]) -> bool:
    """Whether each was seen to write under a name of its own."""
    names = {claim.witness.manager for claim in pool if claim.witness}
    return len(names) == len(pool)


def _of_name(pool: Sequence[Claim]) -> bool:
    """Whether all were seen to write under one name: one program runs in several workloads."""
    names = {claim.witness.manager if claim.witness else "" for claim in pool}
    return len(names) == 1 and "" not in names


def _one_right(pool: Sequence[Claim]) -> bool:
    return len({claim.roles for claim in pool}) == 1


def _not_empty_handed(pools: Pools, held: Pools) -> list[Claim]:
    """A workload with roles of its own does not lose every CRD to words alone."""
    kept = [claim for claims in held.values() for claim in claims]
    having = {claim.candidate.key for claim in kept}
    for pool in pools.values():
        if not _one_right(pool):
            kept += [c for c in pool if c.named and c.candidate.key not in having]
    return kept
