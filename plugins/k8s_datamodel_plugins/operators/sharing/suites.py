"""Tell the programs of one suite apart that hold the same rights: an installer and what it made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from k8s_datamodel_plugins.operators.claiming.claims import Basis, Candidate, Claim
from k8s_datamodel_plugins.operators.facts.images import parse_image
from k8s_datamodel_plugins.operators.facts.program_names import program_of
from k8s_datamodel_plugins.operators.facts.words import CONTROLLING, words_of
from k8s_datamodel_plugins.operators.facts.workloads import Workload
from k8s_datamodel_plugins.operators.rights.access import Grade
from k8s_datamodel_plugins.operators.sharing.affinity import named_for, of_group

_CLASS = "class"


def without_made(pool: Sequence[Claim]) -> list[Claim]:
    """Without what others made, for the kinds that their makers read.

    Nobody manages the kind of its own owner. A kind of classes belongs to who makes a program for
    each instance, if the maker is there.
    """
    found = [claim for claim in pool if not is_owned_by(claim)] or list(pool)
    kind = words_of(found[0].crd.kind or found[0].crd.plural) if found else ()
    accepted = any(claim.basis >= Basis.STATUS for claim in found)
    if not (accepted and kind and kind[-1].startswith(_CLASS)):
        return found
    names = {name for claim in found for name in claim.candidate.workload.identity}
    return [claim for claim in found if not _made_by(claim, names)] or found


def without_makers(rivals: Sequence[Claim]) -> list[Claim]:
    """Without who made a program for the kind, with an account of its own.

    An instance of a kind of the maker's product controls the program.
    """
    made = [claim for claim in rivals if _is_made_for(claim)]
    return [
        claim
        for claim in rivals
        if claim.candidate.workload.owner or not any(_may_have_made(claim, each) for each in made)
    ]


def _is_made_for(claim: Claim) -> bool:
    """Whether an instance of another kind made a program that is for this kind.

    Its rights name the kind and its status, or it may do everything and the kind is of its product.
    """
    workload = claim.candidate.workload
    aside = is_owned_by(claim) or workload.on_a_node or workload.serving
    if not workload.owner or not claim.closest or aside:
        return False
    if claim.basis is Basis.WILDCARD:
        return claim.kinship.product and workload.owner[0] != claim.crd.group
    return claim.named and claim.basis is Basis.STATUS


def _may_have_made(claim: Claim, made: Claim) -> bool:
    """Whether a program of another account is of the product whose instance made one.

    In that instance's group, what was made has the kinds that its maker's rights do not name, if it
    says that it reconciles: others only report to their maker.
    """
    maker, program = claim.candidate, made.candidate
    group = program.workload.owner[0]
    kin = maker.kinships.get(group)
    apart = maker.account != program.account
    trusted = group != made.crd.group or (program.workload.controlling and not claim.named)
    makes = kin is not None and (kin.product or kin.coverage is Grade.STATUS)
    return makes and apart and trusted


def of_stars(pool: Sequence[Claim]) -> list[Claim]:
    """Who has a kind that only rights on its whole group cover, of several with such rights.

    Agents on nodes have the kinds of nodes. What a custom resource made comes after its maker.
    """
    if not of_group(pool):
        return list(pool)
    if on_nodes := [claim for claim in pool if claim.on_its_node]:
        return on_nodes
    able = [claim for claim in pool if not assists(claim.candidate)] or list(pool)
    return [claim for claim in able if not claim.candidate.workload.owner] or able


def made_apart(pool: Sequence[Claim]) -> list[Claim]:
    """What a custom resource made with an account of its own, if there is any.

    Its maker has all rights of what it makes, so rights on whole groups do not tell the two apart.
    """
    makers = {c.candidate.account for c in pool if not c.candidate.workload.owner}
    made = [claim for claim in pool if claim.candidate.workload.owner]
    return [claim for claim in made if claim.candidate.account not in makers] or list(pool)


def without_caches(pool: Sequence[Claim]) -> list[Claim]:
    """Without what shares the account of agents on nodes, runs another program and no loop.

    Such a program hands on to the agents what it reads, or shows it.
    """
    agents = [c.candidate for c in pool if c.candidate.workload.kind == "DaemonSet"]
    return [
        claim
        for claim in pool
        if named_for(claim) or not any(_serves(claim.candidate, each) for each in agents)
    ]


def without_answering(pool: Sequence[Claim]) -> list[Claim]:
    """Without who only answers requests, as its command says, if another has its account."""
    others = {c.candidate.account for c in pool if not c.candidate.workload.told_to_serve}
    return [
        claim
        for claim in pool
        if not (claim.candidate.account in others and claim.candidate.workload.told_to_serve)
    ]


def _serves(candidate: Candidate, agent: Candidate) -> bool:
    workload = candidate.workload
    return (
        candidate.account == agent.account
        and workload.account != "default"
        and workload.kind != "DaemonSet"
        and not workload.controlling
        and not same_program(workload, agent.workload)
    )


def same_program(one: Workload, other: Workload) -> bool:
    """Whether image and binary are the same, the binary where both say it."""
    binaries = {program_of(one), program_of(other)} - {""}
    return same_image(one, other) and len(binaries) < 2  # noqa: PLR2004


def same_image(one: Workload, other: Workload) -> bool:
    """Whether two workloads run one image, of whatever version."""
    images = [each.container.image if each.container else "" for each in (one, other)]
    return parse_image(images[0]).repository == parse_image(images[1]).repository


def is_agent(candidate: Candidate) -> bool:
    """Whether it runs on each node and neither assists nor answers requests, as far as is told."""
    workload = candidate.workload
    aside = workload.serving or candidate.answers or assists(candidate)
    return workload.kind == "DaemonSet" and not aside


def assists(candidate: Candidate) -> bool:
    """Whether its name or command says that it only assists its product, such as by metrics."""
    workload = candidate.workload
    if _ASSISTING & set(words_of(workload.name.name)):
        return True
    return bool(_ASSISTING & workload.commands) and not CONTROLLING & workload.commands


_ANSWERING = frozenset({"webhook", "webhooks"})

_ASSISTING = _ANSWERING | frozenset(
    {
        *("cert", "certgen", "certificate", "certificates", "certs", "exporter", "install"),
        *("metrics", "monitor", "monitoring", "prober", "recorder"),
    }
)
"""Words for programs that a product needs beside its control loops."""


def is_owned_by(claim: Claim) -> bool:
    """Whether an instance of the kind made the workload."""
    owner = claim.candidate.workload.owner
    return bool(owner) and owner == (claim.crd.group, claim.crd.kind)


def _made_by(claim: Claim, names: Iterable[str]) -> bool:
    workload = claim.candidate.workload
    return bool(workload.owner) or workload.maker in names
