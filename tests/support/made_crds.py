"""CRDs that tests make up."""

from __future__ import annotations

from typing import Any


def made_crd(plural: str, group: str, kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    """A namespaced CRD with one version, v1, and these properties of its objects."""
    schema = {"openAPIV3Schema": {"type": "object", "properties": properties}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }
