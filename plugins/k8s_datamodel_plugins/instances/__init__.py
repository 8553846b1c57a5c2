"""Whole custom resources: the instances of CRDs, on request."""

from collections.abc import Iterable
from dataclasses import replace

from k8s_datamodel.api import Column, Read, ResourceType, hookimpl
from k8s_datamodel_plugins.definitions import CRDS
from k8s_datamodel_plugins.object_parts import CREATED, INTEGER, LABELS, NAME, text_column

TYPE = ResourceType(
    name="instances",
    order=40,
    identity=("group_name", "kind", "namespace", "name"),
    collector="k8s_datamodel_plugins.instances.instance_collector:collect",
    reads=(
        Read(CRDS, fact="k8s_datamodel_plugins.instances.instance_collector:definition", pure=True),
    ),
    description="Custom resources: the objects themselves, stored when they are asked for",
    tells="which custom resources there are, of which kind and in which namespace, and what each "
    "holds",
    comparison="k8s_datamodel_plugins.compared_kinds:rules",
    on_request="instances",
    object_shown=True,
    pure=True,
    columns=(
        Column("group_name", key="group", show="table", filter="group", description="API group"),
        Column("kind", show="table", filter="kind", description="Kind"),
        text_column(
            "namespace",
            ".metadata.namespace",
            "Namespace; null for cluster-wide kinds",
            show="table",
        ),
        Column("name", show="table", filter="name", value=NAME, description="Name"),
        Column(
            "version",
            show="wide",
            value="k8s_datamodel_plugins.instances.instance_collector:version_of",
            description="Version that it was read at",
        ),
        Column("crd", title="CRD", filter="crd", description="Its CRD, plural.group"),
        text_column("uid", ".metadata.uid", "UID", title="UID"),
        Column(
            "generation",
            "integer",
            path=".metadata.generation",
            value=INTEGER,
            description="Counts the changes of its spec",
        ),
        replace(CREATED, show="table"),
        replace(LABELS, show="wide"),
    ),
)


@hookimpl
def register_resource_types() -> Iterable[ResourceType]:
    """The type ``instances``."""
    return (TYPE,)
