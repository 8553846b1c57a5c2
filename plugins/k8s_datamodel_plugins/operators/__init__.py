"""Operators: Deployments, StatefulSets and DaemonSets that act on custom resources."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from k8s_datamodel.api import (
    Column,
    CommandSpec,
    ItemColumn,
    ItemRelation,
    Level,
    Matrix,
    Read,
    Resource,
    ResourceType,
    hookimpl,
)
from k8s_datamodel_plugins.csvs import CSVS
from k8s_datamodel_plugins.definitions import CRDS
from k8s_datamodel_plugins.object_parts import ANNOTATIONS, CREATED, LABELS

WORKLOADS = (
    Resource("apps", "v1", "deployments", "Deployment"),
    Resource("apps", "v1", "statefulsets", "StatefulSet"),
    Resource("apps", "v1", "daemonsets", "DaemonSet"),
)

CLUSTER_ROLES = Resource("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", False)
ROLES = Resource("rbac.authorization.k8s.io", "v1", "roles", "Role")
CLUSTER_ROLE_BINDINGS = Resource(
    "rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", False
)
ROLE_BINDINGS = Resource("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding")
SERVICE_ACCOUNTS = Resource("", "v1", "serviceaccounts", "ServiceAccount")
SERVICES = Resource("", "v1", "services", "Service")
PODS = Resource("", "v1", "pods", "Pod")
LEASES = Resource("coordination.k8s.io", "v1", "leases", "Lease")
VALIDATING_WEBHOOKS = Resource(
    "admissionregistration.k8s.io",
    "v1",
    "validatingwebhookconfigurations",
    "ValidatingWebhookConfiguration",
    False,
)
MUTATING_WEBHOOKS = Resource(
    "admissionregistration.k8s.io",
    "v1",
    "mutatingwebhookconfigurations",
    "MutatingWebhookConfiguration",
    False,
)

CONFIDENCE = (Level("certain", 1.0), Level("high", 0.8), Level("medium", 0.6), Level("low", 0.0))
"""OLM says so; strong rights; weaker rights; name and marks alone. See ``docs/operators.md``."""

_FACTS = "k8s_datamodel_plugins.operators.facts."

_NOT_OF_NODES = "metadata.namespace!=kube-node-lease"
"""Each node has a lease there, which no controller holds."""


def _evidence(resource: Resource, fact: str) -> Read:
    return Read(resource, fact=_FACTS + fact, optional=True, pure=True)


MANAGED = ItemRelation(
    "operator_crds",
    items="managed_crds",
    description="The CRDs that each operator manages",
    columns=(
        ItemColumn("namespace", column="namespace"),
        ItemColumn("operator", column="name"),
        ItemColumn("crd"),
        ItemColumn("shared", "boolean", within="shared_crds"),
    ),
)

TYPE = ResourceType(
    name="operators",
    order=20,
    identity=("namespace", "name", "operator_type"),
    collector="k8s_datamodel_plugins.operators.operator_collector:collect",
    reads=(
        *(Read(resource) for resource in WORKLOADS),
        _evidence(CRDS, "crd_facts:crd"),
        _evidence(CLUSTER_ROLES, "role_facts:role"),
        _evidence(ROLES, "role_facts:role"),
        _evidence(CLUSTER_ROLE_BINDINGS, "role_facts:binding"),
        _evidence(ROLE_BINDINGS, "role_facts:binding"),
        _evidence(SERVICE_ACCOUNTS, "reduce:tokenless"),
        _evidence(SERVICES, "reduce:service"),
        _evidence(VALIDATING_WEBHOOKS, "reduce:webhooks"),
        _evidence(MUTATING_WEBHOOKS, "reduce:webhooks"),
        _evidence(CSVS, "reduce:csv"),
        replace(_evidence(LEASES, "reduce:lease"), field_selector=_NOT_OF_NODES),
        Read(PODS, optional=True, chosen=True),
    ),
    description="Deployments, StatefulSets and DaemonSets that act on custom resources",
    tells="which operators there are, what installed them, whether their pods are ready, which "
    "CRDs each manages, and why it counts as an operator",
    comparison="k8s_datamodel_plugins.compared_kinds:rules",
    relations=(MANAGED,),
    queries="k8s_datamodel_plugins.operators:queries",
    summary="k8s_datamodel_plugins.operators.operator_summary:summary",
    matrix=Matrix(product="k8s_datamodel_plugins.operators.products:product_of"),
    columns=(
        Column("name", show="table", filter="name", description="Name of the workload"),
        Column("namespace", show="table", description="Namespace; null when a file names none"),
        Column(
            "operator_type",
            key="type",
            show="table",
            filter="type",
            description="Deployment, StatefulSet, DaemonSet, or what else runs its pods",
        ),
        Column(
            "operator_framework",
            key="framework",
            show="table",
            filter="framework",
            description="What installed it: OLM, Helm, GitOps or Manual",
            importance=40,
        ),
        Column(
            "framework_name",
            title="Release",
            show="wide",
            description="Name of the release, application or package that installed it",
            importance=30,
        ),
        Column(
            "version",
            show="table",
            description="Version from the best source there is",
            importance=60,
        ),
        Column(
            "version_source",
            title="Version From",
            show="wide",
            description="Where the version stands",
            importance=0,
        ),
        Column(
            "replicas",
            "integer",
            show="table",
            description="Pods that there should be",
            importance=20,
        ),
        Column(
            "ready_replicas",
            "integer",
            title="Ready",
            show="table",
            volatile=True,
            description="Pods that are ready; null when the status does not say",
        ),
        Column(
            "managed_crds",
            "list",
            title="Managed CRDs",
            show="table",
            description="CRDs whose instances it is the main actor for",
            importance=70,
        ),
        Column(
            "shared_crds",
            "list",
            title="Shared CRDs",
            description="Those of them whose main manager is another operator of its namespace",
        ),
        Column(
            "confidence",
            "real",
            show="wide",
            at_least="min-confidence",
            levels=CONFIDENCE,
            description="How sure it is that this is an operator, 0 to 1",
        ),
        Column("image", show="wide", description="Image of its own container", importance=40),
        Column("container", description="Its own container, not a proxy beside it"),
        Column(
            "service_account",
            show="wide",
            description="Service account of its pods",
            importance=10,
        ),
        Column(
            "evidence",
            "json",
            description="Why it is an operator: kind, strength, object and reason of each finding",
        ),
        CREATED,
        LABELS,
        ANNOTATIONS,
    ),
)


_TOLD = "what is told by "


def told_by(target: str, path: str) -> str:
    """What the ledger calls something that people say of operators and that does not hold.

    The collector writes it; ``operators check`` looks for it.
    """
    return f"{_TOLD}{target} {path}"


def place_told(read: str) -> str:
    """Where a ledger entry of ``told_by`` says that something is told; empty for other entries."""
    return read.removeprefix(_TOLD) if read.startswith(_TOLD) else ""


def queries() -> Path:
    """The folder of queries."""
    return Path(__file__).with_name("queries")


@hookimpl
def register_resource_types() -> Iterable[ResourceType]:
    """The type ``operators``."""
    return (TYPE,)


@hookimpl
def register_commands() -> Iterable[CommandSpec]:
    """What is asked of operators and CRDs together, and the check of what people say of them."""
    target = "k8s_datamodel_plugins.operators.managed:managed_crds"
    check = "k8s_datamodel_plugins.operators.told_check:check"
    return (
        CommandSpec("managed-crds", target, "operators", "List the CRDs that each manages."),
        CommandSpec("check", check, "operators", "Check what you say of operators."),
    )
