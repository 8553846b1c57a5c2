"""Snapshots in SQL: SQLite by default, PostgreSQL by URL, both through dataset."""

from collections.abc import Iterable

from k8s_datamodel.api import Capability, StorageSpec, hookimpl

_CAN: tuple[Capability, ...] = (
    "baselines",
    "beside",
    "delete",
    "differing",
    "digests",
    "note",
    "query",
    "redaction_key",
    "reusable",
    "series",
    "sightings",
    "space",
    "stats",
    "sums",
    "types",
    "verify",
)

_QUERIES = "k8s_datamodel_plugins.sql.store:shipped_queries"


@hookimpl
def register_storage_backends() -> Iterable[StorageSpec]:
    """One backend under two schemes."""
    target = "k8s_datamodel_plugins.sql.store:open_store"
    return (
        StorageSpec(
            "sqlite",
            target,
            "One file, ~/.k8s-inventory/inventory.db by default",
            files="k8s_datamodel_plugins.sql.access.location:files",
            restore="k8s_datamodel_plugins.sql.keeping.restore:restore",
            can=(*_CAN, "backup"),
            queries=_QUERIES,
        ),
        StorageSpec("postgresql", target, "A PostgreSQL database", can=_CAN, queries=_QUERIES),
    )
