"""Who else a change of CRDs touches: facts of both sides for the rules of ``upgrades.touched``."""

from k8s_datamodel_plugins.checks.touching.passing_crds import PassingCrds
from k8s_datamodel_plugins.checks.touching.touched_crds import (
    clashing,
    touched,
    with_findings,
)

__all__ = ["PassingCrds", "clashing", "touched", "with_findings"]
