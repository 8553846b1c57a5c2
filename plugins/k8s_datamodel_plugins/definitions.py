"""Read CustomResourceDefinitions: their versions, and the kinds that they define."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from k8s_datamodel.api import KubernetesObject, Resource
from k8s_datamodel_plugins.object_parts import mapping, metadata_of, sequence, text, texts

CRDS = Resource(
    "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", False
)

BETA = "apiextensions.k8s.io/v1beta1"
"""``apiVersion`` of CRDs before v1; Kubernetes 1.22 and later do not take them."""

NO_OPERATORS = "operators were not read"
"""Why it is not known who manages a CRD where nothing was looked for."""


def managers_of(crd: str = "any CRD") -> str:
    """What the ledger calls the search for who manages a CRD, or any of them, where it was in vain.

    The collector of operators writes it, and who asks for a CRD's managers looks for it.
    """
    return f"managers of {crd}"


def service_of_conversions(namespace: str, name: str) -> str:
    """What the ledger calls a service that converts custom resources and was not seen.

    The collector of operators writes it, for it reads services; see ``crds.conversions``.
    """
    return f"service {namespace}/{name} of conversion webhooks"


def unserved(crd: KubernetesObject) -> str:
    """Why an API server may not know the kind that a CRD defines; empty when it does.

    A CRD that is not ``Established`` is not served, and its 404 is no zero. A dump may hold
    instances all the same, or a CRD whose status was cut off. A CRD without a UID (from a manifest)
    says nothing of the kind. The source knows: see ``TypeReader.may_lack``.
    """
    if said := _said_not(crd, "Established"):
        return said
    if not metadata_of(crd).get("uid"):  # not from a server
        return ""
    if "Established" not in conditions_of(crd):
        return "its status does not say that it is established"
    return "" if served_versions(crd) else "no version is served"


def refused(crd: KubernetesObject) -> str:
    """Why the names that a CRD asks for are not its own; empty when they are.

    Objects of that kind are then another CRD's.
    """
    return _said_not(crd, "NamesAccepted")


def _said_not(crd: KubernetesObject, wanted: str) -> str:
    condition = conditions_of(crd).get(wanted)
    if not condition or condition.get("status") == "True":
        return ""
    why = text(condition.get("message")) or text(condition.get("reason")) or "not so"
    return f"{wanted} is {condition.get('status')}: {why}"


def storage_version(crd: KubernetesObject) -> str | None:
    """The version in which new objects are stored (v1: with ``storage``; v1beta1: the first)."""
    spec = mapping(crd.get("spec"))
    for version in versions_of(crd):
        if version.get("storage") is True:
            return text(version.get("name"))
    return text(spec.get("version")) or next(
        (text(version.get("name")) for version in versions_of(crd)), None
    )


def conversion_service(crd: KubernetesObject) -> tuple[str, str] | None:
    """Namespace and name of the service that converts its instances; None if it names none.

    v1 has ``webhook.clientConfig``, v1beta1 ``webhookClientConfig``; either may have a URL instead.
    """
    conversion = mapping(mapping(crd.get("spec")).get("conversion"))
    config = mapping(conversion.get("webhook")).get("clientConfig")
    return webhook_service(config or conversion.get("webhookClientConfig"))


def webhook_service(config: Any) -> tuple[str, str] | None:
    """Namespace and name of the service that a webhook's ``clientConfig`` names."""
    found = mapping(mapping(config).get("service"))
    name = text(found.get("name"))
    return (text(found.get("namespace")) or "", name) if name else None


def conditions_of(crd: KubernetesObject) -> Mapping[str, Mapping[str, Any]]:
    """The conditions of its status, by type."""
    found = sequence(mapping(crd.get("status")).get("conditions"))
    return {str(mapping(item).get("type")): mapping(item) for item in found}


def versions_of(crd: KubernetesObject) -> Sequence[Mapping[str, Any]]:
    """Its versions, served or not."""
    return [mapping(item) for item in sequence(mapping(crd.get("spec")).get("versions"))]


def served_versions(crd: KubernetesObject) -> list[str]:
    """Names of served versions; v1beta1 had a single ``version`` beside the list."""
    versions = versions_of(crd)
    if not versions:
        return texts([mapping(crd.get("spec")).get("version")])
    return texts([version.get("name") for version in versions if version.get("served", True)])


def in_namespaces(scope: Any) -> bool:
    """Whether the instances of a CRD with this ``spec.scope`` are in namespaces.

    The API server knows two scopes, ``Namespaced`` and ``Cluster``. A CRD that names none is taken
    for ``Namespaced``, the default of v1beta1.
    """
    return bool(scope != "Cluster")


def instances_of(crd: KubernetesObject) -> Resource:
    """What it defines, at the storage version if served: then no webhook must convert."""
    spec = mapping(crd.get("spec"))
    names = mapping(spec.get("names"))
    stored = storage_version(crd)
    served = served_versions(crd)
    version = stored if stored in served else next(iter(served), stored)
    return Resource(
        group=str(spec.get("group") or ""),
        version=version or "",
        plural=str(names.get("plural") or ""),
        kind=str(names.get("kind") or ""),
        namespaced=in_namespaces(spec.get("scope")),
    )


def defined(crd: KubernetesObject) -> Resource | None:
    """What it defines; None if it names no kind."""
    resource = instances_of(crd)
    return resource if resource.group and resource.plural and resource.kind else None
