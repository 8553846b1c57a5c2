"""Rights on custom resources as a resource type. Imported at each start: nothing heavy here."""

from collections.abc import Iterable

from k8s_datamodel.api import Column, Read, Resource, ResourceType, hookimpl

K8S_DATAMODEL_API = 1

_GROUP = "rbac.authorization.k8s.io"

CRDS = Resource(
    "apiextensions.k8s.io",
    "v1",
    "customresourcedefinitions",
    "CustomResourceDefinition",
    namespaced=False,
)
CLUSTER_ROLES = Resource(_GROUP, "v1", "clusterroles", "ClusterRole", namespaced=False)
ROLES = Resource(_GROUP, "v1", "roles", "Role")
CLUSTER_BINDINGS = Resource(
    _GROUP, "v1", "clusterrolebindings", "ClusterRoleBinding", namespaced=False
)
BINDINGS = Resource(_GROUP, "v1", "rolebindings", "RoleBinding")

_FACTS = "k8s_datamodel_rbac.facts"

TYPE = ResourceType(
    name="rights",
    singular="Right",
    columns=(
        Column("subject_kind", show="table", title="Kind", filter="kind"),
        Column("subject_namespace", show="wide"),
        Column("subject", show="table", filter="subject"),
        Column(
            "namespace",
            show="table",
            path=".metadata.namespace",
            description="Where the right holds; null for everywhere",
        ),
        Column("api_group", key="group", show="table", filter="group"),
        Column("resource", show="table", filter="resource"),
        Column("verbs", "list", show="table"),
        Column("object_names", show="wide", description="Only these objects; empty for all"),
        Column("subresources", "boolean", show="wide", description="Of all subresources as well"),
        Column(
            "wildcard",
            "boolean",
            show="table",
            importance=30,
            description="The rule does not name the kind",
        ),
        Column("role_kind", show="wide", path=".roleRef.kind"),
        Column("role", show="table", importance=40, filter="role", path=".roleRef.name"),
        Column("binding_kind", show="wide", path=".kind"),
        Column("binding", show="wide", filter="binding", path=".metadata.name"),
    ),
    identity=(
        "api_group",
        "resource",
        "namespace",
        "subject_kind",
        "subject_namespace",
        "subject",
        "binding_kind",
        "binding",
        "object_names",
    ),
    collector="k8s_datamodel_rbac.collector:collect",
    reads=(
        Read(CRDS, fact=f"{_FACTS}:definition"),
        Read(CLUSTER_ROLES, fact=f"{_FACTS}:role"),
        Read(ROLES, fact=f"{_FACTS}:role"),
        Read(CLUSTER_BINDINGS),
        Read(BINDINGS),
    ),
    order=50,
    tells="who has which rights on which custom resources, where, and which role and binding give "
    "them",
    description="Who may do what to which custom resources, by RBAC",
)


@hookimpl
def register_resource_types() -> Iterable[ResourceType]:
    """The type."""
    return (TYPE,)
