"""What the rights and the webhooks of an operator name is kept beside its record."""

from __future__ import annotations

from typing import Any

from k8s_datamodel.testing import ObjectsSource, collect
from k8s_datamodel_plugins.operators import TYPE

RBAC = "rbac.authorization.k8s.io"
GROUP = "fleet.example"


def _object(api: str, kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": "ops"}, **more}


def test_rights_and_webhooks() -> None:
    rule = {"apiGroups": [GROUP], "resources": ["vessels", "vessels/status"], "verbs": ["update"]}
    pods = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
    hook_rule = {
        "apiGroups": [GROUP],
        "resources": ["vessels"],
        "apiVersions": ["v1", "v2"],
        "operations": ["CREATE"],
    }
    hook = {
        "name": "v.fleet.example",
        "clientConfig": {"service": {"namespace": "ops", "name": "hook"}},
        "rules": [hook_rule, {**hook_rule, "apiGroups": ["apps"]}],
    }
    other = {
        "clientConfig": {"service": {"namespace": "ops", "name": "by-endpoints"}},
        "rules": [{**hook_rule, "apiVersions": ["v3"]}],
    }
    labels = {"app": "operator"}
    pod = {"serviceAccountName": "op", "containers": [{"name": "m", "image": "fleet/operator:v1"}]}
    template = {"metadata": {"labels": labels}, "spec": pod}
    subject = {"kind": "ServiceAccount", "name": "op", "namespace": "ops"}
    reference = {"apiGroup": RBAC, "kind": "ClusterRole", "name": "fleet"}
    names = {"plural": "vessels", "kind": "Vessel"}
    objects = [
        _object(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            f"vessels.{GROUP}",
            spec={"group": GROUP, "names": names, "versions": [{"name": "v1", "served": True}]},
        ),
        _object(f"{RBAC}/v1", "ClusterRole", "fleet", rules=[rule, pods]),
        _object(f"{RBAC}/v1", "ClusterRoleBinding", "fleet", roleRef=reference, subjects=[subject]),
        _object("v1", "Service", "hook", spec={"selector": labels}),
        _object("v1", "Service", "by-endpoints", spec={}),
        _object(
            "admissionregistration.k8s.io/v1",
            "ValidatingWebhookConfiguration",
            "fleet",
            webhooks=[hook, other],
        ),
        _object("apps/v1", "Deployment", "fleet-operator", spec={"template": template}),
    ]

    (record,) = collect(TYPE, ObjectsSource(objects), storing=True).records

    assert record.beside == {
        "field_managers": (),
        "rights": [
            {
                "groups": (GROUP,),
                "resources": ("vessels", "vessels/status"),
                "verbs": ["update"],
            }
        ],
        "webhooks": [
            {
                "groups": (GROUP,),
                "resources": ("vessels",),
                "versions": ("v1", "v2"),
                "operations": ("CREATE",),
            }
        ],
    }
