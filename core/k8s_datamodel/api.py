"""The public API for plugins: this, and nothing else, keeps its meaning within a version.

See ``docs/compatibility.md``.
"""

from k8s_datamodel import PROJECT, hookimpl
from k8s_datamodel.contracts import (
    CollectContext,
    Collector,
    Formatter,
    KnownObjects,
    ListRequest,
    Output,
    SnapshotQuery,
    SnapshotWriter,
    Source,
    SourceFactory,
    StorageRequest,
    Store,
    StoreFactory,
    StoreStats,
)
from k8s_datamodel.errors import (
    DatabaseNotFoundError,
    DatamodelError,
    PluginError,
    SnapshotNotFoundError,
    SourceError,
    StorageError,
    UsageError,
)
from k8s_datamodel.lookups import LookUp, LookupContext, Moment
from k8s_datamodel.model import (
    INCOMPLETE,
    ClusterInfo,
    Count,
    Document,
    LedgerEntry,
    Outcome,
    Page,
    Row,
    Section,
    Snapshot,
    SourceRequest,
    Status,
    Table,
    Wanted,
)
from k8s_datamodel.own import declared_type, settings
from k8s_datamodel.resource_types import (
    Column,
    ColumnType,
    KubernetesObject,
    Level,
    Lookup,
    Read,
    Record,
    Resource,
    ResourceType,
    View,
    ViewOption,
)
from k8s_datamodel.specs import CommandSpec, FormatterSpec, SourceSpec, StorageSpec

API_VERSION = 1
"""Raised when something here is removed or changes its meaning; additions keep it."""

API_MINOR = 0
"""Raised when something is added; begins anew with each ``API_VERSION``."""

__all__ = [
    "API_MINOR",
    "API_VERSION",
    "INCOMPLETE",
    "PROJECT",
    "ClusterInfo",
    "CollectContext",
    "Collector",
    "Column",
    "ColumnType",
    "CommandSpec",
    "Count",
    "DatabaseNotFoundError",
    "DatamodelError",
    "Document",
    "Formatter",
    "FormatterSpec",
    "KnownObjects",
    "KubernetesObject",
    "LedgerEntry",
    "Level",
    "ListRequest",
    "LookUp",
    "Lookup",
    "LookupContext",
    "Moment",
    "Outcome",
    "Output",
    "Page",
    "PluginError",
    "Read",
    "Record",
    "Resource",
    "ResourceType",
    "Row",
    "Section",
    "Snapshot",
    "SnapshotNotFoundError",
    "SnapshotQuery",
    "SnapshotWriter",
    "Source",
    "SourceError",
    "SourceFactory",
    "SourceRequest",
    "SourceSpec",
    "Status",
    "StorageError",
    "StorageRequest",
    "StorageSpec",
    "Store",
    "StoreFactory",
    "StoreStats",
    "Table",
    "UsageError",
    "View",
    "ViewOption",
    "Wanted",
    "declared_type",
    "hookimpl",
    "settings",
]
