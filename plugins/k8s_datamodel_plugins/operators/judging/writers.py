"""What was seen to write: it comes before what may write.

The field managers of instances name programs as these call themselves: by the name of the binary,
or by a name that they chose for server-side apply.
https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from functools import lru_cache
from itertools import chain

from k8s_datamodel_plugins.operators.facts import marks, words
from k8s_datamodel_plugins.operators.facts.fact_types import Crd, Lease, Name, Write, Written
from k8s_datamodel_plugins.operators.facts.program_names import holds, names_of, program_of
from k8s_datamodel_plugins.operators.facts.workloads import Workload
from k8s_datamodel_plugins.operators.judging.claims import Basis, Candidate, Claim, Witness
from k8s_datamodel_plugins.operators.judging.kinship import Kinship
from k8s_datamodel_plugins.operators.judging.rights import Grade

_LONGEST = 128
"""Longest name of a field manager; longer ones are cut off."""

_PARTS = ("status", "finalizers")
"""What the manager of a kind writes of its objects, the more telling first."""

_OWNED = "ownerReferences"
"""What only who makes an object for another one writes of it."""


class Fit(IntEnum):
    """How well the name of a field manager fits a workload."""

    NONE = 0
    WORDS = 1
    BEGINNING = 2
    NAME = 3
    WORKLOAD = 4


@lru_cache(maxsize=65536)
def called(manager: str) -> str:
    """The name of a program from that of its field manager.

    Of a user agent only what stands before the slash; some programs put ``@`` and a node behind.
    """
    return manager.partition("/")[0].partition("@")[0].strip()


def is_client(manager: str) -> bool:
    """Whether a name is that of a library, which any program may use."""
    return called(manager).lower() in marks.CLIENTS


def is_applier(manager: str) -> bool:
    """Whether a name is that of a tool which applies what others own."""
    name = called(manager).lower()
    return any(name == each or name.startswith(f"{each}-") for each in marks.APPLIERS)


def is_generic(manager: str) -> bool:
    """Whether many programs have such a name."""
    return not words.telling_of(called(manager))


def fit(manager: str, workload: Workload) -> Fit:
    """How well a name fits a workload: its own, that of what it runs, its beginning, its words."""
    name = called(manager)
    own = names_of(workload)
    whole = words.compact(name)
    if whole == words.compact(workload.name.name):
        return Fit.WORKLOAD
    cut = len(manager) >= _LONGEST
    if any(whole == each or (cut and each.startswith(whole)) for each in map(words.compact, own)):
        return Fit.NAME
    telling = words.telling_of(name)
    if any(_begins(one, other) for each in own for one, other in ((name, each), (each, name))):
        return Fit.BEGINNING
    if telling and telling <= words.telling(own):
        return Fit.WORDS
    return Fit.NONE


def _begins(one: str, other: str) -> bool:
    """Whether a name begins with another, which tells a product, at the end of a word."""
    begins = one.lower().startswith((f"{other.lower()}-", f"{other.lower()}_"))
    return begins and bool(words.telling_of(other))


Key = tuple[str, Name]
Seen = dict[tuple[str, Key], Witness]
"""What was seen, by CRD and candidate."""


class Writers:
    """Find the candidates that the field managers of instances, and holders of leases, stand for.

    Args:
        written: who wrote the objects of each kind.
        leases: which programs lead.
        crds: by name.
    """

    def __init__(
        self,
        written: Iterable[Written],
        leases: Sequence[Lease],
        crds: Mapping[str, Crd],
    ) -> None:
        known = [each for each in written if each.crd in crds]
        self._written = {each.crd: each for each in known if each.objects}
        self._unread = frozenset(each.crd for each in known if each.objects is None)
        self._kinds: dict[tuple[str, ...], str] = {
            (crd.group, crd.kind): crd.name for crd in crds.values()
        }
        self._workloads: dict[tuple[str, str], list[Workload]] = defaultdict(list)
        self._leases = leases
        self._crds = crds
        self._names = frozenset(
            words.compact(called(write.manager))
            for each in self._written.values()
            for write in each.writes
            if write.part in _PARTS and not is_generic(write.manager)
            if not (is_client(write.manager) or is_applier(write.manager))
        )

    def see(self, workload: Workload) -> None:
        """Take a workload: who wrote one that an instance controls made it for that instance."""
        owner = self._kinds.get(workload.owner) if workload.owner else None
        if owner:
            self._workloads[owner, f"{workload.kind.lower()}s"].append(workload)

    def unread(self, claims: Iterable[Claim]) -> list[str]:
        """The claimed CRDs whose objects could not be read for who wrote them."""
        return sorted({claim.crd.name for claim in claims} & self._unread)

    def named(self, workload: Workload) -> bool:
        """Whether the status or finalizers of some kind were written under a workload's name."""
        return not self._names.isdisjoint(map(words.compact, names_of(workload)))

    def held(self, workload: Workload) -> tuple[Name, ...]:
        """The leases that the pods of a workload hold, those of its namespace if there are any."""
        held = sorted({each.name for each in self._leases if holds(workload, each)})
        here = [name for name in held if name.namespace == workload.name.namespace]
        return tuple(here or held)

    def told(self, claims: Sequence[Claim], candidates: Sequence[Candidate]) -> list[Claim]:
        """The claims, with basis ``WROTE`` for what was seen; also of writers that had none."""
        known = {(claim.crd.name, claim.candidate.key): claim for claim in claims}
        on: dict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            on[claim.crd.name].append(claim)
        seen: Seen = {}
        for crd, written in self._written.items():
            for candidate, witness in self._of_manager(written, candidates, on[crd]):
                seen[crd, candidate.key] = witness
        for owner, key, witness in self._makers(seen, candidates, on):
            seen[owner, key] = witness
        for crd, key, witness in self._made(seen, known):
            seen[crd, key] = witness
        keyed = {each.key: each for each in candidates}
        made = {pair: self._claim(pair[0], keyed[pair[1]]) for pair in seen if pair not in known}
        return [
            replace(claim, basis=Basis.WROTE, witness=seen[pair], allowed=claim.basis)
            if pair in seen
            else claim
            for pair, claim in {**known, **made}.items()
        ]

    def _claim(self, crd: str, candidate: Candidate) -> Claim:
        """The claim of a candidate that is only known to have written."""
        found = self._crds[crd]
        kin = candidate.kinships.get(found.group, Kinship())
        return Claim(candidate, found, Basis.KINSHIP, kin, home=True)

    def _of_manager(
        self, written: Written, candidates: Sequence[Candidate], claims: Sequence[Claim]
    ) -> list[tuple[Candidate, Witness]]:
        """The candidates that wrote a part of a kind which only its managers write."""
        for part in _PARTS:
            found = [
                (candidate, _witness(write, written))
                for write in written.writes
                if write.part == part
                for candidate in self._fitting(write, written.crd, candidates, claims)
            ]
            if found:
                return found
        return []

    def _fitting(
        self, write: Write, crd: str, candidates: Sequence[Candidate], claims: Sequence[Claim]
    ) -> list[Candidate]:
        """The candidates that a field manager stands for; none if it may stand for any.

        A tool that applies what others own must be a workload of the kind's own product.
        """
        manager = write.manager
        if is_client(manager):
            return []
        if is_generic(manager):
            return _only_program(called(manager), claims)
        if is_applier(manager):
            home = (claim.candidate for claim in claims if claim.kinship.product)
            return [each for each in home if fit(manager, each.workload) >= Fit.NAME]
        fits = [(fit(manager, c.workload), c) for c in candidates if _able(c, crd)]
        best = max((how for how, _ in fits), default=Fit.NONE)
        return [each for how, each in fits if how is best] if best else []

    def _makers(
        self, seen: Seen, candidates: Sequence[Candidate], on: Mapping[str, Sequence[Claim]]
    ) -> list[tuple[str, Key, Witness]]:
        """Who makes objects for those of another kind, and so names these as their owners."""
        witnessed = {crd for crd, _ in seen}
        workloads = (_written(*key, members) for key, members in self._workloads.items())
        return [
            (owner, each.key, _witness(write, written, written.crd))
            for written in chain(self._written.values(), workloads)
            for owner in written.owners
            if len(written.owners) == 1 and owner not in witnessed and owner in self._crds
            for write in written.writes
            if write.part == _OWNED
            for each in self._fitting(write, owner, candidates, on.get(owner, ()))
        ]

    def _made(
        self, seen: Seen, known: Mapping[tuple[str, Key], Claim]
    ) -> list[tuple[str, Key, Witness]]:
        """Who manages a kind whose objects own those of another kind that has no status.

        It must have rights to change these.
        """
        witnessed = {crd for crd, _ in seen}
        return [
            (
                crd,
                key,
                Witness(first.manager, "owned", written.objects or 0, written.objects or 0, owner),
            )
            for crd, written in self._written.items()
            if crd not in witnessed and not any(w.part == "status" for w in written.writes)
            for (owner, key), first in seen.items()
            if owner in written.owners
            if (crd, key) in known and known[crd, key].basis >= Basis.CHANGE
        ]


