"""CustomResourceDefinitions, with how many instances each has."""

from collections.abc import Iterable

from k8s_datamodel.api import (
    Column,
    CommandSpec,
    Derived,
    Read,
    ResourceType,
    hookimpl,
)
from k8s_datamodel_plugins.definitions import CRDS

OWNERSHIP = Derived(
    flag="orphans",
    keeps="orphan",
    why="managed_by_reason",
    types=("operators",),
    target="k8s_datamodel_plugins.crds.owners:owners",
    description="Only CRDs that no operator manages: since when, and when an instance was last "
    "seen, as far as snapshots of the cluster are stored.",
    columns=(
        Column(
            "managed_by",
            "list",
            show="wide",
            description="Operators that manage it; null when unknown",
        ),
        Column("orphan", "boolean", description="Nobody manages it; null when unknown"),
        Column(
            "managed_by_reason",
            title="Why Not Known",
            description="Why it is not known who manages it",
        ),
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

TYPE = ResourceType(
    name="crds",
    command="crd",
    singular="CRD",
    plural="CRDs",
    count="crd_count",
    order=10,
    identity=("name",),
    collector="k8s_datamodel_plugins.crds.crd_collector:collect",
    reads=(Read(CRDS),),
    description="CustomResourceDefinitions, with how many instances each has",
    counts_instances=True,
    derived=(OWNERSHIP,),
    columns=(
        Column("name", show="table", filter="name", description="plural.group"),
        Column("group_name", key="group", show="table", filter="group", description="API group"),
        Column("version", show="table", description="Storage version"),
        Column("kind", show="table", filter="kind", description="Kind"),
        Column("plural", show="wide", description="Plural, as in URLs"),
        Column("singular", description="Singular"),
        Column("scope", show="table", filter="scope", description="Namespaced or Cluster"),
        Column(
            "instance_count",
            "integer",
            title="Instances",
            show="table",
            volatile=True,
            description="How many objects there are; null when unknown",
        ),
        Column(
            "instance_count_method",
            title="Counted",
            show="wide",
            volatile=True,
            description="exact or estimate; null when unknown",
        ),
        Column(
            "instance_count_reason",
            title="Why Not Counted",
            show="wide",
            volatile=True,
            description="Why the count is null",
        ),
        Column(
            "served_versions", "list", title="Served", show="wide", description="Served versions"
        ),
        Column("storage_version", description="Version in which objects are stored now"),
        Column("stored_versions", "list", description="Versions that stored objects may have"),
        Column("short_names", "list", show="wide", description="Short names"),
        Column("categories", "list", description="Categories such as all"),
        Column(
            "conversion_strategy", title="Conversion", show="wide", description="None or Webhook"
        ),
        Column(
            "established",
            "boolean",
            volatile=True,
            description="Whether the API serves it; null when its status does not say",
        ),
        Column(
            "creation_timestamp",
            title="Created",
            show="wide",
            description="When it was created, UTC",
        ),
        Column("labels", "json", description="Labels"),
        Column("annotations", "json", description="Annotations without last-applied"),
    ),
)


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
