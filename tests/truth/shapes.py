"""Short ways to write the objects that tests of judging need. All names are invented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pkgutil import resolve_name
from typing import Any

from k8s_datamodel.types.column_values import filler
from k8s_datamodel_plugins.operators import TYPE
from k8s_datamodel_plugins.operators.operator_collector import collect
from truth.objects_reader import ObjectsReader

Object = dict[str, Any]
Rule = tuple[Sequence[str], Sequence[str], Sequence[str]]
Case = tuple[list[Object], dict[str, list[str]]]
"""Objects, and which CRDs each operator among them manages."""

READ = ("get", "list", "watch")
WRITE = ("get", "list", "watch", "create", "update", "patch", "delete")
RBAC = "rbac.authorization.k8s.io"


def crd(name: str, labels: dict[str, str] | None = None, **more: Any) -> Object:
    """A CRD of that name; ``kind``, ``scope``, ``node_field`` and more on top."""
    plural, _, group = name.partition(".")
    fields = {"nodeName": {"type": "string"}} if more.get("node_field") else {}
    schema = {"properties": {"spec": {"properties": fields}}}
    spec: Object = {
        "group": group,
        "names": {"plural": plural, "kind": more.get("kind", plural[:-1].capitalize())},
        "versions": [{"name": "v1", "schema": {"openAPIV3Schema": schema}}],
    }
    spec |= {key: more[key] for key in ("scope", "conversion") if key in more}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": meta(name, labels=labels, annotations=more.get("annotations")),
        "spec": spec,
    }


def meta(name: str, namespace: str = "", **more: Any) -> Object:
    found = {"name": name, "namespace": namespace, **more}
    return {key: value for key, value in found.items() if value}


def workload(
    name: str,
    namespace: str = "",
    *,
    kind: str = "Deployment",
    account: str = "",
    image: str = "",
    args: Iterable[str] = (),
    **more: Any,
) -> Object:
    """A workload whose pods carry its labels; ``pod`` adds to the pods' spec."""
    container = {"name": name, "image": image or f"reg.example/{name}:v1", "args": list(args)}
    labels = more.get("labels") or {}
    pod = {"containers": [container], **more.get("pod", {})}
    if account:
        pod["serviceAccountName"] = account
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": meta(name, namespace, labels=labels, annotations=more.get("annotations")),
        "spec": {"template": {"metadata": {"labels": labels}, "spec": pod}, **more.get("spec", {})},
    }


def role(name: str, *rules: Rule, namespace: str = "", **more: Any) -> Object:
    """A ClusterRole, or a Role where there is a namespace or ``kind`` says so."""
    kind = more.pop("kind", "Role" if namespace else "ClusterRole")
    written = [{"apiGroups": [*g], "resources": [*r], "verbs": [*v]} for g, r, v in rules]
    labels = more.pop("labels", None)
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": kind,
        "metadata": meta(name, namespace, labels=labels),
        "rules": written,
        **more,
    }


def bind(
    role_name: str, account: str, namespace: str = "", *, within: str = "", kind: str = ""
) -> Object:
    """A ClusterRoleBinding of a ClusterRole; where ``within`` is given, a RoleBinding of a Role."""
    kind = kind or ("RoleBinding" if within else "ClusterRoleBinding")
    subject = {"kind": "ServiceAccount", "name": account, "namespace": namespace}
    reference = "ClusterRole" if kind == "ClusterRoleBinding" else "Role"
    return {
        "apiVersion": f"{RBAC}/v1",
        "kind": kind,
        "metadata": meta(f"{account}-{role_name}", within),
        "roleRef": {"apiGroup": RBAC, "kind": reference, "name": role_name},
        "subjects": [{key: value for key, value in subject.items() if value}],
    }


def allowed(namespace: str, account: str, *rules: Rule) -> list[Object]:
    """A cluster role of its own for an account."""
    name = f"{namespace}-{account}"
    return [role(name, *rules), bind(name, account, namespace)]


def service(name: str, namespace: str, selector: dict[str, str]) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": meta(name, namespace),
        "spec": {"selector": selector},
    }


def csv(
    name: str, namespace: str, deployments: Iterable[str], owned: Iterable[str], version: str = ""
) -> Object:
    install = {"deployments": [{"name": each} for each in deployments]}
    return {
        "apiVersion": "operators.coreos.com/v1alpha1",
        "kind": "ClusterServiceVersion",
        "metadata": meta(name, namespace),
        "spec": {
            "version": version,
            "install": {"strategy": "deployment", "spec": install},
            "customresourcedefinitions": {"owned": [{"name": each} for each in owned]},
        },
    }


def webhook(name: str, namespace: str, group: str, *plurals: str) -> Object:
    """A validating webhook for kinds that the service of that name answers."""
    client = {"service": {"name": name, "namespace": namespace}}
    rule = {"apiGroups": [group], "resources": [*plurals], "apiVersions": ["*"]}
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": meta(name),
        "webhooks": [{"name": "v.example", "clientConfig": client, "rules": [rule]}],
    }


def records(
    objects: Iterable[Object], unread: dict[str, Any] | None = None, *, whole: bool = True
) -> dict[str, Object]:
    """The operators found, by name."""
    fill = filler(TYPE.columns, resolve_name)
    found = map(fill, collect(ObjectsReader(objects, unread, whole=whole)))
    return {record.values["name"]: dict(record.values) for record in found}


def cases(tables: Mapping[str, Mapping[str, Case]]) -> dict[str, Case]:
    """The cases of all tables, each with its table before its name."""
    return {
        f"{table}: {name}": case for table, each in tables.items() for name, case in each.items()
    }


def managed(
    objects: Iterable[Object], unread: dict[str, Any] | None = None, *, whole: bool = True
) -> dict[str, list[str]]:
    """Which CRDs each operator manages, by its name."""
    found = records(objects, unread, whole=whole)
    return {name: values["managed_crds"] for name, values in found.items()}
