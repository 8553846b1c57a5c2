"""How findings are graded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from k8s_datamodel.api import Severity

Profile = Literal["stored", "writers", "readers", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingSettings:
    """What users choose.

    Attributes:
        profile: whose findings there are: of rules that hurt what is stored, who writes, who
            reads, or all rules. What the API server refuses, and what no rule knows, is always
            there.
        alpha: whether findings of versions such as v1alpha1 count one level lower.
        kubernetes: the release of the API server that is to take the new CRD, such as (1, 31);
            None if it is not known.
        severity: the level of a rule's findings by its id, or ``off`` for none.
    """

    profile: Profile = "all"
    alpha: Literal["lower", "same"] = "lower"
    kubernetes: tuple[int, int] | None = None
    severity: Mapping[str, Severity | Literal["off"]] = field(default_factory=dict)
