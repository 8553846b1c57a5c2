"""An upgrade of a CRD, rehearsed: what each operation would do to each stored object.

`Rehearsal` is the entrance; the steps are the API server's, in its order.
"""

from k8s_datamodel_plugins.rehearsal.cel_seam import (
    Evaluator,
    EvaluatorFactory,
)
from k8s_datamodel_plugins.rehearsal.rehearsing import SHOWN, STORED, Rehearsal
from k8s_datamodel_plugins.rehearsal.verdicts import (
    OPERATIONS,
    ReadChange,
    Reason,
    Rehearsed,
    Verdict,
    read_changes,
    read_verdict,
)

__all__ = [
    "OPERATIONS",
    "SHOWN",
    "STORED",
    "Evaluator",
    "EvaluatorFactory",
    "ReadChange",
    "Reason",
    "Rehearsal",
    "Rehearsed",
    "Verdict",
    "read_changes",
    "read_verdict",
]
