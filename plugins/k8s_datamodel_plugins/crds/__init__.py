"""CustomResourceDefinitions, with the number of instances of each."""

from collections.abc import Iterable
from pathlib import Path

from k8s_datamodel.api import (
    Column,
    CommandSpec,
    Deferred,
    Derived,
    ItemColumn,
    ItemRelation,
    Matrix,
    Read,
    ResourceType,
    hookimpl,
)
from k8s_datamodel_plugins.definitions import CRDS
from k8s_datamodel_plugins.object_parts import (
    ANNOTATIONS,
    CREATED,
    LABELS,
    NAME,
    TIMESTAMP,
    text_column,
    texts_column,
)

_COLLECTOR = "k8s_datamodel_plugins.crds.crd_collector"
_DEFINITIONS = "k8s_datamodel_plugins.definitions"
_STORED_AT = f"{_DEFINITIONS}:storage_version"

OWNERSHIP = Derived(
    flag="orphans",
    keeps="orphan",
    why="managed_by_reason",
    types=("operators",),
    target="k8s_datamodel_plugins.crds.owners:owners",
    description="Only CRDs that no operator manages: since when, and when an instance was last "
    "seen, based on the stored snapshots of the cluster.",
    columns=(
        Column("orphan", "boolean", description="Nobody manages it; null when unknown"),
        Column(
            "orphan_since",
            show="table",
            description="Since when no snapshot shows a manager, UTC; null without history",
        ),
        Column(
            "orphan_since_reason",
            title="History",
            show="table",
            description="Why it is not known since when: no history yet",
        ),
        Column(
            "orphan_since_snapshot",
            "integer",
            title="Since Snapshot",
            show="table",
            description="The snapshot of that time; null for now",
        ),
        Column(
            "instance_seen",
            title="Instance Last Seen",
            show="table",
            description="When it last had an instance, UTC; null when no snapshot shows one",
        ),
        Column(
            "instance_seen_snapshot",
            "integer",
            title="Seen In",
            show="wide",
            description="The snapshot of that time; null for now, or for never",
        ),
    ),
)

MANAGERS = Deferred(
    columns=("managed_by", "managed_by_reason"),
    why="managed_by_reason",
    types=("operators",),
    target="k8s_datamodel_plugins.crds.owners:managers",
)

VERSIONS = ItemRelation(
    "crd_versions",
    items=".spec.versions",
    description="The versions of each CRD",
    columns=(
        ItemColumn("crd", column="name"),
        ItemColumn("version", key="name"),
        ItemColumn("served", "boolean", key="served"),
        ItemColumn("storage", "boolean", key="storage"),
        ItemColumn("deprecated", "boolean", key="deprecated", default=False),
        ItemColumn("stored", "boolean", key="name", within="stored_versions"),
    ),
)

TYPE = ResourceType(
    name="crds",
    command="crd",
    singular="CRD",
    order=10,
    identity=("name",),
    collector=f"{_COLLECTOR}:collect",
    reads=(Read(CRDS, also_lists=f"{_DEFINITIONS}:defined"),),
    description="CustomResourceDefinitions, with how many instances each has",
    tells="which CRDs there are and which versions they serve, how many instances each has, what "
    "its schema says, and which CRDs no operator manages",
    derived=(OWNERSHIP,),
    found_by=("kind", "plural", "singular", "short_names", "group_name"),
    comparison="k8s_datamodel_plugins.compared_kinds:rules",
    grading="k8s_datamodel_plugins.checks.crd_grading:grading",
    deferred=(MANAGERS,),
    relations=(VERSIONS,),
    queries="k8s_datamodel_plugins.crds:queries",
    summary="k8s_datamodel_plugins.crds.crd_summary:summary",
    matrix=Matrix(count="instance_count"),
    pure=True,
    columns=(
        Column("name", show="table", filter="name", value=NAME, description="plural.group"),
        text_column(
            "group_name",
            ".spec.group",
            "API group",
            key="group",
            show="table",
            filter="group",
            importance=0,  # the name ends with it
        ),
        Column(
            "version",
            show="table",
            value=_STORED_AT,
            description="Storage version",
            importance=30,
        ),
        text_column("kind", ".spec.names.kind", "Kind", show="table", filter="kind", importance=70),
        text_column(
            "plural", ".spec.names.plural", "Plural, as in URLs", show="wide", importance=0
        ),
        Column("singular", value=f"{_COLLECTOR}:singular", description="Singular"),
        text_column(
            "scope",
            ".spec.scope",
            "Namespaced or Cluster",
            show="table",
            filter="scope",
            importance=20,
        ),
        Column(
            "instance_count",
            "integer",
            title="Instances",
            show="table",
            filter="instances",
            volatile=True,
            description="How many objects there are; null when unknown",
            importance=80,
        ),
        Column(
            "instance_count_method",
            title="Counted",
            show="wide",
            volatile=True,
            description="exact or estimate; null when unknown",
            importance=30,
        ),
        Column(
            "instance_count_reason",
            title="Why Not Counted",
            show="wide",
            volatile=True,
            description="Why the count is null",
        ),
        Column(
            "served_versions",
            "list",
            title="Served",
            show="wide",
            value=f"{_DEFINITIONS}:served_versions",
            description="Served versions",
        ),
        Column(
            "storage_version",
            value=_STORED_AT,
            description="Version in which objects are stored now",
        ),
        texts_column(
            "stored_versions", ".status.storedVersions", "Versions that stored objects may have"
        ),
        texts_column("short_names", ".spec.names.shortNames", "Short names", show="wide"),
        texts_column("categories", ".spec.names.categories", "Categories such as all"),
        Column(
            "conversion_strategy",
            title="Conversion",
            show="wide",
            value=f"{_COLLECTOR}:conversion_strategy",
            description="None or Webhook",
        ),
        Column(
            "established",
            "boolean",
            volatile=True,
            value=f"{_COLLECTOR}:established",
            description="Whether the API serves it; null when its status does not say",
        ),
        CREATED,
        LABELS,
        ANNOTATIONS,
        Column(
            "terminating",
            show="wide",
            path=".metadata.deletionTimestamp",
            value=TIMESTAMP,
            description="Since when it is being deleted, UTC; null when it is not",
        ),
        Column(
            "managed_by",
            "list",
            show="wide",
            volatile=True,
            description="Operators that manage it, the main ones first; null when unknown",
        ),
        Column(
            "managed_by_reason",
            title="Managers Unknown",
            volatile=True,
            description="Why it is not known who manages it",
        ),
    ),
)


def queries() -> Path:
    """The folder of queries."""
    return Path(__file__).with_name("queries")


@hookimpl
def register_resource_types() -> Iterable[ResourceType]:
    """The type ``crds``."""
    return (TYPE,)


@hookimpl
def register_commands() -> Iterable[CommandSpec]:
    """What is asked of many CRDs together."""
    here = "k8s_datamodel_plugins.crds.crd_commands"
    return (
        CommandSpec("get", f"{here}:get", "crd", "Show one CRD in full."),
        CommandSpec("groups", f"{here}:groups", "crd", "List API groups with their CRDs."),
        CommandSpec("diagram", f"{here}:diagram", "crd", "Draw the schemas with Mermaid."),
        CommandSpec("export-all", f"{here}:export_all", "crd", "Document all CRDs in Markdown."),
    )
