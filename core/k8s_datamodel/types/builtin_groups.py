"""API groups that every API server serves itself."""

from __future__ import annotations

from k8s_datamodel.data.objects import Resource

_BUILTIN = frozenset(
    f"{name}.k8s.io"
    for name in (
        *("admissionregistration", "apiextensions", "apiregistration", "authentication"),
        *("authorization", "certificates", "coordination", "discovery", "events"),
        *("flowcontrol.apiserver", "internal.apiserver", "networking", "node"),
        *("rbac.authorization", "resource", "scheduling", "storage", "storagemigration"),
    )
)


def builtin(resource: Resource) -> bool:
    """Whether the API server itself serves a resource; CRDs may add groups of ``k8s.io`` too."""
    return "." not in resource.group or resource.group in _BUILTIN
