"""Read ClusterServiceVersions: whether OLM copied one, and from where."""

from __future__ import annotations

import re

from k8s_datamodel.api import KubernetesObject, Resource
from k8s_datamodel_plugins.object_parts import annotations_of, labels_of, mapping, text

CSVS = Resource(
    "operators.coreos.com", "v1alpha1", "clusterserviceversions", "ClusterServiceVersion"
)

_COPIED_FROM = "olm.copiedFrom"
"""Label (annotation in older releases) of a copy, with the namespace of the original."""

_OPERATOR_NAMESPACE = "olm.operatorNamespace"
_COPIED = "Copied"
_VERSION = re.compile(r"\.v?\d+(?:\.\d+)+.*$")
"""What a CSV's name has behind the name of its package."""

_RUNNING_IN = re.compile(r"The operator is running in (\S+) but is managing this namespace")


def is_copy(csv: KubernetesObject) -> bool:
    """Whether OLM copied it into a namespace that its operator watches.

    OLM writes that into the status as well, which stays where labels are dropped; see
    ``pkg/controller/operators/olm`` of operator-framework/operator-lifecycle-manager.
    """
    return bool(_marked(csv)) or mapping(csv.get("status")).get("reason") == _COPIED


def home_of(copy: KubernetesObject) -> str:
    """The namespace that a copy was copied from; empty where nothing says so."""
    message = text(mapping(copy.get("status")).get("message")) or ""
    told = _RUNNING_IN.search(message)
    noted = text(annotations_of(copy).get(_OPERATOR_NAMESPACE))
    return _marked(copy) or (told[1] if told else "") or noted or ""


def _marked(csv: KubernetesObject) -> str:
    return str(labels_of(csv).get(_COPIED_FROM) or annotations_of(csv).get(_COPIED_FROM) or "")


def package_of(csv_name: str, version: str | None = None) -> str:
    """The package of a CSV, as its name tells: ``etcd-operator`` of ``etcd-operator.v0.9.4``.

    The form is that of operator-framework/api's bundles: the package, a dot, the version.
    """
    for suffix in (f".v{version}", f".{version}") if version else ():
        if csv_name.endswith(suffix) and csv_name != suffix:
            return csv_name.removesuffix(suffix)
    return _VERSION.sub("", csv_name) or csv_name
