"""Helm releases as a resource type. Imported at each start, so it imports nothing heavy."""

from collections.abc import Iterable

from k8s_datamodel.api import Column, Matrix, Read, Resource, ResourceType, hookimpl

K8S_DATAMODEL_API = 1

SECRETS = Resource("", "v1", "secrets", "Secret")
CONFIGMAPS = Resource("", "v1", "configmaps", "ConfigMap")

OWNED = "owner=helm"
"""Label that Helm puts on every revision it keeps."""

TYPE = ResourceType(
    name="helm_releases",
    command="helm",
    singular="Helm release",
    columns=(
        Column("namespace", show="table"),
        Column("name", show="table", filter="name"),
        Column("revision", "integer", show="table", importance=30, description="The newest one"),
        Column(
            "revisions",
            "integer",
            show="wide",
            volatile=True,
            description="How many are kept, superseded ones with it",
        ),
        Column("status", show="table", filter="status", importance=70),
        Column("chart", show="table", filter="chart"),
        Column("chart_version", show="table", title="Version"),
        Column("app_version", show="table", importance=40),
        Column("first_deployed", show="wide"),
        Column("last_deployed", show="table"),
        Column("storage", show="wide", description="Kind of the object that keeps it"),
        Column("detail", key="description", description="What Helm says of the last change"),
        Column(
            "user_values",
            "json",
            key="values",
            description="Keys of the user's values; texts and numbers are replaced",
        ),
    ),
    identity=("namespace", "name"),
    collector="k8s_datamodel_helm.collector:collect",
    reads=(
        # Raw: a release is packed in the very data that is replaced before anything is stored.
        Read(SECRETS, label_selector=OWNED, field_selector="type=helm.sh/release.v1", raw=True),
        Read(CONFIGMAPS, label_selector=OWNED, raw=True),
    ),
    skip="helm",
    tells="which releases there are, of which chart and version, in which status each is, and what "
    "Helm says of its last change",
    summary="k8s_datamodel_helm.release_summary:summary",
    matrix=Matrix(key=("chart",), version="chart_version"),
    order=40,
    description="Helm releases, each at its newest revision",
)


@hookimpl
def register_resource_types() -> Iterable[ResourceType]:
    """The type."""
    return (TYPE,)
