"""How objects of Kubernetes' own kinds, of CRDs and of CSVs are compared: lists, quantities, noise.

Sources: ``listType``, ``listMapKey`` and ``patchMergeKey`` of the types in k8s.io/api, k8s.io/
apimachinery and k8s.io/apiextensions-apiserver, of Kubernetes 1.36. Where these say ``atomic`` and
the order means nothing (short names of a CRD), the list is a set here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8s_datamodel.api import ComparisonRules, DefinedBy, KubernetesObject, Noise, Row
from k8s_datamodel_plugins.definitions import versions_of
from k8s_datamodel_plugins.object_parts import mapping, text

Schema = dict[str, Any]


def _fields(**properties: Any) -> Schema:
    return {"properties": properties}


def _keyed(*keys: str, **properties: Any) -> Schema:
    """A list whose items some fields name."""
    by_keys = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": list(keys)}
    return {**by_keys, "items": {"properties": properties}}


def _items(**properties: Any) -> Schema:
    """A list whose items have no names."""
    return {"items": {"properties": properties}}


_SET: Schema = {"x-kubernetes-list-type": "set"}
_QUANTITY: Schema = {"format": "quantity"}
_QUANTITIES: Schema = {"additionalProperties": _QUANTITY}
_RESOURCES = _fields(requests=_QUANTITIES, limits=_QUANTITIES, claims=_keyed("name"))
_PROTOCOL: Schema = {"default": "TCP"}

_CONTAINERS = _keyed(
    "name",
    env=_keyed("name", valueFrom=_fields(resourceFieldRef=_fields(divisor=_QUANTITY))),
    ports=_keyed("containerPort", "protocol", protocol=_PROTOCOL),
    resources=_RESOURCES,
    volumeMounts=_keyed("mountPath"),
    volumeDevices=_keyed("devicePath"),
    resizePolicy=_keyed("resourceName"),
)
_CLAIM = _fields(spec=_fields(resources=_RESOURCES, accessModes=_SET))
_VOLUMES = _keyed(
    "name",
    emptyDir=_fields(sizeLimit=_QUANTITY),
    ephemeral=_fields(volumeClaimTemplate=_CLAIM),
)
POD_SPEC = _fields(
    containers=_CONTAINERS,
    initContainers=_CONTAINERS,
    ephemeralContainers=_CONTAINERS,
    volumes=_VOLUMES,
    imagePullSecrets=_keyed("name"),
    hostAliases=_keyed("ip"),
    topologySpreadConstraints=_keyed("topologyKey", "whenUnsatisfiable"),
    schedulingGates=_keyed("name"),
    resourceClaims=_keyed("name"),
    readinessGates=_keyed("conditionType"),
    overhead=_QUANTITIES,
    resources=_RESOURCES,
)
_TEMPLATE = _fields(spec=POD_SPEC)
_CLAIMING = _fields(spec=_fields(template=_TEMPLATE, volumeClaimTemplates={"items": _CLAIM}))
_JOB = _fields(spec=_fields(template=_TEMPLATE))
_WEBHOOKS = _fields(webhooks=_keyed("name"))

_JSON_SCHEMA: Schema = _fields(
    required=_SET,
    enum=_SET,
    **{"x-kubernetes-validations": _keyed("rule")},
)
# A schema holds schemas.
_SCHEMAS: Schema = {"additionalProperties": _JSON_SCHEMA}
_BRANCHES: Schema = {"items": _JSON_SCHEMA}
_JSON_SCHEMA["properties"].update(
    properties=_SCHEMAS,
    patternProperties=_SCHEMAS,
    items=_JSON_SCHEMA,
    additionalProperties=_JSON_SCHEMA,
    allOf=_BRANCHES,
    anyOf=_BRANCHES,
    oneOf=_BRANCHES,
)
_JSON_SCHEMA["properties"]["not"] = _JSON_SCHEMA
_NAMES = _fields(shortNames=_SET, categories=_SET)
_COLUMNS = _keyed("name")

_CRD = _fields(
    spec=_fields(
        names=_NAMES,
        versions=_keyed(
            "name",
            schema=_fields(openAPIV3Schema=_JSON_SCHEMA),
            additionalPrinterColumns=_COLUMNS,
            selectableFields=_keyed("jsonPath"),
        ),
        additionalPrinterColumns=_COLUMNS,
        validation=_fields(openAPIV3Schema=_JSON_SCHEMA),
    ),
    status=_fields(acceptedNames=_NAMES, storedVersions=_SET),
)

_CSV = _fields(
    spec=_fields(
        install=_fields(spec=_fields(deployments=_keyed("name", spec=_fields(template=_TEMPLATE)))),
        customresourcedefinitions=_fields(
            owned=_keyed("name", "version"), required=_keyed("name", "version")
        ),
        installModes=_keyed("type"),
        relatedImages=_keyed("name"),
        webhookdefinitions=_keyed("generateName"),
    )
)

_EVERY = _fields(
    metadata=_fields(finalizers=_SET, ownerReferences=_keyed("uid")),
    status=_fields(conditions=_keyed("type")),
)

SCHEMAS: Mapping[str, Schema] = {
    "*": _EVERY,
    "Pod": _fields(spec=POD_SPEC),
    "PodTemplate": _fields(template=_TEMPLATE),
    "ReplicationController": _JOB,
    **dict.fromkeys(("Deployment.apps", "DaemonSet.apps", "ReplicaSet.apps"), _JOB),
    "StatefulSet.apps": _CLAIMING,
    "Job.batch": _JOB,
    "CronJob.batch": _fields(spec=_fields(jobTemplate=_JOB)),
    "Service": _fields(
        spec=_fields(ports=_keyed("port", "protocol", protocol=_PROTOCOL), externalIPs=_SET)
    ),
    "ServiceAccount": _fields(secrets=_keyed("name"), imagePullSecrets=_keyed("name")),
    "Node": _fields(
        spec=_fields(podCIDRs=_SET),
        status=_fields(addresses=_keyed("type"), capacity=_QUANTITIES, allocatable=_QUANTITIES),
    ),
    "PersistentVolume": _fields(spec=_fields(capacity=_QUANTITIES, accessModes=_SET)),
    "PersistentVolumeClaim": _CLAIM,
    "ResourceQuota": _fields(
        spec=_fields(hard=_QUANTITIES), status=_fields(hard=_QUANTITIES, used=_QUANTITIES)
    ),
    "LimitRange": _fields(
        spec=_fields(
            limits=_items(
                **dict.fromkeys(
                    ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio"),
                    _QUANTITIES,
                )
            )
        )
    ),
    "ValidatingWebhookConfiguration.admissionregistration.k8s.io": _WEBHOOKS,
    "MutatingWebhookConfiguration.admissionregistration.k8s.io": _WEBHOOKS,
    "CustomResourceDefinition.apiextensions.k8s.io": _CRD,
    "ClusterServiceVersion.operators.coreos.com": _CSV,
}
"""The lists and quantities of kinds that no CRD describes, or whose CRD does not say."""

_STAMPS = (
    "deployment.kubernetes.io/revision",
    "kubectl.kubernetes.io/restartedAt",
    "reconcile.fluxcd.io/requestedAt",
    "control-plane.alpha.kubernetes.io/leader",
)
_COUNTERS = (
    *("replicas", "readyReplicas", "availableReplicas", "updatedReplicas", "unavailableReplicas"),
    *("currentReplicas", "terminatingReplicas", "collisionCount", "observedGeneration"),
    *("currentNumberScheduled", "desiredNumberScheduled", "numberAvailable", "numberMisscheduled"),
    *("numberReady", "numberUnavailable", "updatedNumberScheduled"),
)
_TIMES = (
    *("lastTransitionTime", "lastHeartbeatTime", "lastUpdateTime", "lastProbeTime"),
    "observedGeneration",
)
_WORKLOADS = ("Deployment.apps", "StatefulSet.apps", "DaemonSet.apps", "ReplicaSet.apps")
_HOOKS = (
    "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
    "MutatingWebhookConfiguration.admissionregistration.k8s.io",
)
_CRD_KIND = ("CustomResourceDefinition.apiextensions.k8s.io",)
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

NOISE: tuple[Noise, ...] = (
    *(
        Noise(f"metadata.{name}", "bookkeeping")
        for name in ("managedFields", "resourceVersion", "generation", "selfLink")
    ),
    Noise(f'metadata.annotations["{_APPLIED}"]', "bookkeeping"),
    *(
        Noise(path, "identity in another cluster", between_clusters=True)
        for path in (
            "metadata.uid",
            "metadata.creationTimestamp",
            "metadata.ownerReferences[*].uid",
        )
    ),
    *(
        Noise(f'{parent}annotations["{name}"]', "restart and reconcile stamps")
        for name in _STAMPS
        for parent in ("metadata.", "spec.template.metadata.")
    ),
    *(
        Noise(f'annotations["{name}"]', "restart and reconcile stamps",
              columns_of=("crds", "operators"))
        for name in _STAMPS
    ),
    *(Noise(f"status.{name}", "status counters", kinds=_WORKLOADS) for name in _COUNTERS),
    Noise("status.observedGeneration", "status counters"),
    Noise("ready_replicas", "status counters", columns_of=("operators",)),
    *(
        Noise(f"status.conditions[*].{name}", "times of conditions and heart-beats")
        for name in _TIMES
    ),
    Noise("instance_count_method", "how it was counted", columns_of=("crds",)),
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
    return ComparisonRules(NOISE, SCHEMAS, DefinedBy("crds", crd_of, schema_of), words)
