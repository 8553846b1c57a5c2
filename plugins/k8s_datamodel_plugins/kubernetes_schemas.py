"""How lists and quantities of Kubernetes' own kinds, and of CSVs, are compared.

``kubernetes_lists.json`` is what the OpenAPI of an API server says; a test holds it against one.
Kubernetes calls many lists ``atomic`` whose order means nothing: who writes them replaces them
whole, so a manifest says all of them. What such a list means is said here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from k8s_datamodel.api import Schema

_Definitions = dict[str, dict[str, Any]]
_TABLE = Path(__file__).with_name("kubernetes_lists.json")
_CRD = "apiextensions-apiserver.pkg.apis.apiextensions.v1."
_CORE, _RBAC, _ADMISSION = "api.core.v1.", "api.rbac.v1.", "api.admissionregistration.v1."
_WHOLE = {"x-k8s-datamodel-whole": True}
_SET: dict[str, Any] = {"x-kubernetes-list-type": "set", **_WHOLE}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": name}


def _fields(**properties: Any) -> dict[str, Any]:
    return {"properties": properties}


def _keyed(*keys: str, **properties: Any) -> dict[str, Any]:
    """A list whose items some fields name."""
    by_keys = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": list(keys), **_WHOLE}
    return {**by_keys, "items": {"properties": properties}} if properties else by_keys


_JSON_SCHEMA = f"{_CRD}JSONSchemaProps"
_SUBJECTS = _keyed("kind", "namespace", "name")

MEANT: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    f"{_RBAC}PolicyRule": dict.fromkeys(
        ("apiGroups", "resources", "resourceNames", "verbs", "nonResourceURLs"), _SET
    ),
    f"{_RBAC}RoleBinding": {"subjects": _SUBJECTS},
    f"{_RBAC}ClusterRoleBinding": {"subjects": _SUBJECTS},
    **dict.fromkeys(
        (f"{_ADMISSION}RuleWithOperations", f"{_ADMISSION}NamedRuleWithOperations"),
        dict.fromkeys(("apiGroups", "apiVersions", "operations", "resources"), _SET),
    ),
    f"{_CORE}PersistentVolumeClaimSpec": {"accessModes": _SET},
    f"{_CORE}PersistentVolumeSpec": {"accessModes": _SET},
    f"{_CORE}Capabilities": {"add": _SET, "drop": _SET},
    f"{_CORE}ServiceAccount": {"imagePullSecrets": _keyed("name")},
    f"{_CORE}ServiceSpec": {"externalIPs": _SET, "loadBalancerSourceRanges": _SET},
    "api.networking.v1.NetworkPolicySpec": {"policyTypes": _SET},
    "api.batch.v1.JobStatus": {"conditions": _keyed("type")},
    f"{_CRD}CustomResourceDefinitionNames": {"shortNames": _SET, "categories": _SET},
    f"{_CRD}CustomResourceDefinitionSpec": {
        "versions": _keyed("name"),
        # of v1beta1, which had one schema for all versions
        "additionalPrinterColumns": _keyed("name"),
        "validation": _fields(openAPIV3Schema=_ref(_JSON_SCHEMA)),
    },
    f"{_CRD}CustomResourceDefinitionVersion": {
        "additionalPrinterColumns": _keyed("name"),
        "selectableFields": _keyed("jsonPath"),
    },
    f"{_CRD}CustomResourceDefinitionStatus": {"storedVersions": _SET},
    _JSON_SCHEMA: {
        "required": _SET,
        "enum": _SET,
        # one schema or several, or a boolean, which OpenAPI cannot say
        "items": _ref(_JSON_SCHEMA),
        "additionalProperties": _ref(_JSON_SCHEMA),
    },
    # One runs after the other.
    f"{_CORE}PodSpec": {"initContainers": {"x-k8s-datamodel-ordered": True}},
}
"""By definition and field, what holds besides the OpenAPI, or instead of it."""

_DEPLOYMENTS = _keyed("name", spec=_ref("api.apps.v1.DeploymentSpec"))
_PERMISSIONS = _keyed("serviceAccountName", rules={"items": _ref(f"{_RBAC}PolicyRule")})
_WEBHOOKS = _keyed("generateName", rules={"items": _ref(f"{_ADMISSION}RuleWithOperations")})
_APIS = _keyed("group", "kind", "version")

_OTHERS: Mapping[str, dict[str, Any]] = {
    "*": _fields(
        metadata=_ref("apimachinery.pkg.apis.meta.v1.ObjectMeta"),
        status=_fields(conditions=_keyed("type")),
    ),
    "ClusterServiceVersion.operators.coreos.com": _fields(
        spec=_fields(
            install=_fields(
                spec=_fields(
                    deployments=_DEPLOYMENTS,
                    permissions=_PERMISSIONS,
                    clusterPermissions=_PERMISSIONS,
                )
            ),
            customresourcedefinitions=_fields(
                owned=_keyed("name", "version"), required=_keyed("name", "version")
            ),
            apiservicedefinitions=_fields(owned=_APIS, required=_APIS),
            installModes=_keyed("type"),
            relatedImages=_keyed("name"),
            webhookdefinitions=_WEBHOOKS,
        )
    ),
}
"""What all objects have, and the kind whose CRD says nothing of its lists."""


@cache
def schemas() -> Mapping[str, Schema]:
    """The schemas by ``Kind.group``; under ``*`` what all have. A schema may hold itself."""
    table = json.loads(_TABLE.read_text(encoding="utf-8"))
    definitions: _Definitions = table["definitions"]
    for name, meant in MEANT.items():
        properties = definitions[name]["properties"]
        for field, said in meant.items():
            properties[field] = {**properties.get(field, {}), **said}
    kinds = {kind: _ref(name) for kind, name in table["kinds"].items()}
    done: dict[str, Any] = {}
    return {kind: _linked(each, definitions, done) for kind, each in {**kinds, **_OTHERS}.items()}


def _linked(part: Any, definitions: _Definitions, done: dict[str, Any]) -> Any:
    """A schema with definitions in the place of references."""
    if not isinstance(part, dict):
        return part
    name = part.get("$ref")
    if not isinstance(name, str):
        return {key: _linked(each, definitions, done) for key, each in part.items()}
    if name not in done:
        done[name] = {}
        done[name].update(_linked(definitions[name], definitions, done))
    return done[name]
