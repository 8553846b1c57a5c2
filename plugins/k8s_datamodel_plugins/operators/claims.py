"""Who may claim a CRD: each workload's best reason for each CRD, before any comparison."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from k8s_datamodel_plugins.operators.facts import Crd, Name
from k8s_datamodel_plugins.operators.kinship import HOME, Group, Kinship, best, kinship
from k8s_datamodel_plugins.operators.rights import Grade, Rights
from k8s_datamodel_plugins.operators.workloads import Workload


class Basis(IntEnum):
    """On what a claim rests, the weakest first."""

    KINSHIP = 0
    WILDCARD = 1
    WATCH = 2
    CHANGE = 3
    STATUS = 4


_OF_GRADE = {Grade.WATCH: Basis.WATCH, Grade.CHANGE: Basis.CHANGE, Grade.STATUS: Basis.STATUS}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A workload that may be an operator, with what is known of it.

    Attributes:
        workload: the workload.
        rights: of its account.
        kinships: by API group.
        serves: names of the CRDs whose webhooks its pods answer.
        packaged: names of the CRDs that came in the same OLM package.
        package: that package, empty for none.
    """

    workload: Workload
    rights: Rights
    kinships: Mapping[str, Kinship]
    serves: frozenset[str] = frozenset()
    packaged: frozenset[str] = frozenset()
    package: str = ""

    @property
    def key(self) -> tuple[str, Name]:
        """Identity."""
        return self.workload.kind, self.workload.name


@dataclass(frozen=True, slots=True)
class Claim:
    """A candidate's reason to be the one that manages a CRD.

    Attributes:
        candidate: who.
        crd: what.
        basis: why.
        kinship: of the candidate to the CRD's group.
        home: the group is where the candidate belongs most.
        named: its rights name the kind, not all kinds of the group.
        roles: that grant them.
    """

    candidate: Candidate
    crd: Crd
    basis: Basis
    kinship: Kinship
    home: bool
    named: bool = False
    roles: frozenset[str] = field(default_factory=frozenset)

    @property
    def packaged(self) -> bool:
        """Whether CRD and candidate came in one OLM package: certain."""
        return self.crd.name in self.candidate.packaged


def kinships(
    workload: Workload, rights: Rights, groups: Mapping[str, Group], everywhere: bool
) -> dict[str, Kinship]:
    """Kinship to the groups a workload has rights in; to all groups if its rights are unknown."""
    touched = {name.partition(".")[2] for name in rights.access}
    wanted = groups if everywhere else {name: groups[name] for name in touched}
    return {name: kinship(workload, group, rights) for name, group in wanted.items()}


def claims_of(
    candidate: Candidate, crds: Mapping[str, Crd], groups: Mapping[str, Group], blind: bool
) -> Iterator[Claim]:
    """All that a candidate may claim.

    Args:
        candidate: who.
        crds: by name.
        groups: by name.
        blind: RBAC is unknown, so kinship must do.
    """
    closest = best(candidate.kinships)
    found: dict[str, Claim] = {}
    for name, access in candidate.rights.access.items():
        if access.grade is Grade.NONE:
            continue
        kin = candidate.kinships[crds[name].group]
        basis = _OF_GRADE[access.grade]
        home = _is_home(kin, closest)
        roles = frozenset(access.roles)
        found[name] = Claim(candidate, crds[name], basis, kin, home, access.named, roles)
    basis = Basis.KINSHIP if blind else Basis.WILDCARD
    if blind or candidate.rights.wildcard:
        roles = frozenset(candidate.rights.wildcard)
        for crd, kin in _of_product(candidate.kinships, groups):
            found.setdefault(crd.name, Claim(candidate, crd, basis, kin, True, roles=roles))
    for name in candidate.packaged & crds.keys() - found.keys():
        kin = candidate.kinships.get(crds[name].group, Kinship())
        found[name] = Claim(candidate, crds[name], Basis.KINSHIP, kin, True)
    return iter(found.values())


def _is_home(kin: Kinship, closest: int) -> bool:
    """A group is home if it is close, or the closest there is, and no other is much closer."""
    return kin.points >= closest > 0 or kin.points >= max(HOME, closest - 1)


def _of_product(
    kinships_: Mapping[str, Kinship], groups: Mapping[str, Group]
) -> Iterable[tuple[Crd, Kinship]]:
    for name, kin in kinships_.items():
        if kin.product:
            for crd in groups[name].crds:
                yield crd, kin
