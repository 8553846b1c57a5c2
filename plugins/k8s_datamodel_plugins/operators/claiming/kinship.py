"""Find the products whose API groups a workload belongs to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from k8s_datamodel_plugins.operators.facts import marks, words
from k8s_datamodel_plugins.operators.facts.fact_types import Crd, Marks
from k8s_datamodel_plugins.operators.facts.program_names import names_of
from k8s_datamodel_plugins.operators.facts.workloads import Workload
from k8s_datamodel_plugins.operators.rights.access import Grade, Rights

_SUBSTRING = 4
"""Shortest word that counts inside another word."""

_CROWD = 20
"""From this many groups on, a shared label names a vendor, such as a cloud, not a product."""


@dataclass(frozen=True, slots=True)
class Group:
    """The CRDs of one API group.

    Attributes:
        labels: labels of its name that may name a product.
        marks: labels and releases of any of its CRDs.
        kinds: beginnings of words in plurals and kinds that few products share.
    """

    name: str
    crds: tuple[Crd, ...]
    labels: tuple[str, ...]
    marks: Marks
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Kinship:
    """The relation of a workload to a group.

    Attributes:
        product: name or marks tie them, so even rights on everything mean this group too.
        kind: the word that kinds of the group begin with and that is in the workload's names.
        lives: its namespace is named after the group.
        coverage: the grade that its rights reach on at least half of the group's kinds.
        reasons: kind of evidence (``release``, ``name``, ``webhook``), and the reason in words.
    """

    points: int = 0
    product: bool = False
    kind: str = ""
    lives: bool = False
    coverage: Grade = Grade.NONE
    reasons: tuple[tuple[str, str], ...] = ()


class Groups:
    """The API groups of CRDs, with an index from workloads to kindred groups.

    A label that very many groups share does not name a product.
    """

    def __init__(self, crds: Iterable[Crd]) -> None:
        found: dict[str, list[Crd]] = defaultdict(list)
        for crd in crds:
            found[crd.group].append(crd)
        uses = Counter(label for name in found for label in words.group_words(name))
        common = {label for label, count in uses.items() if count >= _CROWD}
        self.by_name = {name: _group(name, crds, common) for name, crds in found.items()}

    @cached_property
    def _near(self) -> Mapping[object, set[str]]:
        """Names of groups by mark and by piece of a name; built for the first workload."""
        found: dict[object, set[str]] = defaultdict(set)
        for group in self.by_name.values():
            # A word that a kind begins with has the kind's first letters.
            starts = (word for word in group.kinds if len(word) == _SUBSTRING)
            for key in (*group.marks, *_pieces((*group.labels, *starts))):
                found[key].add(group.name)
        return found

    def near(self, workload: Workload) -> set[str]:
        """Names of the groups that may be kin to a workload, by common marks or pieces of names."""
        names = (*workload.identity, workload.name.namespace)
        keys = (*workload.marks, *_pieces(names))
        return {name for key in keys for name in self._near.get(key, ())}


def _group(name: str, crds: Iterable[Crd], common: Container[str]) -> Group:
    members = tuple(crds)
    return Group(
        name,
        members,
        tuple(label for label in words.group_words(name) if label not in common),
        frozenset().union(*(crd.marks for crd in members)),
        _beginnings(text for crd in members for text in (crd.plural, crd.kind)),
    )


def _pieces(names: Iterable[str]) -> set[str]:
    """Pieces that two names share if one contains the other: four letters, or a short word."""
    pieces: set[str] = set()
    for name in names:
        whole = words.compact(name)
        pieces.update(whole[at : at + _SUBSTRING] for at in range(len(whole) - _SUBSTRING + 1))
        pieces.update(word for word in words.words_of(name) if len(word) < _SUBSTRING)
    return pieces


def kinship(workload: Workload, group: Group, rights: Rights) -> Kinship:
    """The kinship of a workload to a group, by marks, names and the coverage of its rights."""
    reasons: list[tuple[str, str]] = []
    shared = sorted(workload.marks & group.marks)
    if shared:
        reasons.append(("release", f"it and the CRDs carry {_shown(shared[0])}"))
    name = _matches(group.labels, workload.identity)
    key = "" if shared else _label_of(group.name, workload)
    if key:
        reasons.append(("name", f"its pods carry the label {key}"))
    if name:
        reasons.append(("name", f"the group {group.name} is named after {name}"))
    points = 2 * len(reasons)
    # A telling word of the workload that the word of a kind begins with.
    kind = min(workload.telling_identity & group.kinds, default="")
    lives = _matches(group.labels, (workload.name.namespace,)) if not name else ""
    coverage = _coverage(group, rights)
    points += bool(kind) + bool(lives) + coverage
    if lives:
        reasons.append(("name", f"its namespace and the group {group.name} share a name"))
    if kind:
        reasons.append(("name", f"a kind of the group {group.name} has its word {kind}"))
    product = bool(shared or key or name)
    return Kinship(points, product, kind, bool(lives), coverage, tuple(reasons))


def _label_of(group: str, workload: Workload) -> str:
    """The key of a label of its pods that is in the domain of a group; empty for none."""
    if workload.owner:
        return ""
    keys = (
        key for key, _ in workload.pod_labels if f".{key.partition('/')[0]}".endswith(f".{group}")
    )
    return min(keys, default="")


def named_after(workload: Workload, group: str) -> str:
    """The name of a workload that contains an API group's label or is in it; else empty."""
    return _matches(words.group_words(group), workload.identity)


def runs_named_after(workload: Workload, group: str) -> bool:
    """Whether what a workload runs is named after an API group: a container or its command."""
    names = (*names_of(workload), *workload.subcommands)
    return bool(_matches(words.group_words(group), names))


def _matches(labels: Iterable[str], names: Sequence[str]) -> str:
    """The name that contains a label of a group or is in it; else empty."""
    for label in labels:
        for name in names:
            if _alike(label, name):
                return name
    return ""


@lru_cache(maxsize=1 << 20)
def _alike(label: str, name: str) -> bool:
    """As ``_matches``; cached, because names recur for each group and labels for each workload."""
    telling, whole = words.telling_of(name), words.compact(label)
    if label in telling or (len(whole) >= _SUBSTRING and words.stands_in(whole, name)):
        return True
    return any(len(word) >= _SUBSTRING and word in whole for word in telling)


def _beginnings(names: Iterable[str]) -> frozenset[str]:
    return frozenset(
        word[:end] for word in words.telling(names) for end in range(_SUBSTRING, len(word) + 1)
    )


def _coverage(group: Group, rights: Rights) -> Grade:
    """The grade that an account has on at least half of the group's kinds."""
    held = [access.grade for crd in group.crds if (access := rights.access.get(crd.name))]
    half = len(group.crds) / 2
    reached = (grade for grade in Grade if sum(each >= grade for each in held) >= half)
    return max(reached, default=Grade.NONE)


def _shown(mark: tuple[str, str]) -> str:
    key, value = mark
    return f"the Helm release {value}" if key == marks.HELM_RELEASE else f"{key}: {value}"
