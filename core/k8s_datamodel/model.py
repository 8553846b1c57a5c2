"""Plain data of the inventory: what flows from a source to stdout. Imports nothing from above.

Times are UTC text, ``YYYY-MM-DD HH:MM:SS``, so that text order is time order. Durations are
seconds, sizes are bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

KubernetesObject = Mapping[str, Any]
"""A complete Kubernetes object as decoded JSON: ``apiVersion``, ``kind``, ``metadata``, ..."""

Row = Mapping[str, Any]
"""One record as it is read back: by column name, with ``spec`` where it was asked for."""

Page = Sequence[KubernetesObject]
"""Some objects of one kind, as one answer of a source held them."""

Status = Literal[
    "complete", "absent", "forbidden", "failed", "unrecognised", "inconsistent", "skipped"
]
"""How a read ended, see ``docs/architecture.md``."""

INCOMPLETE: frozenset[Status] = frozenset({"forbidden", "failed", "inconsistent"})
"""Statuses that make a snapshot incomplete when the read was not optional."""

UNREDACTED = "none"
"""``Snapshot.redaction`` of a snapshot that keeps every literal."""

ColumnType = Literal["text", "integer", "real", "boolean", "list", "json"]
"""``list`` is a list of strings, ``json`` any JSON value; SQL sees both as text."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the Kubernetes API.

    Attributes:
        group: API group, ``""`` for the core group.
        version: a served version, such as ``v1``.
        plural: lower-case plural, as it stands in URLs.
        kind: CamelCase kind.
        namespaced: whether its objects live in namespaces.
    """

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True

    @property
    def name(self) -> str:
        """``plural.group`` as kubectl and CRD names spell it; the core group has no suffix."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def path(self) -> str:
        """URL path of the cluster-wide list, such as ``/apis/apps/v1/deployments``."""
        root = f"/apis/{self.group}" if self.group else "/api"
        return f"{root}/{self.version}/{self.plural}"


