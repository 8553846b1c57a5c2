"""How the built-in types are compared: what is noise, and which CRD defines a custom resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8s_datamodel.api import ComparisonRules, DefinedBy, KubernetesObject, Noise, Row
from k8s_datamodel_plugins.crds.schema_sayings import schema_saying
from k8s_datamodel_plugins.definitions import versions_of
from k8s_datamodel_plugins.kubernetes_schemas import schemas
from k8s_datamodel_plugins.object_parts import mapping, text

_STAMPS = (
    "deployment.kubernetes.io/revision",
    "kubectl.kubernetes.io/restartedAt",
    "reconcile.fluxcd.io/requestedAt",
    "control-plane.alpha.kubernetes.io/leader",
)
_KEPT_BY_TOOLS = (
    "kubectl.kubernetes.io/last-applied-configuration",
    "argocd.argoproj.io/tracking-id",
    "deprecated.daemonset.template.generation",
    *(f"kapp.k14s.io/{name}" for name in ("original", "original-diff", "original-diff-md5")),
)
_COUNTERS = (
    *("replicas", "readyReplicas", "availableReplicas", "updatedReplicas", "unavailableReplicas"),
    "fullyLabeledReplicas",
    *("currentReplicas", "terminatingReplicas", "collisionCount", "observedGeneration"),
    *("currentNumberScheduled", "desiredNumberScheduled", "numberAvailable", "numberMisscheduled"),
    *("numberReady", "numberUnavailable", "updatedNumberScheduled"),
)
_TIMES = (
    *("lastTransitionTime", "lastHeartbeatTime", "lastUpdateTime", "lastProbeTime"),
    "observedGeneration",
)
_WORKLOADS = (
    *("Deployment.apps", "StatefulSet.apps", "DaemonSet.apps", "ReplicaSet.apps"),
    "ReplicationController",
)
_HOOKS = (
    "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
    "MutatingWebhookConfiguration.admissionregistration.k8s.io",
)
_CRD_KIND = ("CustomResourceDefinition.apiextensions.k8s.io",)
_CSV_KIND = ("ClusterServiceVersion.operators.coreos.com",)
_POD, _CLAIM, _VOLUME = (("Pod",), ("PersistentVolumeClaim",), ("PersistentVolume",))
_ASSIGNED = {
    "spec.nodeName": _POD,
    **{f"status.{name}": _POD for name in ("hostIP", "hostIPs", "podIP", "podIPs", "startTime")},
    **{
        f"status.{which}ontainerStatuses[*].containerID": _POD
        for which in ("c", "initC", "ephemeralC")
    },
    "status.loadBalancer": ("Service", "Ingress.networking.k8s.io"),
    'metadata.annotations["volume.kubernetes.io/selected-node"]': _CLAIM,
    **{f"spec.claimRef.{name}": _VOLUME for name in ("uid", "resourceVersion")},
}
"""What a cluster decides by itself, and nobody who writes an object. A Service's addresses and
ports are not here: ``None`` makes it headless, and a port may be somebody's choice."""
_CONDITIONS = tuple(
    f"status.{above}conditions[*]"
    # the others are of Gateway API and Cluster API
    for above in ("", "parents[*].", "listeners[*].", "ancestors[*].", "v1beta2.")
)

NOISE: tuple[Noise, ...] = (
    *(
        Noise(f"metadata.{name}", "bookkeeping")
        for name in ("managedFields", "resourceVersion", "generation", "selfLink")
    ),
    *(Noise(f'metadata.annotations["{name}"]', "bookkeeping") for name in _KEPT_BY_TOOLS),
    *(
        Noise(path, "identity in another cluster", between_clusters=True)
        for path in (
            "metadata.uid",
            "metadata.creationTimestamp",
            "metadata.ownerReferences[*].uid",
        )
    ),
    *(
        Noise(path, "assigned by another cluster", kinds=kinds, between_clusters=True)
        for path, kinds in _ASSIGNED.items()
    ),
    *(
        Noise(f'{parent}annotations["{name}"]', "restart and reconcile stamps")
        for name in _STAMPS
        for parent in ("metadata.", "spec.template.metadata.")
    ),
    *(
        Noise(f'annotations["{name}"]', why, columns_of=("crds", "operators"))
        for names, why in (
            (_KEPT_BY_TOOLS, "bookkeeping"), (_STAMPS, "restart and reconcile stamps")
        )
        for name in names
    ),
    *(Noise(f"status.{name}", "status counters", kinds=_WORKLOADS) for name in _COUNTERS),
    Noise("status.observedGeneration", "status counters"),
    Noise("ready_replicas", "status counters", columns_of=("operators",)),
    *(
        Noise(f"{conditions}.{name}", "times of conditions and heart-beats")
        for conditions in _CONDITIONS
        for name in _TIMES
    ),
    *(
        Noise(f"status.{name}", "times of conditions and heart-beats", kinds=_CSV_KIND)
        for name in ("lastUpdateTime", "lastTransitionTime", "certsLastUpdated", "certsRotateAt")
    ),
    Noise("instance_count_method", "how it was counted", columns_of=("crds",)),
    Noise("evidence[kind=written].reason", "how many were looked at", columns_of=("operators",)),
    Noise("webhooks[*].clientConfig.caBundle", "CA bundles", kinds=_HOOKS),
    Noise("spec.conversion.webhook.clientConfig.caBundle", "CA bundles", kinds=_CRD_KIND),
    Noise("spec.conversion.webhookClientConfig.caBundle", "CA bundles", kinds=_CRD_KIND),
    Noise("spec.caBundle", "CA bundles", kinds=("APIService.apiregistration.k8s.io",)),
)  # fmt: skip
"""What changes without a change that anybody made."""


def crd_of(row: Row) -> tuple[Any, ...] | None:
    """The identity of the CRD that defines a row's object, if its type names one."""
    name = row.get("crd")
    return (name,) if isinstance(name, str) else None


def schema_of(crd: KubernetesObject, api_version: str) -> Mapping[str, Any] | None:
    """The schema that a CRD has for a version, also one of v1beta1 for all versions."""
    wanted = api_version.rpartition("/")[2]
    for version in versions_of(crd):
        if text(version.get("name")) == wanted and version.get("schema"):
            return mapping(mapping(version.get("schema")).get("openAPIV3Schema"))
    common = mapping(mapping(mapping(crd.get("spec")).get("validation")).get("openAPIV3Schema"))
    return common or None


def rules() -> ComparisonRules:
    """What the resource types here name as their ``comparison``."""
    words = {"storage": "stored", "additionalPrinterColumns": "printer column"}
    tells = {"storage_version": ("spec.versions[*].storage",)}
    defined_by = DefinedBy("crds", crd_of, schema_of)
    return ComparisonRules(NOISE, schemas(), defined_by, words, tells, {"crds": schema_saying})
