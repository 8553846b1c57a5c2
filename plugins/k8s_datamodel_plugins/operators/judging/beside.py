"""Find operators that are the main actor of no CRD, but act on kinds beside those who are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from k8s_datamodel_plugins.operators.claiming.claims import Basis, Candidate, Claim
from k8s_datamodel_plugins.operators.claiming.kinship import named_after
from k8s_datamodel_plugins.operators.facts import words
from k8s_datamodel_plugins.operators.facts.fact_types import Name
from k8s_datamodel_plugins.operators.facts.images import parse_image
from k8s_datamodel_plugins.operators.facts.program_names import program_of
from k8s_datamodel_plugins.operators.facts.workloads import Workload
from k8s_datamodel_plugins.operators.sharing.acting import on_request, writes_named_status
from k8s_datamodel_plugins.operators.sharing.suites import assists

Programs = Mapping[tuple[Name, str], set[str]]
"""Binaries by account and image; empty where the image decides."""


class Beside:
    """Tell who acts beside the managers of CRDs.

    Args:
        held: the claims of these managers.
    """

    def __init__(self, held: Iterable[Claim]) -> None:
        claims = list(held)
        managers = {claim.candidate.key: claim.candidate for claim in claims}.values()
        self._programs = _programs(managers)
        self._answering = _programs(each for each in managers if _answers(each))
        self._accounts = {each.account for each in managers}

    def of(self, candidate: Candidate, made: Sequence[Claim]) -> list[Claim]:
        """The claims on kinds that others manage, but that a candidate acts on too.

        It is named for reconciling, or runs an operator's program and account, and not to answer
        requests. Or it changes objects that belong to its node, or the rules of an account of its
        own name the status of a kind. What assists or shows, and drivers of storage, act on none.
        """
        workload = candidate.workload
        made = [claim for claim in made if not on_request(claim)]
        if workload.drives_storage or workload.answers_kubelet or assists(candidate):
            return []
        ranks = {*Basis} - {Basis.KINSHIP, Basis.REPORT}
        claims = [c for c in made if c.home and c.kinship.product and c.basis in ranks]
        same = _is_one_of(candidate, self._programs)
        if words.is_controlling(workload.name.name):
            return claims
        apart = _answers(candidate) and not _is_one_of(candidate, self._answering)
        if same and not (workload.serving or apart):
            return [c for c in claims if c.basis >= Basis.WATCH]
        if not (workload.owner or candidate.account in self._accounts or candidate.answers):
            written = [c for c in made if c.home and writes_named_status(c)]
            if written and not _is_facade(workload, written, made):
                return written
        return [c for c in claims if c.on_its_node and c.basis >= Basis.CHANGE]

    def absent(self, candidate: Candidate, any_crds: bool) -> dict[str, str]:
        """Kinds without a CRD that a candidate manages by its rights and name, with their roles.

        With the account of a manager, its name must say that it reconciles.
        """
        workload = candidate.workload
        if workload.serving or workload.owner or candidate.packaged or assists(candidate):
            return {}
        if not any_crds or words.is_controlling(workload.name.name):
            return candidate.rights.absent
        if candidate.account in self._accounts and candidate.account.name != "default":
            return {}
        return {
            crd: role
            for crd, role in candidate.rights.absent.items()
            if named_after(workload, crd.partition(".")[2])
        }


def _answers(candidate: Candidate) -> bool:
    """Whether it answers requests, as a Service of a webhook or its command says."""
    return candidate.answers or candidate.workload.told_to_serve


def _is_facade(workload: Workload, written: Sequence[Claim], made: Sequence[Claim]) -> bool:
    """Whether a server changes objects for its users, as its command says.

    Or it does so for more kinds than it writes the status of, as no control loop does.
    """
    changed = [claim for claim in made if claim.home and claim.basis is Basis.CHANGE]
    return workload.serving and (workload.told_to_serve or len(changed) > len(written))


def _programs(candidates: Iterable[Candidate]) -> Programs:
    found: dict[tuple[Name, str], set[str]] = defaultdict(set)
    for each in candidates:
        found[_image(each)].add(program_of(each.workload))
    return found


def _is_one_of(candidate: Candidate, programs: Programs) -> bool:
    """Whether its program is one of these, as it often runs with other arguments.

    Image and account are the same, and the binary, where both say it.
    """
    binaries, own = programs.get(_image(candidate), set()), program_of(candidate.workload)
    return bool(binaries) and (not own or bool({own, ""} & binaries))


def _image(candidate: Candidate) -> tuple[Name, str]:
    container = candidate.workload.container
    return candidate.account, parse_image(container.image).repository if container else ""
