"""The public API for plugins: this, and nothing else, keeps its meaning within a version.

See ``docs/compatibility.md``.
"""

from k8s_datamodel import API_MINOR, API_VERSION, PROJECT, hookimpl
from k8s_datamodel.base.errors import (
    DamagedError,
    DatabaseNotFoundError,
    DatamodelError,
    PluginError,
    SnapshotNotFoundError,
    SourceError,
    StorageError,
    UnstorableError,
    UsageError,
)
from k8s_datamodel.base.files import followed, is_special, replacement, whole_file
from k8s_datamodel.comparing.field_paths import AnyItem, AnyKey, parsed_path, written_path
from k8s_datamodel.contracts.collecting import Collector, TypeReader
from k8s_datamodel.contracts.formatting import Formatter, Output
from k8s_datamodel.contracts.sources import (
    ListRequest,
    NamespaceSource,
    ReusableObjects,
    Source,
    SourceFactory,
    SourceRequest,
)
from k8s_datamodel.contracts.specs import (
    Capability,
    CommandSpec,
    FormatterSpec,
    SourceSpec,
    StorageSpec,
)
from k8s_datamodel.contracts.stores import (
    AbleStore,
    AbleWriter,
    RecordDigest,
    Restore,
    SnapshotQuery,
    SnapshotWriter,
    StorageRequest,
    Store,
    StoreFactory,
    StoreStats,
)
from k8s_datamodel.data.chunks import Chunk, Listing
from k8s_datamodel.data.columns import Column, ColumnType, Level
from k8s_datamodel.data.findings import (
    SEVERITIES,
    Finding,
    Grader,
    Severity,
    ordered_findings,
    reaches,
    worst,
)
from k8s_datamodel.data.ledger import INCOMPLETE, STORING, Count, LedgerEntry, Outcome, Status
from k8s_datamodel.data.objects import (
    FieldManager,
    KubernetesObject,
    ReadObject,
    Record,
    RedactedObject,
    Resource,
    Row,
    without_bookkeeping,
)
from k8s_datamodel.data.pages import Block, BlockVisitor, Fields, Page, Pages, Rows, Text
from k8s_datamodel.data.snapshots import REDACTION_RULES, ClusterInfo, Snapshot
from k8s_datamodel.data.summaries import Breakdown, Concern
from k8s_datamodel.plugins.config import declared_type, settings
from k8s_datamodel.plugins.configuration import Configuration, Section
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.redaction.messages import without_credentials
from k8s_datamodel.types.column_values import utc
from k8s_datamodel.types.comparison_rules import (
    ComparisonRules,
    DefinedBy,
    Difference,
    Fold,
    ListItem,
    Noise,
    Saying,
    Schema,
)
from k8s_datamodel.types.resource_types import Deferred, Derived, Matrix, Read, ResourceType
from k8s_datamodel.types.template_values import plain_text
from k8s_datamodel.types.templates import (
    ItemList,
    Template,
    item_of,
    parse_relaxed,
    parse_template,
)

__all__ = [
    "API_MINOR",
    "API_VERSION",
    "INCOMPLETE",
    "PROJECT",
    "REDACTION_RULES",
    "SEVERITIES",
    "STORING",
    "AbleStore",
    "AbleWriter",
    "AnyItem",
    "AnyKey",
    "Block",
    "BlockVisitor",
    "Breakdown",
    "Capability",
    "Chunk",
    "ClusterInfo",
    "Collector",
    "Column",
    "ColumnType",
    "CommandSpec",
    "ComparisonRules",
    "Concern",
    "Configuration",
    "Count",
    "DamagedError",
    "DatabaseNotFoundError",
    "DatamodelError",
    "Deferred",
    "DefinedBy",
    "Derived",
    "Difference",
    "FieldManager",
    "Fields",
    "Finding",
    "Fold",
    "Formatter",
    "FormatterSpec",
    "Grader",
    "ItemList",
    "KubernetesObject",
    "LedgerEntry",
    "Level",
    "ListItem",
    "ListRequest",
    "Listing",
    "Matrix",
    "Moment",
    "NamespaceSource",
    "Noise",
    "Outcome",
    "Output",
    "Page",
    "Pages",
    "PluginError",
    "Read",
    "ReadObject",
    "Record",
    "RecordDigest",
    "RedactedObject",
    "Resource",
    "ResourceType",
    "Restore",
    "ReusableObjects",
    "Row",
    "Rows",
    "Saying",
    "Schema",
    "Section",
    "Severity",
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
    "Template",
    "Text",
    "TypeReader",
    "UnstorableError",
    "UsageError",
    "declared_type",
    "followed",
    "hookimpl",
    "is_special",
    "item_of",
    "ordered_findings",
    "parse_relaxed",
    "parse_template",
    "parsed_path",
    "plain_text",
    "reaches",
    "replacement",
    "settings",
    "utc",
    "whole_file",
    "without_bookkeeping",
    "without_credentials",
    "worst",
    "written_path",
]
