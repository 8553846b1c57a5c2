"""What the API server makes of an object under a CRD's schema: prune, default, validate, apply.

Pure functions on JSON values; no JSON-Schema library has ``nullable``, formats, int-or-string
and list types as Kubernetes has them. CEL rules are not looked at here, see ``cel_rules``;
``rehearsal`` puts the steps into the server's order.
"""

from k8s_datamodel_plugins.structural.checking import failures_of, is_hidden, unforgiven
from k8s_datamodel_plugins.structural.correlation import Correlated, alike
from k8s_datamodel_plugins.structural.failures import Failure, Path, certain
from k8s_datamodel_plugins.structural.list_types import list_failures
from k8s_datamodel_plugins.structural.nodes import (
    NEWEST,
    RATCHETING_SINCE,
    Node,
    SchemaError,
    kubernetes_version,
)
from k8s_datamodel_plugins.structural.object_meta import (
    coerce,
    embedded_failures,
    object_meta,
    root_failures,
)
from k8s_datamodel_plugins.structural.shaping import (
    META_FIELDS,
    compiled,
    copied,
    drop_nulls,
    fill_defaults,
    keeps_defaults,
    prune,
    pruned,
    without_defaults,
)
from k8s_datamodel_plugins.structural.string_formats import Version
from k8s_datamodel_plugins.structural.typed_values import apply_failures, missing_versions

__all__ = [
    "META_FIELDS",
    "NEWEST",
    "RATCHETING_SINCE",
    "Correlated",
    "Failure",
    "Node",
    "Path",
    "SchemaError",
    "Version",
    "alike",
    "apply_failures",
    "certain",
    "coerce",
    "compiled",
    "copied",
    "drop_nulls",
    "embedded_failures",
    "failures_of",
    "fill_defaults",
    "is_hidden",
    "keeps_defaults",
    "kubernetes_version",
    "list_failures",
    "missing_versions",
    "object_meta",
    "prune",
    "pruned",
    "root_failures",
    "unforgiven",
    "without_defaults",
]
