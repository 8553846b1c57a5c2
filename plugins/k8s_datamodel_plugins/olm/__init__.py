"""ClusterServiceVersions of the Operator Lifecycle Manager."""

from collections.abc import Iterable

from k8s_datamodel.api import Column, CommandSpec, Read, Resource, ResourceType, hookimpl

CSVS = Resource(
    "operators.coreos.com", "v1alpha1", "clusterserviceversions", "ClusterServiceVersion"
)

TYPE = ResourceType(
    name="csvs",
    command="olm",
    singular="CSV",
    plural="CSVs",
    count="csv_count",
    skip="olm",
    order=30,
    identity=("namespace", "name"),
    collector="k8s_datamodel_plugins.olm.package_collector:collect",
    reads=(Read(CSVS),),
    description="ClusterServiceVersions of the Operator Lifecycle Manager",
    columns=(
        Column("name", show="table", filter="name", description="Name with version"),
        Column("namespace", show="table", description="Namespace it is installed in"),
        Column("display_name", show="table", description="Name for people"),
        Column("version", show="table", description="Semantic version"),
        Column(
            "phase",
            show="table",
            filter="phase",
            volatile=True,
            description="Succeeded, Failed, Installing, ...",
        ),
        Column("description", description="First paragraph of the description"),
        Column("provider", show="table", filter="provider", description="Who provides it"),
        Column("owned_crds", "list", title="Owned CRDs", show="wide", description="CRDs it owns"),
        Column(
            "required_crds", "list", title="Required CRDs", show="wide", description="CRDs it needs"
        ),
        Column(
            "permissions", "json", description="Roles and cluster roles its service accounts get"
        ),
        Column("replaces", description="CSV that it replaces"),
        Column("reason", show="wide", volatile=True, description="Why it is in this phase"),
        Column("message", volatile=True, description="The same in words"),
        Column("copied_to", "list", volatile=True, description="Namespaces OLM copied it into"),
        Column(
            "creation_timestamp",
            title="Created",
            show="wide",
            description="When it was created, UTC",
        ),
    ),
)


@hookimpl
def register_resource_types() -> Iterable[ResourceType]:
    """The type ``csvs``."""
    return (TYPE,)


@hookimpl
def register_commands() -> Iterable[CommandSpec]:
    """What is asked of all CSVs together."""
    target = "k8s_datamodel_plugins.olm.status:status"
    return (CommandSpec("status", target, "olm", "Tell how OLM and its packages are."),)
