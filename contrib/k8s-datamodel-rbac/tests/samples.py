"""CRDs, roles and bindings."""

from __future__ import annotations

from typing import Any

API = "rbac.authorization.k8s.io"


def crd(plural: str, group: str = "acme.example", scope: str = "Namespaced") -> dict[str, Any]:
    """A CRD with a subresource ``status``."""
    kind = plural.capitalize().removesuffix("s")
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}", "uid": f"crd-{plural}-{group}"},
        "spec": {
            "group": group,
            "scope": scope,
            "names": {"plural": plural, "singular": kind.lower(), "kind": kind},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "x-kubernetes-preserve-unknown-fields": True,
                        }
                    },
                }
            ],
        },
    }


def rule(groups: str, resources: str, verbs: str, names: str = "") -> dict[str, list[str]]:
    """A rule; each part is a text with blanks between."""
    made = {"apiGroups": groups.split(), "resources": resources.split(), "verbs": verbs.split()}
    return {**made, "resourceNames": names.split()} if names else made


def role(name: str, *rules: Any, namespace: str = "", **more: Any) -> dict[str, Any]:
    """A Role, or a ClusterRole without a namespace."""
    place = {"namespace": namespace} if namespace else {}
    return {
        "apiVersion": f"{API}/v1",
        "kind": "Role" if namespace else "ClusterRole",
        "metadata": {"name": name, **place, "labels": more.pop("labels", {})},
        "rules": list(rules),
        **more,
    }


def binding(
    name: str, to: dict[str, Any], *subjects: tuple[str, str], namespace: str = ""
) -> dict[str, Any]:
    """A RoleBinding, or a ClusterRoleBinding without a namespace.

    A subject is its kind and its name; ``namespace/name`` for a ServiceAccount.
    """
    place = {"namespace": namespace} if namespace else {}
    return {
        "apiVersion": f"{API}/v1",
        "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
        "metadata": {"name": name, **place},
        "roleRef": {"apiGroup": API, "kind": to["kind"], "name": to["metadata"]["name"]},
        "subjects": [_subject(*each) for each in subjects],
    }


def _subject(kind: str, name: str) -> dict[str, str]:
    if kind == "ServiceAccount":
        namespace, _, own = name.rpartition("/")
        return {"kind": kind, "name": own, "namespace": namespace}
    return {"kind": kind, "name": name, "apiGroup": API}
