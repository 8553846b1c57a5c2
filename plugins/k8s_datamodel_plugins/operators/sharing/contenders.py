"""Choose the claims on one CRD with the best reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from k8s_datamodel_plugins.operators.claiming.claims import Basis, Claim
from k8s_datamodel_plugins.operators.facts.words import compact, group_words, is_controlling
from k8s_datamodel_plugins.operators.rights.access import Grade
from k8s_datamodel_plugins.operators.sharing.acting import (
    changes_unseen,
    data_plane,
    is_strangers_own,
    reconciles,
    without_answerers,
    without_installers,
    without_showing,
    without_status_alone,
    without_validators,
)
from k8s_datamodel_plugins.operators.sharing.affinity import named_for
from k8s_datamodel_plugins.operators.sharing.suites import (
    without_answering,
    without_caches,
    without_made,
    without_makers,
)

_FEW = 4
"""Who wrote less than one in so many of the objects that another wrote is not their manager."""


def contenders(rivals: Sequence[Claim]) -> list[Claim]:
    """The claims with the best reason: by what was seen, package, home, role, basis, naming."""
    wrote = _writers([claim for claim in rivals if claim.basis is Basis.WROTE])
    return wrote or by_rules(rivals)


def by_rules(claims: Sequence[Claim]) -> list[Claim]:
    """The claims with the best reason apart from what was seen."""
    rivals = without_makers([_of_its_name(_unseen(claim)) for claim in claims])
    packaged = [claim for claim in rivals if claim.packaged]
    if packaged:
        return _best_of(_without_servers(packaged))
    rivals = without_showing(rivals)
    home = [claim for claim in rivals if claim.home and _credible(claim)]
    pool = _without_guests(home) or [claim for claim in rivals if is_strangers_own(claim)]
    pool = pool or _only_writer(without_made(rivals))
    pool = without_made(without_caches(without_answering(pool)))
    pool = _without_givers(without_validators(without_installers(pool))) or _only_candidate(rivals)
    pool = _without_readers(pool)
    pool = _without_users(pool, home)
    explicit = [claim for claim in pool if claim.basis >= Basis.WATCH]
    product = [claim for claim in pool if claim.kinship.product]
    best = _best_of(_without_servers(without_answerers(explicit or product or pool)))
    return data_plane(without_status_alone(best))


def _writers(wrote: Sequence[Claim]) -> list[Claim]:
    """Those that were seen to write, each under its name, but who wrote few of the objects.

    Where a name fits several, the other rules choose between these.
    """
    most = max((claim.witness.objects for claim in wrote if claim.witness), default=0)
    by_name: dict[str, list[Claim]] = defaultdict(list)
    for claim in wrote:
        if claim.witness and claim.witness.objects * _FEW >= most:
            by_name[claim.witness.manager].append(claim)
    return [claim for pool in by_name.values() for claim in _of_one_name(pool)]


def _of_one_name(pool: Sequence[Claim]) -> list[Claim]:
    """Of those that a name fits, who has the best reason apart from it."""
    if len(pool) == 1:
        return list(pool)
    held = {claim.candidate.key for claim in by_rules(pool)}
    return [claim for claim in pool if claim.candidate.key in held]


def _unseen(claim: Claim) -> Claim:
    """A claim apart from what was seen."""
    return replace(claim, basis=claim.by_rights, witness=None, allowed=None)


def _of_its_name(claim: Claim) -> Claim:
    """A controller that may do everything and is named for the kind: as if a right named it."""
    workload = claim.candidate.workload
    ours = claim.basis is Basis.WILDCARD and claim.kinship.product and named_for(claim)
    if not ours or not workload.controlling:
        return claim
    return replace(claim, basis=Basis.CHANGE, named=True)


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
        if claim.kinship.product or _reason(claim) > product or _begins(claim)
    ]


def _begins(claim: Claim) -> bool:
    """Whether the kind begins with the word that ties the workload to its group."""
    word = claim.kinship.kind
    return bool(word) and compact(claim.crd.kind).startswith(word)


def _without_users(pool: Sequence[Claim], home: Sequence[Claim]) -> list[Claim]:
    """Without who makes objects that the manager of the group reads, if nobody writes their status.

    The manager is closer to no other group, writes the status of most kinds of this one and watches
    the kind. Who makes the objects is closer to another group.
    """
    managers = [
        claim
        for claim in home
        if claim.named and claim.basis >= Basis.WATCH
        if claim.kinship.coverage is Grade.STATUS and claim.closest
    ]
    if not managers or any(claim.basis is Basis.STATUS for claim in pool):
        return list(pool)
    able = [c for c in pool if c.kinship.coverage is Grade.STATUS or c.closest]
    return able or managers


def _without_givers(pool: Sequence[Claim]) -> list[Claim]:
    """Without rights that are held only to grant them, if their receiver has as good ones."""
    receivers = [claim for claim in pool if not claim.granted]
    return [claim for claim in pool if not any(_gives(claim, each) for each in receivers)]


def _gives(claim: Claim, receiver: Claim) -> bool:
    """Whether a claim rests on rights that are held to grant them to another.

    An account without any right of its own may be no installer. It is one if a custom resource made
    the receiver, and not its own workload too. Agents on nodes receive rights for their nodes only.
    """
    if not claim.granted or claim.basis > receiver.basis or named_for(claim):
        return False
    made, maker = receiver.candidate.workload, claim.candidate.workload
    return not claim.own or (bool(made.owner) and made.owner != maker.owner and not made.on_a_node)


def _reason(claim: Claim) -> tuple[int, bool]:
    """The rank of a reason: its basis, and whether it names the kind."""
    return claim.basis, claim.named


def _best_of(pool: Sequence[Claim]) -> list[Claim]:
    """Those with the best reason; if instances made all of these, also makers elsewhere.

    What was made works for its instance, and a maker with as good a basis for all. Who is closer to
    another group yields to who is closest to this one, though only its rights name the kind.
    """
    best = max(map(_reason, pool), default=None)
    held = [claim for claim in pool if _reason(claim) == best]
    if best and not any(claim.closest for claim in held):
        held = [c for c in pool if c.basis == best[0] and c.closest] or held
    if best and all(claim.candidate.workload.owner for claim in held):
        held += [claim for claim in pool if claim.basis == best[0] and _is_elsewhere(claim, held)]
    held = [claim for claim in held if claim.leads] or held
    return [claim for claim in held if claim.wrote_some] or held


def _is_elsewhere(claim: Claim, made: Sequence[Claim]) -> bool:
    """Whether no instance made it, and it is in no namespace of those that were made."""
    places = {each.candidate.account.namespace for each in made}
    return not claim.candidate.workload.owner and claim.candidate.account.namespace not in places


def _without_servers(pool: Sequence[Claim]) -> Sequence[Claim]:
    """Without workloads that only answer requests, if another may change or watch."""
    others = [claim for claim in pool if not _answers(claim) or reconciles(claim, pool)]
    return others or pool


def _answers(claim: Claim) -> bool:
    """Whether a workload answers requests, as its name or its command says."""
    return claim.candidate.workload.serving or claim.candidate.workload.told_to_serve


def _without_readers(pool: Sequence[Claim]) -> list[Claim]:
    """Without who only reads a kind that has a status, if a controller may write everything."""
    able = [claim for claim in pool if claim.basis is Basis.WILDCARD and claim.kinship.product]
    if not any(claim.candidate.workload.controlling for claim in able):
        return list(pool)
    pool = [c for c in pool if c in able or not _answers(c) or reconciles(c, pool)]
    if any(claim.crd.plain or claim.basis > Basis.WATCH for claim in pool):
        return list(pool)
    return [claim for claim in pool if claim.basis is not Basis.WATCH]


def _credible(claim: Claim) -> bool:
    """Whether a claim is credible: watching alone, or rights on everything, need a product."""
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


def _only_writer(rivals: Sequence[Claim]) -> list[Claim]:
    """Who alone has rights on a kind, of whatever product, if it may write the status.

    Who may write roles may hold the right only to grant it.
    """
    writes = [claim for claim in rivals if claim.basis is Basis.STATUS]
    return writes if len(rivals) == 1 and not rivals[0].candidate.rights.passes_on else []


def _only_candidate(rivals: Sequence[Claim]) -> list[Claim]:
    """Without RBAC: the product's only workload with an account of its own and no UI."""
    own = [c for c in rivals if c.kinship.product and _has_own_account(c)]
    able = [claim for claim in own if not claim.candidate.workload.serving]
    return able if len(able) == 1 and able[0].basis is Basis.KINSHIP else []


def _has_own_account(claim: Claim) -> bool:
    """Whether it runs as an account of its own, and no custom resource made it."""
    workload = claim.candidate.workload
    return workload.account != "default" and not workload.owner
