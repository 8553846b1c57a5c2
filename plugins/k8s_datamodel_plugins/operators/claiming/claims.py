"""Find each workload's best reason to claim each CRD, before claims are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import NamedTuple

from k8s_datamodel_plugins.operators.claiming.kinship import (
    Group,
    Groups,
    Kinship,
    kinship,
    runs_named_after,
)
from k8s_datamodel_plugins.operators.facts.fact_types import Crd, Name
from k8s_datamodel_plugins.operators.facts.words import compact
from k8s_datamodel_plugins.operators.facts.workloads import Workload
from k8s_datamodel_plugins.operators.rights.access import Access, Grade, Rights
from k8s_datamodel_plugins.operators.rights.granting import is_builtin


class Basis(IntEnum):
    """The basis of a claim, the weakest first."""

    KINSHIP = 0
    AGENT = 1
    WILDCARD = 2
    REPORT = 3
    WATCH = 4
    CHANGE = 5
    STATUS = 6
    WROTE = 7
    TOLD = 8


class Witness(NamedTuple):
    """That a program was seen to write objects of a kind.

    Attributes:
        manager: what it called itself.
        part: ``status``, ``finalizers`` or ``ownerReferences``; ``owned`` if it made them for
            objects of a kind that it manages; empty if it only wrote them.
        objects: how many of those that were looked at.
        looked_at: how many these are.
        kind: the CRD that ``ownerReferences`` were written of, or whose objects own them.
    """

    manager: str
    part: str
    objects: int
    looked_at: int
    kind: str = ""


_OF_GRADE = {Grade.WATCH: Basis.WATCH, Grade.CHANGE: Basis.CHANGE, Grade.STATUS: Basis.STATUS}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A workload that may be an operator, with what the facts say about it.

    Attributes:
        kinships: by API group.
        serves: names of the CRDs whose webhooks its pods answer.
        packaged: names of the CRDs in the same OLM package.
        package: that package, empty for none.
        answers: its pods answer admission webhooks, of whatever kinds.
        blind: what its account may do could not be read.
        leases: names of those that its pods hold.
    """

    workload: Workload
    rights: Rights
    kinships: Mapping[str, Kinship]
    serves: frozenset[str] = frozenset()
    packaged: frozenset[str] = frozenset()
    package: str = ""
    answers: bool = False
    blind: bool = False
    leases: tuple[Name, ...] = ()

    @property
    def key(self) -> tuple[str, Name]:
        """Its identity."""
        return self.workload.kind, self.workload.name

    @property
    def account(self) -> Name:
        """Its service account."""
        return self.workload.runs_as


@dataclass(frozen=True, slots=True)
class Claim:
    """A candidate's reason to manage a CRD.

    Attributes:
        kinship: of the candidate to the CRD's group.
        home: the candidate belongs to the group.
        elsewhere: points of its kinship to its closest group.
        named: its rights name the kind, not all kinds of the group.
        own: it has rights beyond those that it only grants to others.
        granted: another role grants all of these rights, and it may write roles.
        witness: what it was seen to write; None if nothing was.
        allowed: the basis without that, where there is a witness.
        wrote_some: under its name something was written of the objects of the kind.
    """

    candidate: Candidate
    crd: Crd
    basis: Basis
    kinship: Kinship
    home: bool
    elsewhere: int = 0
    named: bool = False
    own: bool = True
    granted: bool = False
    roles: frozenset[str] = field(default_factory=frozenset)
    witness: Witness | None = None
    allowed: Basis | None = None
    wrote_some: bool = False

    @property
    def by_rights(self) -> Basis:
        """The basis apart from what was seen."""
        return self.basis if self.allowed is None else self.allowed

    @property
    def leads(self) -> bool:
        """Whether the candidate holds a lease that is named after the CRD's group."""
        group = self.crd.group
        names = (lease.name for lease in self.candidate.leases)
        return any(group in (name, name.partition(".")[2]) for name in names)

    @property
    def closest(self) -> bool:
        """Whether the candidate is closer to no other group."""
        return self.kinship.points >= self.elsewhere

    @property
    def packaged(self) -> bool:
        """Whether CRD and candidate came in one OLM package, which is certain."""
        return self.crd.name in self.candidate.packaged

    @property
    def on_its_node(self) -> bool:
        """Whether the CRD's objects belong to nodes and the candidate acts for one node."""
        return self.crd.node_bound and self.candidate.workload.on_a_node


def of_its_product(claim: Claim) -> Claim:
    """The claim of a candidate whose account converts the kind's objects: it is of its product."""
    kin = claim.kinship
    if kin.product:
        return claim
    reason = ("webhook", f"a program with its account converts objects of {claim.crd.group}")
    kin = replace(kin, product=True, points=kin.points + 2, reasons=(*kin.reasons, reason))
    return replace(claim, kinship=kin, home=True)


