"""What was seen to write: it comes before what may write.

The field managers of instances name programs as these call themselves: by the name of the binary,
or by a name that they chose for server-side apply.
https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from k8s_datamodel_plugins.operators.claiming.claims import Basis, Candidate, Claim, Witness
from k8s_datamodel_plugins.operators.claiming.kinship import Kinship
from k8s_datamodel_plugins.operators.facts import words
from k8s_datamodel_plugins.operators.facts.fact_types import Crd, Lease, Name, Write, Written
from k8s_datamodel_plugins.operators.facts.program_names import (
    Fit,
    fit,
    holds,
    is_applier,
    is_client,
    is_generic,
    names_of,
    program_of,
)
from k8s_datamodel_plugins.operators.facts.workloads import Workload
from k8s_datamodel_plugins.operators.rights.access import Grade
from k8s_datamodel_plugins.operators.sharing.acting import access_of, without_aides

_PARTS = ("status", "finalizers")
"""What the manager of a kind writes of its objects, the more telling first."""

_OWNED = "ownerReferences"
"""What only who makes an object for another one writes of it."""


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
            words.compact(words.called(write.manager))
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
        for crd, key, witness in self._only_writers(seen, on):
            seen[crd, key] = witness
        keyed = {each.key: each for each in candidates}
        made = {pair: self._claim(pair[0], keyed[pair[1]]) for pair in seen if pair not in known}
        some = self._having_written(on)
        return [
            replace(claim, basis=Basis.WROTE, witness=seen[pair], allowed=claim.basis)
            if pair in seen
            else replace(claim, wrote_some=True)
            if pair in some
            else claim
            for pair, claim in {**known, **made}.items()
        ]

    def _having_written(self, on: Mapping[str, Sequence[Claim]]) -> set[tuple[str, Key]]:
        """Whose own name, or that of what it runs, stands among those who wrote a kind's objects.

        Whatever they wrote of them; where somebody wrote the status, only that would tell.
        """
        return {
            (crd, candidate.key)
            for crd, written in self._written.items()
            if not any(write.part in _PARTS for write in written.writes)
            for write in written.writes
            if _tells(write.manager) and not is_applier(write.manager)
            for candidate in _called(write.manager, [c.candidate for c in without_aides(on[crd])])
        }

    def _claim(self, crd: str, candidate: Candidate) -> Claim:
        """The claim of a candidate that is only known to have written."""
        found = self._crds[crd]
        kin = candidate.kinships.get(found.group, Kinship())
        return Claim(candidate, found, Basis.KINSHIP, kin, home=True)

    def _of_manager(
        self, written: Written, candidates: Sequence[Candidate], claims: Sequence[Claim]
    ) -> list[tuple[Candidate, Witness]]:
        """The candidates that wrote a part of a kind which only its managers write.

        Of several names that fit a candidate it has the one that fits best, then the one that wrote
        most: a name of several programs is not that of who has one of its own.
        """
        own = {claim.candidate.key for claim in claims if claim.kinship.product}
        every: dict[Key, tuple[Candidate, Witness]] = {}
        for part in _PARTS:
            best: dict[Key, tuple[tuple[Fit, int], Candidate, Witness]] = {}
            for write in (each for each in written.writes if each.part == part):
                for how, candidate in self._fitting(write, written.crd, candidates, claims):
                    rank = (how, write.objects)
                    if candidate.key not in best or rank > best[candidate.key][0]:
                        best[candidate.key] = rank, candidate, _witness(write, written)
            first = not every
            for key, (_, candidate, witness) in best.items():
                if first or key in own:
                    every.setdefault(key, (candidate, witness))
        return list(every.values())

    def _able(self, candidate: Candidate, crd: str) -> bool:
        """Whether a candidate may have written objects of a kind, as far as rights are known."""
        access = candidate.rights.access.get(crd)
        may = access is not None and access.grade >= Grade.CHANGE
        return candidate.blind or may or candidate.rights.may_all(self._crds[crd])

    def _fitting(
        self, write: Write, crd: str, candidates: Sequence[Candidate], claims: Sequence[Claim]
    ) -> list[tuple[Fit, Candidate]]:
        """The candidates that a field manager stands for; none if it may stand for any.

        A tool that applies what others own must be a workload of the kind's own product.
        """
        manager = write.manager
        if is_client(manager):
            return []
        if is_generic(manager):
            only = _only_program(words.called(manager), claims)
            return [(Fit.NAME, each) for each in only]
        if is_applier(manager):
            home = (claim.candidate for claim in claims if claim.kinship.product)
            fits = [(fit(manager, each.workload), each) for each in home]
            return [(how, each) for how, each in fits if how >= Fit.NAME]
        fits = [(fit(manager, each.workload), each) for each in candidates if self._able(each, crd)]
        best = max((how for how, _ in fits), default=Fit.NONE)
        return [(how, each) for how, each in fits if how is best] if best else []

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
            for _, each in self._fitting(write, owner, candidates, on.get(owner, ()))
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

    def _only_writers(
        self, seen: Seen, on: Mapping[str, Sequence[Claim]]
    ) -> list[tuple[str, Key, Witness]]:
        """The only program that wrote objects of a kind without a status, if it is of its product.

        Tools that apply what others own do not count.
        """
        witnessed = {crd for crd, _ in seen}
        found = []
        for crd, written in self._written.items():
            apart = any(write.part in _PARTS for write in written.writes)
            if crd in witnessed or apart or not self._crds[crd].plain:
                continue
            writers = [w for w in written.writes if not (w.part or is_applier(w.manager))]
            watched = any(access_of(each).watches for each in on.get(crd, ()))
            claimants = [
                claim.candidate
                for claim in without_aides(on.get(crd, ()))
                if access_of(claim).watches or not watched
                if claim.kinship.product
                if self._able(claim.candidate, crd) or access_of(claim).writes
                if len(writers) == 1 and _tells(writers[0].manager)
                if fit(writers[0].manager, claim.candidate.workload) >= Fit.NAME
            ]
            if len(claimants) == 1:
                found.append((crd, claimants[0].key, _witness(writers[0], written)))
        return found


def _called(manager: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that a name fits best, as their own or that of what they run."""
    fits = [(fit(manager, each.workload), each) for each in candidates]
    best = max((how for how, _ in fits), default=Fit.NONE)
    return [each for how, each in fits if how is best and how >= Fit.NAME]


def _tells(manager: str) -> bool:
    return not (is_client(manager) or is_generic(manager))


def _written(owner: str, plural: str, workloads: Sequence[Workload]) -> Written:
    """Who wrote the workloads that instances of a CRD control."""
    number = Counter(manager for each in workloads for manager in each.writers)
    writes = (Write(manager, _OWNED, objects) for manager, objects in sorted(number.items()))
    return Written(plural, len(workloads), tuple(writes), (owner,))


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