@dataclass(frozen=True, slots=True)
class Read:
    """One API list that a resource type needs.

    Attributes:
        resource: what is listed.
        fact: how to reduce an object to what this type needs of it, as ``"module:attribute"`` of
            a function ``(KubernetesObject) -> fact or None``. Facts of one list are gathered
            while any type streams it, so a list is read once a run. Empty: the type streams the
            complete objects itself.
        optional: only enriches; its failure is recorded and makes no snapshot incomplete.
        label_selector: only objects with such labels, as ``owner=helm``; all if empty. Where the
            source can select, the others are not even read.
        field_selector: only objects with such fields, as ``type=helm.sh/release.v1``; one that the
            API server supports for this resource.
    """

    resource: Resource
    fact: str = ""
    optional: bool = False
    label_selector: str = ""
    field_selector: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """A word for the numbers of a column, from one number up to the next level's.

    Attributes:
        name: lower case, such as ``high``.
        least: the smallest number that has it.
    """

    name: str
    least: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """One list that a collector learned of while it read another, see ``CollectContext.lists``.

    Attributes:
        resource: what is listed.
        context: what else must be the same for an object to be the same when its uid and
            resourceVersion are, such as uid and generation of its CRD; empty to read everything.
        ending: how it ends without being read, such as ``Outcome("skipped", why)``, for the ledger.
    """

    resource: Resource
    context: str = ""
    ending: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a resource type.

    Attributes:
        name: name in SQL and key of ``Record.values``.
        type: see ``ColumnType``.
        key: key in listings and documents; the name if empty.
        title: heading in tables; made from the key if empty.
        show: ``table`` stands in every table, ``wide`` in wide ones only, ``never`` in JSON, YAML
            and SQL only.
        filter: a ``--<filter>`` option of ``list``, ``count`` and ``get`` matches this column by
            wildcard; none if empty.
        at_least: a ``--<at_least>`` option of ``list`` and ``count`` takes a number or a level's
            name, and keeps the rows whose value is not below it; none if empty. For numbers.
        levels: words for its numbers, the highest first; people see them beside the number.
        volatile: changes without the object changing (counts, ready replicas), so it is kept with
            the snapshot and not with the content.
        document: stands in listings and documents; SQL has it in any case.
        description: one line for the reference.
    """

    name: str
    type: ColumnType = "text"
    key: str = ""
    title: str = ""
    show: Literal["table", "wide", "never"] = "never"
    filter: str = ""
    at_least: str = ""
    levels: tuple[Level, ...] = ()
    volatile: bool = False
    document: bool = True
    description: str = ""

    def level(self, value: float) -> str:
        """The word for a number, empty for none."""
        return next((level.name for level in self.levels if value >= level.least), "")

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.key or self.name)
        object.__setattr__(self, "title", self.title or self.key.replace("_", " ").title())


@dataclass(frozen=True, slots=True)
class ViewOption:
    """An option that a view adds to ``get``.

    Attributes:
        name: ``--<name>``; the view's target takes it as a keyword, ``_`` for ``-``.
        type: ``text``; ``integer`` that is not negative; or ``flag``. What the user leaves out is
            None, a flag False.
        description: one line for help.
    """

    name: str
    type: Literal["text", "integer", "flag"] = "text"
    description: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """Another way to show one record: ``get --<name>`` lists what it makes of the record.

    Attributes:
        name: of the flag.
        target: ``"module:attribute"`` of a function ``(Row, **options) -> Table``; the row has
            ``spec``. It may raise errors.UsageError.
        options: that only this view takes.
        description: one line for help.
    """

    name: str
    target: str
    options: tuple[ViewOption, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Columns that tell what other types' rows and earlier snapshots mean for a type's rows.

    They are made when rows are shown, and never stored. ``get`` shows them; ``list`` and
    ``count`` take ``--<flag>``, which keeps the rows whose ``keeps`` is true. Where that is null
    it is not known: such rows are left out, said to be so, and make the answer incomplete.

    Attributes:
        flag: of ``list`` and ``count``.
        columns: what it adds to a row.
        keeps: name of one of them, a boolean.
        why: name of one of them, a text: why ``keeps`` is null.
        types: names of the other types whose rows it needs; one may be missing.
        target: ``"module:attribute"`` of a function ``(LookupContext) -> LookUp``, see
            ``k8s_datamodel.lookups``.
        description: one line for help.
    """

    flag: str
    columns: tuple[Column, ...]
    keeps: str
    why: str
    types: tuple[str, ...]
    target: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A kind of thing in the inventory: its names, its columns and how it is collected.

    Everything the host does with a type (commands, relation, section of documents, flags, counts)
    follows from this.

    Attributes:
        name: plural, lower case, ``_`` allowed: relation in SQL, key in documents,
            ``--<name>-only``.
        command: name of the command group.
        singular: for people, one of them, such as ``CRD``.
        plural: for people, many of them, such as ``CRDs``.
        columns: in the order of documents and tables. The complete object is always kept beside
            them as ``spec`` and is no column.
        identity: names of the columns that name one record among those of a snapshot.
        collector: a ``contracts.Collector``, or better ``"module:attribute"`` of one, so that its
            module is imported only when it collects.
        reads: API lists the collector asks its context for.
        skip: ``--no-<skip>`` of ``database store``; the name if empty.
        count: the count's column in ``inventory_snapshots``; ``<singular>_count`` if empty.
        order: position among the types in documents and help; the built-ins have 10, 20, 30.
        description: one line for help and reference.
        views: other ways to show one record.
        lookups: what other types' rows and earlier snapshots tell of its rows.
        counts_instances: its collector counts the custom resources of the CRDs it reads, so it
            needs the right to list those, which no ``Read`` can name.
        on_request: ``--with-<on_request> [PATTERN]`` of ``database store`` and ``cluster export``
            makes it part of what they collect; what patterns mean is its collector's to say. Empty
            for a type that is collected unless it is skipped.
        discovers: its collector also lists what no ``Read`` can name, by ``CollectContext.lists``.
    """

    name: str
    command: str
    singular: str
    plural: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    collector: str | Callable[..., Iterable[Record]]
    reads: tuple[Read, ...] = ()
    skip: str = ""
    count: str = ""
    order: int = 100
    description: str = ""
    views: tuple[View, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    counts_instances: bool = False
    on_request: str = ""
    discovers: bool = False

    def __post_init__(self) -> None:
        count = f"{self.singular.lower().replace(' ', '_').replace('-', '_')}_count"
        object.__setattr__(self, "skip", self.skip or self.name.replace("_", "-"))
        object.__setattr__(self, "count", self.count or count)

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a resource type.

    Attributes:
        values: by column name; a column that is left out is null. ``list`` columns take sequences
            of strings, ``json`` columns any JSON value.
        spec: the complete object.
    """

    values: Mapping[str, Any]
    spec: KubernetesObject


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one read ended.

    Attributes:
        status: see ``Status``.
        reason: for people, why it is not complete; empty when it is.
        http_code: of the answer that decided, None when there was none.
        requests: HTTP requests (or files) it took.
        objects: objects it gave, None when unknown.
        reused: how many of them came from the store, unread.
        bytes: of the bodies, as received.
        seconds: wall time.
    """

    status: Status
    reason: str = ""
    http_code: int | None = None
    requests: int = 0
    objects: int | None = None
    reused: int = 0
    bytes: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What a run read, for whom, and how that ended.

    Attributes:
        resource_type: name of the type it was read for, ``""`` for the run itself.
        read: the API resource (``deployments.apps``), a file's path inside a dump, or what else.
        outcome: how it ended.
        optional: it only enriches.
    """

    resource_type: str
    read: str
    outcome: Outcome
    optional: bool = False

    @property
    def incomplete(self) -> bool:
        """Whether this entry makes its snapshot incomplete."""
        return not self.optional and self.outcome.status in INCOMPLETE


