"""Tell whose name, place or command points to a CRD, of several with equal claims on it."""

from __future__ import annotations

from collections.abc import Sequence, Set

from k8s_datamodel_plugins.operators.claiming.claims import Claim
from k8s_datamodel_plugins.operators.facts.words import PLATFORMS, compact
from k8s_datamodel_plugins.operators.rights.granting import is_builtin

_WORD = 4
"""Shortest word that may tie a workload to a kind."""

_SHORT = 3
"""The same for short names of kinds, which must be whole words."""


def nearest(pool: Sequence[Claim]) -> list[Claim]:
    """The claims whose names point to the CRD; if none does, whose nodes or commands do."""
    named = _most([_affinity(claim, pool) for claim in pool], pool)
    if named or not (one_right(pool) or of_group(pool) or _of_name(pool)):
        return named
    on_nodes = [claim for claim in pool if claim.on_its_node and one_right(pool)]
    return on_nodes or _most([_told_letters(claim, pool) for claim in pool], pool)


def special_words(claim: Claim, pool: Sequence[Claim]) -> set[str]:
    """Telling words of a rival's name that not all others have."""
    others = [each.candidate.workload for each in pool if each.candidate is not claim.candidate]
    names = [other.telling_identity for other in others]
    own = claim.candidate.workload.telling
    return {word for word in own - PLATFORMS if not all(word in words for words in names)}


def one_right(pool: Sequence[Claim]) -> bool:
    """Whether all have their rights from the same roles."""
    return len({claim.roles for claim in pool}) == 1


def of_group(pool: Sequence[Claim]) -> bool:
    """Whether nobody's rights name the kind: only rights on its whole group cover it."""
    return not any(claim.named for claim in pool)


def named_for(claim: Claim) -> bool:
    """Whether the name of the kind is in the workload's name, or a short name is a word of it."""
    workload = claim.candidate.workload
    kind = _singular(compact(claim.crd.plural))
    whole = len(kind) >= _WORD and kind in compact(workload.name.name)
    return whole or _is_short(claim, workload.telling)


def _of_name(pool: Sequence[Claim]) -> bool:
    """Whether all were seen to write under one name: one program runs in several workloads."""
    names = {claim.witness.manager if claim.witness else "" for claim in pool}
    return len(names) == 1 and "" not in names


def _most(letters: Sequence[int], pool: Sequence[Claim]) -> list[Claim]:
    """The claims with the most letters; none where nobody has any."""
    most = max(letters)
    return [claim for claim, each in zip(pool, letters, strict=True) if most and each == most]


def _told_letters(claim: Claim, pool: Sequence[Claim]) -> int:
    """How many letters of the CRD's name are in words that only its own command or modes have."""
    plural = compact(claim.crd.plural)
    others = [_modes(c) for c in pool if c.candidate is not claim.candidate]
    own = _modes(claim)
    special = {word for word in own if not all(word in words for words in others)}
    return sum(len(_singular(word)) for word in special if _fits(_singular(word), plural))


def _modes(claim: Claim) -> frozenset[str]:
    """The words of what it runs; sidecars of storage count for Kubernetes' own groups."""
    workload = claim.candidate.workload
    sidecars = workload.sidecar_modes if is_builtin(claim.crd.group) else frozenset()
    return workload.modes | sidecars


def _singular(word: str) -> str:
    return word.removesuffix("s")


def _fits(word: str, plural: str) -> bool:
    return len(word) >= _WORD and (word in plural or _singular(plural) in word)


def _affinity(claim: Claim, pool: Sequence[Claim]) -> int:
    """How many letters of the CRD's name are in words that only some rivals have.

    A short name stands for the whole.
    """
    plural, labels = compact(claim.crd.plural), claim.crd.group.split(".")
    special = special_words(claim, pool)
    found = {word for word in special if word in labels}
    found |= {word for word in special if len(word) >= _WORD and word in plural}
    return len(plural) if _is_short(claim, special) else sum(map(len, found))


def _is_short(claim: Claim, words: Set[str]) -> bool:
    """Whether one of these words is a short name of the kind."""
    return any(len(word) >= _SHORT for word in claim.crd.short & words)