def kinships(
    workload: Workload, rights: Rights, groups: Groups, everywhere: bool
) -> dict[str, Kinship]:
    """Kinship to the groups in which a workload has rights; to all groups if these are unknown."""
    touched = {name.partition(".")[2] for name in rights.access}
    wanted = touched | groups.near(workload) if everywhere else touched
    return {name: kinship(workload, groups.by_name[name], rights) for name in wanted}


class Tie(IntEnum):
    """A tie between a workload and a group beyond rights, the weakest first."""

    PLACE = 1
    KIND = 2
    PRODUCT = 3


def ties_of(candidate: Candidate, groups: Mapping[str, Group]) -> dict[str, Tie]:
    """The groups a workload is tied to: by its product's name or marks, by a kind or its place.

    A kind's name in its own name is enough for a workload that says it reconciles; so is answering
    webhooks of the group. Any may have the whole name of a kind. The name of its namespace is
    enough for one that does not say it only answers requests.
    """
    workload = candidate.workload
    found: dict[str, Tie] = {}
    for name, kin in candidate.kinships.items():
        if kin.product:
            found[name] = Tie.PRODUCT
        elif kin.kind and (
            workload.controlling or any(_is_called(workload, crd) for crd in groups[name].crds)
        ):
            found[name] = Tie.KIND
        elif kin.lives and not workload.serving:
            found[name] = Tie.PLACE
    if workload.controlling:
        found |= {name.partition(".")[2]: Tie.PRODUCT for name in candidate.serves}
    return found


def _is_called(workload: Workload, crd: Crd) -> bool:
    """Whether a workload has the name of a kind."""
    return compact(crd.kind) == compact(workload.name.name)


def claims_of(
    candidate: Candidate,
    crds: Mapping[str, Crd],
    groups: Mapping[str, Group],
    ties: Mapping[str, Tie],
) -> Iterator[Claim]:
    """All CRDs that a candidate may claim, each with the best reason.

    Rights on everything, or unknown rights, count in groups with ``ties``. Kinship replaces
    unknown rights (``Candidate.blind``).
    """
    closest = max((each.points for each in candidate.kinships.values()), default=0)
    blind = candidate.blind and not candidate.rights
    found = {claim.crd.name: claim for claim in _by_rights(candidate, crds, closest)}
    if blind or candidate.rights.wildcard:
        basis = Basis.KINSHIP if blind else Basis.WILDCARD
        roles = frozenset(candidate.rights.wildcard)
        for crd, kin in _tied(candidate, groups, ties, blind):
            if blind or candidate.rights.may_all(crd):
                claim = Claim(candidate, crd, basis, kin, True, closest, roles=roles)
                found.setdefault(crd.name, claim)
    for name in candidate.packaged & crds.keys() - found.keys():
        kin = candidate.kinships.get(crds[name].group, Kinship())
        found[name] = Claim(candidate, crds[name], Basis.KINSHIP, kin, True, closest)
    return iter(found.values())


def _by_rights(candidate: Candidate, crds: Mapping[str, Crd], closest: int) -> Iterator[Claim]:
    """The claims that rights on named groups give; ``closest`` as ``Claim.elsewhere``."""
    installs = any(each.own for each in candidate.rights.access.values())
    for name, access in candidate.rights.access.items():
        crd, kin = crds[name], candidate.kinships[crds[name].group]
        touches = access.grade is not Grade.NONE or access.named
        elsewhere = candidate.workload.only_sidecars and not is_builtin(crd.group)
        if not touches or elsewhere:
            continue
        if _has_part(candidate, access, crd):
            kin = replace(kin, product=True, points=kin.points + 2)
        yield Claim(
            candidate,
            crd,
            basis=_OF_GRADE.get(access.grade, Basis.REPORT),
            kinship=kin,
            home=_is_home(candidate, access, kin, closest),
            elsewhere=closest,
            named=access.named,
            own=access.own or not installs,
            granted=not access.own,
            roles=frozenset(access.roles),
        )


def _is_home(candidate: Candidate, access: Access, kin: Kinship, closest: int) -> bool:
    """Whether a candidate belongs to a group: by name or marks, or closer than to any other.

    Or its rights name the kind to change it, and no kind of another group.
    """
    only = len(candidate.kinships) == 1 and access.named and access.grade >= Grade.CHANGE
    return kin.product or kin.points >= closest > 0 or only


def _has_part(candidate: Candidate, access: Access, crd: Crd) -> bool:
    """Whether it may do anything in a group that something it runs is named after."""
    every = access.grade is Grade.STATUS and not access.named
    return every and runs_named_after(candidate.workload, crd.group)


def _tied(
    candidate: Candidate, groups: Mapping[str, Group], ties: Mapping[str, Tie], blind: bool
) -> Iterator[tuple[Crd, Kinship]]:
    """The CRDs that a workload is tied to; if a kind ties it, only CRDs of that kind."""
    for name, tie in ties.items():
        kin = candidate.kinships.get(name, Kinship())
        for crd in groups[name].crds:
            called = crd.plural.startswith(kin.kind) or _is_called(candidate.workload, crd)
            fits = tie is not Tie.KIND or called
            if fits and not (blind and tie is Tie.PLACE):
                yield crd, kin
