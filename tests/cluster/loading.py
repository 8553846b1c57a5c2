"""Puts objects into a cluster in an order in which the server takes them.

Namespaces, CRDs (until they are served), plain objects by kind, custom resources, then what a
controller manager would do (owners' uids, aggregated ClusterRoles), statuses, and at last what
would stand in the way of the rest: quotas, admission policies, webhooks.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from cluster.api import CONNECTIONS, Api, ApiError, Object, Resource
from cluster.serving import never_served

_CLUSTER_ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
_CRD = "CustomResourceDefinition"
_ORDER = (
    *("Namespace", _CRD),
    *("PriorityClass", "StorageClass", "IngressClass", "RuntimeClass", "CSIDriver", "Node"),
    *("ServiceAccount", "ConfigMap", "Secret"),
    *("ClusterRole", "Role", "ClusterRoleBinding", "RoleBinding", "Service"),
    *("PersistentVolume", "PersistentVolumeClaim"),
    *("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod"),
)
_LAST = (
    *("ResourceQuota", "LimitRange"),
    *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"),
    *("MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"),
    *("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"),
)
_OTHERS, _CUSTOM, _LATE = len(_ORDER), len(_ORDER) + 1, len(_ORDER) + 2
# The server writes these statuses itself.
_OWN_STATUS = (_CRD, "Namespace", "APIService")
_FROM_ANOTHER_SERVER = (
    *("resourceVersion", "uid", "creationTimestamp", "generation", "selfLink"),
    *("deletionTimestamp", "deletionGracePeriodSeconds", "ownerReferences"),
)


@dataclass(frozen=True)
class Refusal:
    """An object that the server did not take, and its words; status 0 for a CRD never served."""

    kind: str
    name: str
    status: int
    message: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.status} {self.message[:400]}"


@dataclass
class Report:
    """How many objects were created or changed, what was refused, and what occurred twice."""

    loaded: int = 0
    refused: list[Refusal] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)


@dataclass
class _Item:
    obj: Object
    resource: Resource | None = None
    path: str = ""  # of the object in the cluster, once it is there

    @property
    def kind(self) -> str:
        return str(self.obj["kind"])

    @property
    def metadata(self) -> Object:
        found: Object = self.obj["metadata"]
        return found

    @property
    def name(self) -> str:
        return str(self.metadata.get("name") or self.metadata.get("generateName"))


def load(api: Api, objects: Iterable[Object], namespace: str = "default") -> Report:
    """Loads objects; one that is there already gets what is given (merge patch).

    Args:
        api: An administrator's.
        objects: Of any kinds. Metadata of another server is dropped; owners are found again by
            their uid there, or by kind and name. Of two with one identity the first wins.
        namespace: For namespaced objects that name none.
    """
    loader = _Loader(api, namespace)
    loader.run([_Item(copy.deepcopy(obj)) for obj in objects])
    return loader.report


class _Loader:
    def __init__(self, api: Api, namespace: str) -> None:
        self.api = api
        self.default = namespace
        self.report = Report()
        self._uids: dict[object, str] = {}

    def run(self, items: list[_Item]) -> None:
        items = self._distinct(items)
        stages: dict[int, list[_Item]] = defaultdict(list)
        for item in items:
            stages[_rank(item)].append(item)
        self._namespaces(items)
        for late in (False, True):
            ranks = sorted(rank for rank in stages if (rank >= _LATE) == late)
            for rank in ranks:
                self._stage(stages[rank])
            for rank in ranks:
                self._each(self._owners, stages[rank])
                self._each(self._status, stages[rank])
        self.report.loaded = sum(1 for item in items if item.path)

    def _stage(self, items: list[_Item]) -> None:
        self._each(self._put, items)
        if items[0].kind == _CRD:
            there = [item.obj for item in items if item.path]
            for name, why in never_served(self.api, there):
                self.report.refused.append(Refusal(_CRD, name, 0, why))
        if items[0].kind == "ClusterRole":
            aggregate(self.api)

    def _distinct(self, items: list[_Item]) -> list[_Item]:
        seen: dict[object, _Item] = {}
        for item in items:
            group = item.obj["apiVersion"].rpartition("/")[0]
            namespace = item.metadata.get("namespace") or self.default
            named = "name" in item.metadata
            key = (group, item.kind, namespace, item.name) if named else id(item)
            if seen.setdefault(key, item) is not item:
                self.report.repeated.append(f"{item.kind} {namespace}/{item.name}")
        return list(seen.values())

    def _each(self, act: Callable[[_Item], None], items: list[_Item]) -> None:
        def guarded(item: _Item) -> None:
            try:
                act(item)
            except ApiError as error:
                refusal = Refusal(item.kind, item.name, error.status, error.message)
                self.report.refused.append(refusal)

        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(guarded, items))

    def _namespaces(self, items: list[_Item]) -> None:
        given = {item.name for item in items if _rank(item) == _ORDER.index("Namespace")}
        meant = {item.metadata.get("namespace") or self.default for item in items}
        there = {namespace["metadata"]["name"] for namespace in self.api.list("/api/v1/namespaces")}
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
        for name in sorted((meant | given) - there):
            namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            self.api.call("POST", "/api/v1/namespaces", namespace)
            # A controller makes this one elsewhere.
            self.api.call("POST", f"/api/v1/namespaces/{name}/serviceaccounts", account)

    def _put(self, item: _Item) -> None:
        resource = self.api.resource(item.obj["apiVersion"], item.kind)
        namespace = ""
        if resource.namespaced:
            namespace = item.metadata.setdefault("namespace", self.default)
        body = _body(item.obj, resource)
        made = self._create_or_change(resource.path(namespace), item, body)
        item.resource = resource
        item.path = resource.path(namespace, made["metadata"]["name"])
        for key in (item.metadata.get("uid"), (item.kind, namespace, item.name)):
            self._uids[key] = made["metadata"]["uid"]

    def _create_or_change(self, path: str, item: _Item, body: Object) -> Object:
        try:
            return self.api.call("POST", path, body)
        except ApiError as error:
            if error.reason == "AlreadyExists":
                return self.api.patch(f"{path}/{item.name}", body)
            if "managedFields" not in body["metadata"]:
                raise
        del body["metadata"]["managedFields"]  # of a version that this server does not know
        return self.api.call("POST", path, body)

    def _owners(self, item: _Item) -> None:
        given = item.metadata.get("ownerReferences")
        if given and item.path:
            refs = [{**ref, "uid": self._uid(ref, item)} for ref in given]
            self.api.patch(item.path, {"metadata": {"ownerReferences": refs}})

    def _uid(self, ref: Object, item: _Item) -> str:
        """The uid that an owner has here; the given one if it was not among the objects."""
        namespace = item.metadata.get("namespace", "")
        by_name = ((ref["kind"], where, ref["name"]) for where in (namespace, ""))
        found = (self._uids[key] for key in (ref.get("uid"), *by_name) if key in self._uids)
        return next(found, ref.get("uid") or "unknown")

    def _status(self, item: _Item) -> None:
        status, resource = item.obj.get("status"), item.resource
        if status and resource and resource.has_status and item.kind not in _OWN_STATUS:
            self.api.patch(f"{item.path}/status", {"status": status})


def _rank(item: _Item) -> int:
    group = item.obj["apiVersion"].rpartition("/")[0]
    if "." in group and not group.endswith(".k8s.io"):
        return _CUSTOM
    if item.kind in _LAST:
        return _LATE + _LAST.index(item.kind)
    return _ORDER.index(item.kind) if item.kind in _ORDER else _OTHERS


def _body(obj: Object, resource: Resource) -> Object:
    kept = {k: v for k, v in obj["metadata"].items() if k not in _FROM_ANOTHER_SERVER}
    body = {**obj, "metadata": kept}
    if resource.has_status:
        body.pop("status", None)
    return body


def aggregate(api: Api) -> None:
    """Fills the ClusterRoles that have an aggregation rule, as the controller manager would."""
    for _ in range(2):  # an aggregate may select another one
        roles = sorted(api.list(_CLUSTER_ROLES), key=lambda role: str(role["metadata"]["name"]))
        for role in roles:
            selectors = (role.get("aggregationRule") or {}).get("clusterRoleSelectors") or []
            chosen = [one for one in roles if one is not role and _matches(one, selectors)]
            rules: list[Object] = []
            for rule in (rule for one in chosen for rule in one.get("rules") or []):
                if rule not in rules:
                    rules.append(rule)
            if selectors and rules != (role.get("rules") or []):
                api.patch(f"{_CLUSTER_ROLES}/{role['metadata']['name']}", {"rules": rules})


def _matches(role: Object, selectors: list[Object]) -> bool:
    labels = role["metadata"].get("labels") or {}
    return any(_selects(selector, labels) for selector in selectors)


def _selects(selector: Object, labels: dict[str, str]) -> bool:
    wanted = selector.get("matchLabels") or {}
    return wanted.items() <= labels.items() and all(
        _TESTS[term["operator"]](labels.get(term["key"]), term.get("values") or [])
        for term in selector.get("matchExpressions") or []
    )


# Operators of a label selector; a label that is absent counts as None.
_TESTS: dict[str, Callable[[str | None, list[str]], bool]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, _: value is not None,
    "DoesNotExist": lambda value, _: value is None,
}
