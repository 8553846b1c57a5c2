"""A plugin that uses every hook and behaves."""

from k8s_datamodel.api import (
    Column,
    CommandSpec,
    EvidenceSpec,
    FormatterSpec,
    Read,
    Resource,
    ResourceType,
    SourceSpec,
    StorageSpec,
    hookimpl,
)

WIDGETS = Resource("acme.example", "v1", "widgets", "Widget")

TYPE = ResourceType(
    name="widgets",
    command="widget",
    singular="Widget",
    plural="Widgets",
    columns=(
        Column("namespace", show="table"),
        Column("name", show="table", filter="name"),
        Column("size", "integer", show="wide"),
    ),
    identity=("namespace", "name"),
    collector="acme_parts:collect",
    reads=(Read(WIDGETS, fact="acme_parts:fact"),),
)


@hookimpl
def register_resource_types():
    yield TYPE


@hookimpl
def register_storage_backends():
    return (StorageSpec("acme", "acme_parts:open_store"),)


@hookimpl
def register_formatters():
    return [FormatterSpec("acme", "acme_parts:Format", (".acme",))]


@hookimpl
def register_sources():
    return (SourceSpec("acme", "acme_parts:open_source"),)


@hookimpl
def register_commands():
    return (
        CommandSpec("acme", "acme_parts:command", description="Do what Acme does"),
        CommandSpec("audit", "acme_parts:command", group="database"),
    )


@hookimpl
def register_evidence():
    return (EvidenceSpec("acme-owners", "operators", "acme_parts:known"),)
