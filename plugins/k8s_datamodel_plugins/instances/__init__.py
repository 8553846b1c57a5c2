"""Whole custom resources: the instances of CRDs, when they are asked for."""

from collections.abc import Iterable

from k8s_datamodel.api import Column, Read, ResourceType, hookimpl
from k8s_datamodel_plugins.definitions import CRDS

TYPE = ResourceType(
    name="instances",
    command="instances",
    singular="instance",
    plural="instances",
    order=40,
    identity=("group_name", "kind", "namespace", "name"),
    collector="k8s_datamodel_plugins.instances.instance_collector:collect",
    reads=(Read(CRDS, fact="k8s_datamodel_plugins.instances.instance_collector:definition"),),
    description="Custom resources: the objects themselves, stored when they are asked for",
    on_request="instances",
    columns=(
        Column("group_name", key="group", show="table", filter="group", description="API group"),
        Column("kind", show="table", filter="kind", description="Kind"),
        Column("namespace", show="table", description="Namespace; null for cluster-wide kinds"),
        Column("name", show="table", filter="name", description="Name"),
        Column("version", show="wide", description="Version that it was read at"),
        Column("crd", title="CRD", filter="crd", description="Its CRD, plural.group"),
        Column("uid", title="UID", description="UID"),
        Column("generation", "integer", description="Counts the changes of its spec"),
        Column(
            "creation_timestamp",
            title="Created",
            show="table",
            description="When it was created, UTC",
        ),
        Column("labels", "json", show="wide", description="Labels"),
    ),
)


@hookimpl
def register_resource_types() -> Iterable[ResourceType]:
    """The type ``instances``."""
    return (TYPE,)
