"""Who else an upgrade of CRDs touches: operators, CSVs, conversion webhooks, names that clash.

Pure functions: facts in, findings out.
"""

from k8s_datamodel_plugins.upgrades.touched.conversion_services import (
    SeenService,
    missing_service,
)
from k8s_datamodel_plugins.upgrades.touched.csvs_naming import csvs_naming
from k8s_datamodel_plugins.upgrades.touched.losses import Loss, loss_of
from k8s_datamodel_plugins.upgrades.touched.new_clashes import names_only, new_clashes
from k8s_datamodel_plugins.upgrades.touched.operators_naming import (
    KnownOperator,
    operators_naming,
)

__all__ = [
    "KnownOperator",
    "Loss",
    "SeenService",
    "csvs_naming",
    "loss_of",
    "missing_service",
    "names_only",
    "new_clashes",
    "operators_naming",
]
