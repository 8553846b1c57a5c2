"""Tell programs that act on a kind from those that only hold rights to it.

A right is not a loop: some programs check objects for the API server, some only read, some hold
rights to hand them on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from k8s_datamodel_plugins.operators.claiming.claims import Basis, Candidate, Claim
from k8s_datamodel_plugins.operators.facts.words import is_passive
from k8s_datamodel_plugins.operators.rights.access import Access, Grade
from k8s_datamodel_plugins.operators.sharing.affinity import named_for

_SUITE = 3
"""What more programs than that read, each with its account, is a setting that all of them share."""


def only_validates(claim: Claim) -> bool:
    """Whether a program checks objects of a kind and has nothing that acts on them.

    Its pods answer the kind's webhooks, and it only reads what its group has. It neither elects a
    leader nor changes pods or what makes them. A server by its name may do both, and answer those
    of other custom resources; or it may change the kind, as its users ask.
    """
    candidate = claim.candidate
    answers = claim.crd.name in candidate.serves and not (loops(candidate) or acts(candidate))
    if candidate.workload.serving and claim.basis is Basis.CHANGE:
        return answers
    if claim.basis is not Basis.WATCH or claim.kinship.coverage > Grade.WATCH:
        return False
    return bool(candidate.serves) if candidate.workload.serving else answers


def acts(candidate: Candidate) -> bool:
    """Whether its account may change or evict pods or what makes them."""
    return candidate.rights.acts or bool(candidate.rights.wildcard)


def loops(candidate: Candidate) -> bool:
    """Whether it may elect a leader, as programs with a control loop do."""
    return candidate.workload.elects_leader or candidate.rights.leases


def on_request(claim: Claim) -> bool:
    """Whether a database or a user interface has rights on objects, and nothing loops.

    Its name says what it is; whoever elects a leader is more than that.
    """
    candidate = claim.candidate
    return is_passive(candidate.workload.name.name) and not loops(candidate)


def without_showing(pool: Sequence[Claim]) -> list[Claim]:
    """Without databases and user interfaces, but who alone may write the status."""
    acting = any(c.basis is Basis.STATUS and not on_request(c) for c in pool)
    return [c for c in pool if not on_request(c) or (c.basis is Basis.STATUS and not acting)]


def access_of(claim: Claim) -> Access:
    """The rights that a claim rests on."""
    return claim.candidate.rights.access.get(claim.crd.name, Access())


def writes_named_status(claim: Claim) -> bool:
    """Whether a rule names the kind, and its status may be written."""
    return claim.basis is Basis.STATUS and claim.named and "status" in access_of(claim).parts


def reconciles(claim: Claim, pool: Sequence[Claim]) -> bool:
    """Whether a server also acts: roles of its own let it write status and finalizers of the kind.

    Roles name the kind, and none of its rivals has them.
    """
    rivals = {role for c in pool if c.candidate is not claim.candidate for role in c.roles}
    own = rivals.isdisjoint(claim.roles) and not claim.candidate.workload.told_to_serve
    return claim.named and _has_both(claim) and own


def without_validators(pool: Sequence[Claim]) -> list[Claim]:
    """Without programs that only check objects, though nobody else may be there."""
    return [claim for claim in pool if not only_validates(claim)]


def without_answerers(pool: Sequence[Claim]) -> list[Claim]:
    """Without webhook servers, whatever they are called, if another acts on the cluster.

    A Service of a webhook selects the pods of the one. The other may change or evict pods, or what
    makes them, and answers no webhook. Who asks for leader election and may write status and
    finalizers of the kind reconciles it, too.
    """
    acting = [c.basis for c in pool if acts(c.candidate) and not c.candidate.answers]
    if not acting:
        return list(pool)
    return [
        claim
        for claim in pool
        if not claim.candidate.answers
        or acts(claim.candidate)
        or (claim.candidate.workload.elects_leader and _has_both(claim))
        or claim.basis > max(acting)
    ]


def without_aides(claims: Iterable[Claim]) -> list[Claim]:
    """Without who answers the kind's webhooks with the account of one that says it reconciles.

    What such a server wrote are objects to begin with, which the other reads.
    """
    every = list(claims)
    loops = {c.candidate.account for c in every if c.candidate.workload.controlling}
    return [c for c in every if not (_answers_aside(c) and c.candidate.account in loops)]


def _answers_aside(claim: Claim) -> bool:
    candidate = claim.candidate
    return claim.crd.name in candidate.serves and not candidate.workload.controlling


def data_plane(pool: Sequence[Claim]) -> list[Claim]:
    """Where all only read a kind of their product: agents on nodes, if any, and controllers.

    A kind that nobody writes to is carried out by who reads it. A cache or an API in front of it
    reads it too, often with the account of the agents. If a controller has that account, the right
    is its, apart from agents that are named for the kind. Without agents, what a whole suite reads,
    such as its log levels, is nobody's.
    """
    if any(claim.basis is not Basis.WATCH or not claim.home for claim in pool):
        return list(pool)
    accounts = {c.candidate.account for c in pool if c.candidate.workload.kind == "DaemonSet"}
    if not accounts and len({c.candidate.account for c in pool}) > _SUITE:
        return []
    controlling = [claim for claim in pool if claim.candidate.workload.controlling]
    if not any(claim.candidate.account in accounts for claim in controlling):
        return [claim for claim in pool if claim in agents_of(pool) or claim in controlling]
    return [c for c in pool if c.candidate.workload.controlling or named_for(c)]


def agents_of(pool: Sequence[Claim]) -> list[Claim]:
    """Those that run on each node, if there are any, else all."""
    agents = [claim for claim in pool if claim.candidate.workload.kind == "DaemonSet"]
    return agents or list(pool)


def without_status_alone(pool: Sequence[Claim]) -> list[Claim]:
    """Of a namespace's writers of the status: who also has the finalizers is before who has not."""
    whole = {_place(c) for c in pool if _has_both(c)}
    return [c for c in pool if _has_both(c) or _place(c) not in whole]


def _has_both(claim: Claim) -> bool:
    return access_of(claim).parts >= {"status", "finalizers"}


def _place(claim: Claim) -> str:
    return claim.candidate.workload.name.namespace


def without_installers(pool: Sequence[Claim]) -> list[Claim]:
    """Without rights on whole groups of who may write roles, if another's rights name the kind."""
    receivers = [c for c in pool if c.named and c.basis >= Basis.CHANGE and not _passes_on(c)]
    if not receivers:
        return list(pool)
    return [claim for claim in pool if claim.named or not _passes_on(claim)]


def is_strangers_own(claim: Claim) -> bool:
    """Whether a workload of another group writes just this status, and for itself.

    If several products implement an API, a workload that writes the status of most kinds manages
    the rest too. Who may write roles may hold the right only to grant it.
    """
    implements = claim.kinship.coverage is Grade.STATUS and claim.basis >= Basis.WATCH
    writes = claim.basis is Basis.STATUS and not _passes_on(claim)
    return claim.named and (writes or implements)


def changes_unseen(claim: Claim) -> bool:
    """Whether it may change objects that it may not watch, and no name ties it to their group."""
    kin = claim.kinship
    tied = kin.product or kin.kind or kin.lives
    return claim.basis is Basis.CHANGE and not access_of(claim).watches and not tied


def _passes_on(claim: Claim) -> bool:
    return claim.candidate.rights.passes_on