@dataclass(frozen=True, slots=True)
class Count:
    """How many objects of a resource there are.

    Attributes:
        value: None when unknown; never a partial sum.
        method: ``exact`` or ``estimate``, None when unknown.
        outcome: how the counting ended; its reason says why the value is None.
    """

    value: int | None
    method: Literal["exact", "estimate"] | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ClusterInfo:
    """What is known of a cluster as a whole.

    Attributes:
        context: name of the kubeconfig's context, or of the dump; an alias.
        uid: UID of the ``kube-system`` namespace, the cluster's identity; None when unknown.
        version: ``gitVersion`` of the server; None when unknown.
        platform: ``eks``, ``gke``, ``openshift``, ``k3s``, ...; ``unknown`` when nothing says.
        nodes: how many; None when they may not be read.
        source: how it was reached: ``kubernetes``, ``file``, or a plugin's scheme.
        source_timestamp: when the dump was made; None for a live cluster or when unknown.
    """

    context: str
    uid: str | None = None
    version: str | None = None
    platform: str = "unknown"
    nodes: int | None = None
    source: str = ""
    source_timestamp: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One stored snapshot, without its records.

    Attributes:
        id: number, never used twice; 0 before it is stored.
        timestamp: when collecting began.
        cluster: of which cluster.
        counts: records by type name; None for a type that was skipped or could not be read.
        namespace_filter: the namespace that limited it, or None.
        notes: the user's words, or None.
        complete: no ledger entry makes it incomplete.
        redaction: id of the salt with which literals were replaced; ``none`` without redaction.
        seconds: how long collecting took.
        created_at: when it was stored.
        uuid: names it in every database that it is copied to; made by the run that collects it.
    """

    timestamp: str
    cluster: ClusterInfo
    counts: Mapping[str, int | None]
    namespace_filter: str | None = None
    notes: str | None = None
    complete: bool = True
    redaction: str = "none"
    seconds: float = 0.0
    id: int = 0
    created_at: str = ""
    uuid: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The records of one type, ready for a formatter.

    Attributes:
        type: whose columns and names apply.
        rows: by column name, plus ``spec`` where it was asked for; an iterator, read once.
        specs: whether the rows hold ``spec``.
    """

    type: ResourceType
    rows: Iterable[Row]
    specs: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A listing that is no resource type's: snapshots, plugins, statistics.

    Attributes:
        columns: as for a resource type.
        rows: by column name; an iterable, read once.
        title: for people.
    """

    columns: tuple[Column, ...]
    rows: Iterable[Row]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One snapshot with its sections, in the order of the types.

    Attributes:
        snapshot: the keys of the document's ``snapshot``.
        sections: one for each type.
        ledger: rows of the ledger, or None when it was not asked for.
    """

    snapshot: Mapping[str, Any]
    sections: Sequence[Section]
    ledger: Sequence[Mapping[str, Any]] | None = None


def _no_opener(request: SourceRequest) -> Any:
    raise LookupError(f"nothing is there to open {request.location or 'a live cluster'}")


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """What the user said about where objects come from. It may grow; read what you need.

    Attributes:
        location: text of ``--source``: a path, ``-``, or ``scheme://...``; empty for none.
        context: of the kubeconfig; None for the current one.
        kubeconfig: path; None for ``KUBECONFIG`` or the default.
        namespace: limits what is namespaced; None for all.
        resources: what the run will list; a source need not keep objects of anything else.
        progress: called with a short text now and then, from any thread.
        kubeconfig_data: content of a kubeconfig in place of a file, for a source that got one from
            somewhere and opens the live one with it.
        opener: a ``contracts.SourceFactory`` that opens whichever source a request names, for a
            source that is another one's front: ``opener(replace(request, location=""))`` is the
            live API server.
        custom: the run may also list any custom resource.
    """

    location: str = ""
    context: str | None = None
    kubeconfig: str | None = None
    namespace: str | None = None
    resources: tuple[Resource, ...] = ()
    progress: Callable[[str], None] = field(default=lambda text: None)
    kubeconfig_data: Mapping[str, Any] | None = field(default=None, repr=False)
    opener: Callable[[SourceRequest], Any] = field(default=_no_opener, repr=False)
    custom: bool = False
