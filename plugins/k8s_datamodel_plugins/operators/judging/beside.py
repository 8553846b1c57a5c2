"""Find operators that are the main actor of no CRD, but act on kinds beside those who are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from k8s_datamodel_plugins.operators.claiming.claims import Basis, Candidate, Claim
from k8s_datamodel_plugins.operators.claiming.kinship import named_after
from k8s_datamodel_plugins.operators.facts import words
from k8s_datamodel_plugins.operators.facts.fact_types import Name
from k8s_datamodel_plugins.operators.facts.images import parse_image
from k8s_datamodel_plugins.operators.sharing.acting import writes_named_status
from k8s_datamodel_plugins.operators.sharing.suites import assists, assists_by_command


class Beside:
    """Tell who acts beside the managers of CRDs.

    Args:
        held: the claims of these managers.
    """

    def __init__(self, held: Iterable[Claim]) -> None:
        claims = list(held)
        managers = {claim.candidate.key: claim.candidate for claim in claims}.values()
        self._programs = {_program(each) for each in managers}
        self._accounts = {each.account for each in managers}
        self._suites = {(c.crd.name, c.candidate.workload.name.namespace) for c in claims}

    def of(self, candidate: Candidate, made: Sequence[Claim]) -> list[Claim]:
        """The claims on kinds that others manage, but that a candidate acts on too."""
        return self._acted_on(candidate, made) or self._carried_out(candidate, made)

    def _acted_on(self, candidate: Candidate, made: Sequence[Claim]) -> list[Claim]:
        """The claims of who is named for reconciling, or runs an operator's program and account.

        Or it changes objects that belong to its node, or the rules of an account of its own name
        the status of a kind.
        """
        workload = candidate.workload
        ranks = {*Basis} - {Basis.KINSHIP, Basis.REPORT}
        claims = [c for c in made if c.home and c.kinship.product and c.basis in ranks]
        same = _program(candidate) in self._programs
        if assists_by_command(candidate) or (same and assists(candidate)):
            return []
        if words.is_controlling(workload.name.name):
            return claims
        if same and not workload.serving:
            return [c for c in claims if c.basis >= Basis.WATCH]
        if candidate.account not in self._accounts and not candidate.answers:
            written = [c for c in made if c.home and writes_named_status(c)]
            if written:
                return written
        return [c for c in claims if c.on_its_node and c.basis >= Basis.CHANGE]

    def _carried_out(self, candidate: Candidate, made: Sequence[Claim]) -> list[Claim]:
        """Claims of an agent on each node that watches what others of its suite manage.

        It carries these kinds out; a cache, an exporter or a server does not.
        """
        workload = candidate.workload
        aside = assists(candidate) or assists_by_command(candidate) or candidate.answers
        if workload.kind != "DaemonSet" or workload.serving or aside:
            return []
        watched = [c for c in made if c.home and c.kinship.product and c.basis is Basis.WATCH]
        return [c for c in watched if (c.crd.name, workload.name.namespace) in self._suites]


def managed_absent(candidate: Candidate, any_crds: bool) -> dict[str, str]:
    """Kinds without a CRD that a workload manages by its rights and name, with their roles."""
    workload = candidate.workload
    if workload.serving or candidate.packaged:
        return {}
    if not any_crds or words.is_controlling(workload.name.name):
        return candidate.rights.absent
    return {
        crd: role
        for crd, role in candidate.rights.absent.items()
        if named_after(workload, crd.partition(".")[2])
    }


def _program(candidate: Candidate) -> tuple[Name, str]:
    """A workload's image and account: the same program often runs with other arguments."""
    container = candidate.workload.container
    return candidate.account, parse_image(container.image).repository if container else ""
