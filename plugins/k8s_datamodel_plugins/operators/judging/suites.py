"""Tell the programs of one suite apart that hold the same rights: an installer and what it made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from k8s_datamodel_plugins.operators.facts.words import words_of
from k8s_datamodel_plugins.operators.judging.claims import Basis, Candidate, Claim

_CLASS = "class"


def without_made(pool: Sequence[Claim]) -> list[Claim]:
    """Without what others made, for the kinds that their makers read.

    Nobody manages the kind of its own owner. A kind of classes belongs to who makes a program for
    each instance, if the maker is there.
    """
    found = [claim for claim in pool if not _is_owned_by(claim)] or list(pool)
    kind = words_of(found[0].crd.kind or found[0].crd.plural) if found else ()
    if not kind or not kind[-1].startswith(_CLASS):
        return found
    names = {name for claim in found for name in claim.candidate.workload.identity}
    return [claim for claim in found if not _made_by(claim, names)] or found


def of_stars(pool: Sequence[Claim]) -> list[Claim]:
    """Who has a kind that only rights on its whole group cover, of several with such rights.

    Whose rights name other kinds of the group was written for those. What a custom resource made
    comes after its maker.
    """
    if not of_group(pool):
        return list(pool)
    general = [claim for claim in pool if not _names_others(claim)] or list(pool)
    return [claim for claim in general if not claim.candidate.workload.owner] or general


def of_group(pool: Iterable[Claim]) -> bool:
    """Whether nobody's rights name the kind: only rights on its whole group cover it."""
    return not any(claim.named for claim in pool)


def reported(claims: Iterable[Claim], held: Iterable[Claim]) -> list[Claim]:
    """Who writes a kind without watching it, where nobody manages it: a manager of its group.

    Agents report into such kinds, and nothing reads them but people.
    """
    kept = list(held)
    managed = {claim.crd.name for claim in kept}
    groups = {(claim.candidate.key, claim.crd.group) for claim in kept}
    return [
        claim
        for claim in claims
        if claim.basis is Basis.REPORT
        and claim.crd.name not in managed
        and (claim.candidate.key, claim.crd.group) in groups
    ]


def assists(candidate: Candidate) -> bool:
    """Whether its name says that it only assists, by certificates or metrics, in its product."""
    return bool(_ASSISTING & set(words_of(candidate.workload.name.name)))


_ASSISTING = frozenset(
    {
        *("cert", "certgen", "certificate", "certificates", "certs", "exporter", "metrics"),
        *("monitor", "monitoring", "prober", "webhook", "webhooks"),
    }
)
"""Words for programs that a product needs beside its control loops."""


def _is_owned_by(claim: Claim) -> bool:
    owner = claim.candidate.workload.owner
    return bool(owner) and owner == (claim.crd.group, claim.crd.kind)


def _made_by(claim: Claim, names: Iterable[str]) -> bool:
    workload = claim.candidate.workload
    return bool(workload.owner) or workload.maker in names


def _names_others(claim: Claim) -> bool:
    access = claim.candidate.rights.access
    return any(
        each.named and name.partition(".")[2] == claim.crd.group for name, each in access.items()
    )
