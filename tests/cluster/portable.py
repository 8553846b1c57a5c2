"""Makes objects of another cluster, or of an older Kubernetes, fit for a new server.

Only for loading: what a test expects is read from the objects as they were.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from cluster.api import Object

_OPEN_SCHEMA = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
_JOB_LABELS = (
    *("controller-uid", "job-name"),
    *("batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"),
)
_ADDRESSES = ("clusterIP", "clusterIPs", "healthCheckNodePort")


def open_crd(
    group: str, version: str, kind: str, plural: str, *, scope: str = "Namespaced", **names: Any
) -> Object:
    """A CRD that takes any object of the kind, with a status subresource.

    Args:
        group: With a dot in it.
        version: The only one, served and stored.
        kind: In camel case.
        plural: In lower case.
        scope: `Namespaced` or `Cluster`.
        names: More of `spec.names`, such as `shortNames=["csv"]`.
    """
    given = {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()}
    only = {"name": version, "served": True, "storage": True, "schema": _OPEN_SCHEMA}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": scope,
            "names": {**given, **names},
            "versions": [{**copy.deepcopy(only), "subresources": {"status": {}}}],
        },
    }


def olm_crds() -> list[Object]:
    """CRDs of OLM's kinds with open schemas, for clusters of tests: any real CSV fits."""
    group = "operators.coreos.com"
    return [
        open_crd(
            *(group, "v1alpha1", "ClusterServiceVersion", "clusterserviceversions"),
            shortNames=["csv", "csvs"],
        ),
        open_crd(group, "v1alpha1", "Subscription", "subscriptions", shortNames=["sub", "subs"]),
        open_crd(group, "v1alpha1", "InstallPlan", "installplans", shortNames=["ip"]),
        open_crd(group, "v1alpha1", "CatalogSource", "catalogsources", shortNames=["catsrc"]),
        open_crd(group, "v1", "OperatorGroup", "operatorgroups", shortNames=["og"]),
    ]


def portable(objects: Iterable[Object]) -> list[Object]:
    """Copies of the objects without what ties them to the server they came from.

    Addresses of Services, generated selectors of Jobs, certificates that are placeholders;
    CRDs of v1beta1 become v1, as a storage migration would leave them.
    """
    return [_ported(copy.deepcopy(obj)) for obj in objects]


def _ported(obj: Object) -> Object:
    spec = obj.get("spec") or {}
    if obj["kind"] == "Service":
        _drop_addresses(spec)
    elif obj["kind"] == "Job":
        _drop_generated(obj["metadata"], spec)
    elif obj["kind"] == "CustomResourceDefinition":
        if obj["apiVersion"].endswith("/v1beta1"):
            _to_v1(obj, spec)
        webhook = (spec.get("conversion") or {}).get("webhook") or {}
        (webhook.get("clientConfig") or {}).pop("caBundle", None)
    elif obj["kind"].endswith("WebhookConfiguration"):
        for webhook in obj.get("webhooks") or []:
            webhook["clientConfig"].pop("caBundle", None)
    return obj


def _drop_addresses(spec: Object) -> None:
    if spec.get("clusterIP") != "None":
        for key in _ADDRESSES:
            spec.pop(key, None)
    for port in spec.get("ports") or []:
        port.pop("nodePort", None)


def _drop_generated(metadata: Object, spec: Object) -> None:
    if not spec.get("manualSelector"):
        spec.pop("selector", None)
    template = (spec.get("template") or {}).get("metadata") or {}
    for labels in (metadata.get("labels") or {}, template.get("labels") or {}):
        for key in _JOB_LABELS:
            labels.pop(key, None)


def _to_v1(crd: Object, spec: Object) -> None:
    """In v1 each version has its own subresources and columns, and a schema.

    The old schemas are given up for open ones: many lack types, which v1 refuses.
    """
    crd["apiVersion"] = "apiextensions.k8s.io/v1"
    only = {"name": spec.pop("version", None) or "v1", "served": True, "storage": True}
    versions = spec.setdefault("versions", [only])
    common = {
        "subresources": spec.pop("subresources", None),
        "additionalPrinterColumns": spec.pop("additionalPrinterColumns", None),
    }
    for version in versions:
        version["schema"] = copy.deepcopy(_OPEN_SCHEMA)
        for key, value in common.items():
            if value and not version.get(key):
                version[key] = copy.deepcopy(value)
        for column in version.get("additionalPrinterColumns") or []:
            if "JSONPath" in column:
                column["jsonPath"] = column.pop("JSONPath")
    for key in ("validation", "preserveUnknownFields"):
        spec.pop(key, None)
    spec["scope"] = spec.get("scope") or "Namespaced"
