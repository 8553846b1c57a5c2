"""What people say is certain: it comes before what was seen, and what differs is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from k8s_datamodel_plugins.operators.claiming.claims import Basis, Candidate, Claim
from k8s_datamodel_plugins.operators.claiming.kinship import Kinship
from k8s_datamodel_plugins.operators.facts.fact_types import Crd, Name, Reference, Saying
from k8s_datamodel_plugins.operators.facts.told_words import named, short
from k8s_datamodel_plugins.operators.facts.workloads import Workload
from k8s_datamodel_plugins.operators.judging.packages import agree
from k8s_datamodel_plugins.operators.rights.access import Rights

Key = tuple[str, Name]

_LISTED = frozenset({"deployment", "statefulset", "daemonset"})


class Objection(NamedTuple):
    """Why something that is said cannot hold, or contradicts what was seen.

    Attributes:
        absent: it names nothing that exists.
        by_rights: the rights of a service account contradict it.
    """

    saying: Saying
    reason: str
    absent: bool = False
    by_rights: bool = False


class Told:
    """All that is said, and the workloads that it is about.

    Args:
        of_everyone: the rights that all accounts of a namespace have.
    """

    def __init__(
        self,
        sayings: Iterable[Saying],
        crds: Collection[Crd],
        of_everyone: Callable[[str], Rights],
    ) -> None:
        self._of_everyone = of_everyone
        self._crds = {crd.name: crd for crd in crds}
        self._named: dict[str, list[str]] = {}
        self._managing: dict[Key, dict[str, None]] = {}
        self._sayings: list[Saying] = []
        self._faulty: list[Saying] = []
        self._by_name: dict[str, list[Saying]] = defaultdict(list)
        self._about: dict[Key, list[Saying]] = {}
        self._found: set[Saying] = set()
        for each in sayings:
            self._add(each)

    def _add(self, saying: Saying) -> None:
        if saying.fault:
            self._faulty.append(saying)
            return
        self._sayings.append(saying)
        self._by_name[saying.workload.name.name].append(saying)

    def meet(self, workload: Workload, others: Iterable[Saying] = ()) -> bool:
        """Take what is said of a workload; returns whether it is said to act."""
        for each in (*workload.told, *others):
            self._add(each)
        said = [each for each in self._by_name[workload.name.name] if _is_of(each, workload)]
        if not said:
            return False
        self._found.update(said)
        self._about[workload.kind, workload.name] = said
        return any(each.operator for each in said)

    def of(self, key: Key) -> list[Saying]:
        """What makes a workload an operator."""
        return [each for each in self._about.get(key, ()) if each.operator]

    def denies(self, key: Key) -> bool:
        """Whether somebody says that a workload is no operator."""
        return any(not each.operator for each in self._about.get(key, ()))

    def claims(self, candidates: Iterable[Candidate]) -> list[Claim]:
        """Who is said to manage what."""
        return [
            Claim(each, crd, Basis.TOLD, each.kinships.get(crd.group, Kinship()), home=True)
            for each in candidates
            if not self.denies(each.key)
            for crd in map(self._crds.__getitem__, self._managed(each.key))
        ]

    def objections(
        self, claims: Sequence[Claim], candidates: Sequence[Candidate]
    ) -> list[Objection]:
        """What is said and does not hold, in the order in which it was said.

        Args:
            claims: what was seen, without what is said.
            candidates: all of them.
        """
        by_key = {each.key: each for each in candidates}
        wrote: dict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            if claim.basis is Basis.WROTE and claim.witness and claim.witness.part:
                wrote[claim.crd.name].append(claim)
        found = [Objection(each, each.fault) for each in self._faulty]
        found += [
            Objection(each, _missing(each.workload), absent=True)
            for each in self._sayings
            if each not in self._found
        ]
        found += [
            Objection(each, f"there is no CRD {short(each.crd)}", absent=True)
            for each in self._sayings
            if each.crd and not self._crds_of(each)
        ]
        for key, said in self._about.items():
            if key in by_key:
                found += self._contradicted(by_key[key], said, wrote)
        return found

    def _contradicted(
        self, candidate: Candidate, said: Sequence[Saying], wrote: dict[str, list[Claim]]
    ) -> Iterator[Objection]:
        denied = self.denies(candidate.key)
        for each in said:
            if not each.operator:
                own = [
                    crd
                    for crd, claims in wrote.items()
                    if any(claim.candidate.key == candidate.key for claim in claims)
                ]
                if own:
                    yield Objection(each, f"{_called(candidate)} was seen to write {own[0]}")
            elif denied:
                yield Objection(each, f"{_called(candidate)} is also said to be no operator")
            elif each.crd:
                yield from self._unlikely(candidate, each, wrote)

    def _unlikely(
        self, candidate: Candidate, saying: Saying, wrote: dict[str, list[Claim]]
    ) -> Iterator[Objection]:
        """Others were seen to write the kind, or the workload may not even watch it."""
        for crd in self._crds_of(saying):
            writers = [claim.candidate for claim in wrote.get(crd, ())]
            strangers = [each for each in writers if crd not in self._managed(each.key)]
            if strangers and candidate.key not in {each.key for each in writers}:
                yield Objection(saying, f"{_called(strangers[0])} was seen to write {crd}")
            elif not (candidate.blind or self._may_touch(candidate, self._crds[crd])):
                account = Name(candidate.workload.name.namespace, candidate.workload.account)
                reason = f"service account {account} may not watch {crd}"
                yield Objection(saying, reason, by_rights=True)

    def _may_touch(self, candidate: Candidate, crd: Crd) -> bool:
        everyone = self._of_everyone(candidate.workload.name.namespace)
        return candidate.rights.may_touch(crd) or everyone.may_touch(crd)

    def _managed(self, key: Key) -> dict[str, None]:
        """The names of the CRDs that a workload is said to manage, each once."""
        if key not in self._managing:
            names = (name for each in self.of(key) for name in self._crds_of(each))
            self._managing[key] = dict.fromkeys(names)
        return self._managing[key]

    def _crds_of(self, saying: Saying) -> list[str]:
        """The names of the CRDs that a saying is about."""
        if saying.crd not in self._named:
            self._named[saying.crd] = named(saying.crd, self._crds.keys())
        return self._named[saying.crd]


def _missing(workload: Reference) -> str:
    """That a workload was not found; of other kinds only some are looked for."""
    missing = f"there is no workload {short(workload.written)}"
    listed = not workload.kind or workload.kind.lower() in _LISTED
    return missing if listed else f"{missing}, or its pods were not read"


def _called(candidate: Candidate) -> str:
    """A workload with its namespace: several may have one name."""
    return f"{candidate.workload.kind} {candidate.workload.name}"


def _is_of(saying: Saying, workload: Workload) -> bool:
    """Whether a saying is about a workload; a file may omit its namespace."""
    kind, name, _ = saying.workload
    if kind and kind.lower() != workload.kind.lower():
        return False
    return name.name == workload.name.name and agree(name.namespace, workload.name.namespace)
