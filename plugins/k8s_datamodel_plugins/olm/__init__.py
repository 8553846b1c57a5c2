"""ClusterServiceVersions of the Operator Lifecycle Manager."""

from collections.abc import Iterable
from pathlib import Path

from k8s_datamodel.api import Column, CommandSpec, Matrix, Read, ResourceType, hookimpl
from k8s_datamodel_plugins.csvs import CSVS
from k8s_datamodel_plugins.object_parts import CREATED, NAME, text_column

_COLLECTOR = "k8s_datamodel_plugins.olm.package_collector"
_CRDS = ".spec.customresourcedefinitions"

TYPE = ResourceType(
    name="csvs",
    command="olm",
    singular="CSV",
    skip="olm",
    order=30,
    identity=("namespace", "name"),
    collector=f"{_COLLECTOR}:collect",
    reads=(Read(CSVS),),
    found_by=("display_name",),
    description="ClusterServiceVersions of the Operator Lifecycle Manager",
    tells="which packages OLM installed, in which phase each is, why one has failed, and which "
    "CRDs each owns and requires",
    comparison="k8s_datamodel_plugins.compared_kinds:rules",
    queries="k8s_datamodel_plugins.olm:queries",
    summary="k8s_datamodel_plugins.olm.csv_summary:summary",
    matrix=Matrix(product=f"{_COLLECTOR}:package"),
    columns=(
        Column("name", show="table", filter="name", value=NAME, description="Name with version"),
        Column("namespace", show="table", description="Namespace it is installed in"),
        text_column(
            "display_name", ".spec.displayName", "Name for people", show="table", importance=30
        ),
        text_column(
            "version",
            ".spec.version",
            "Semantic version",
            show="table",
            importance=10,  # the name ends with it
        ),
        text_column(
            "phase",
            ".status.phase",
            "Succeeded, Failed, Installing, ...",
            show="table",
            filter="phase",
            volatile=True,
            importance=80,
        ),
        Column(
            "description",
            path=".spec.description",
            value=f"{_COLLECTOR}:first_paragraph",
            description="First paragraph of the description",
        ),
        text_column(
            "provider",
            ".spec.provider.name",
            "Who provides it",
            show="table",
            filter="provider",
            importance=20,
        ),
        Column(
            "owned_crds",
            "list",
            title="Owned CRDs",
            show="wide",
            path=f"{_CRDS}.owned",
            value=f"{_COLLECTOR}:crd_names",
            description="CRDs it owns",
        ),
        Column(
            "required_crds",
            "list",
            title="Required CRDs",
            show="wide",
            path=f"{_CRDS}.required",
            value=f"{_COLLECTOR}:crd_names",
            description="CRDs it needs",
        ),
        Column(
            "permissions",
            "json",
            path=".spec.install.spec",
            value=f"{_COLLECTOR}:permissions",
            description="Roles and cluster roles its service accounts get",
        ),
        text_column("replaces", ".spec.replaces", "CSV that it replaces"),
        text_column(
            "reason", ".status.reason", "Why it is in this phase", show="wide", volatile=True
        ),
        text_column("message", ".status.message", "The same in words", volatile=True),
        Column("copied_to", "list", volatile=True, description="Namespaces OLM copied it into"),
        CREATED,
    ),
)


def queries() -> Path:
    """The folder of queries."""
    return Path(__file__).with_name("queries")


@hookimpl
def register_resource_types() -> Iterable[ResourceType]:
    """The type ``csvs``."""
    return (TYPE,)


@hookimpl
def register_commands() -> Iterable[CommandSpec]:
    """What is asked of all CSVs together."""
    target = "k8s_datamodel_plugins.olm.status:status"
    return (CommandSpec("status", target, "olm", "Tell how OLM and its packages are."),)
