"""What was seen to write: it comes before what may write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from k8s_datamodel_plugins.operators.facts.fact_types import Lease, Written
from k8s_datamodel_plugins.operators.judging.claims import Candidate, Claim


class Writers:
    """Find the candidates that the managers of instances, and holders of leases, stand for."""

    def __init__(
        self,
        written: Iterable[Written],
        leases: Sequence[Lease],
        candidates: Sequence[Candidate],
    ) -> None:
        self._written = {each.crd: each for each in written}
        self._leases = leases
        self._candidates = candidates

    def told(self, claims: Sequence[Claim]) -> list[Claim]:
        """The claims, with basis ``WROTE`` where the candidate was seen to write."""
        return list(claims)