def _written(owner: str, plural: str, workloads: Sequence[Workload]) -> Written:
    """Who wrote the workloads that instances of a CRD control."""
    number = Counter(manager for each in workloads for manager in each.writers)
    writes = (Write(manager, _OWNED, objects) for manager, objects in sorted(number.items()))
    return Written(plural, len(workloads), tuple(writes), (owner,))


def _able(candidate: Candidate, crd: str) -> bool:
    """Whether a candidate may have written objects of a kind, as far as rights are known."""
    access = candidate.rights.access.get(crd)
    may = access is not None and access.grade >= Grade.CHANGE
    return candidate.blind or may or bool(candidate.rights.wildcard)


def _witness(write: Write, written: Written, kind: str = "") -> Witness:
    return Witness(write.manager, write.part, write.objects, written.objects or 0, kind)


def _only_program(name: str, claims: Sequence[Claim]) -> list[Candidate]:
    """The only claimant that runs a binary of a name which many have; none if it may be another.

    Rights to change the kind come before other reasons.
    """
    able = [claim for claim in claims if claim.basis >= Basis.CHANGE] or claims
    programs = [(each.candidate, program_of(each.candidate.workload)) for each in able]
    running = [candidate for candidate, program in programs if program == name]
    unsure = any(not (program or each.workload.serving) for each, program in programs)
    return running if len(running) == 1 and not unsure else []
