"""Plain data of the inventory: what flows from a source to stdout. Imports nothing from above.

Times are UTC text, ``YYYY-MM-DD HH:MM:SS``, so that text order is time order. Durations are
seconds, sizes are bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from k8s_datamodel.resource_types import Column, KubernetesObject, Resource, ResourceType

Row = Mapping[str, Any]
"""One record as it is read back: by column name, with ``spec`` where it was asked for."""

Page = Sequence[KubernetesObject]
"""Some objects of one kind, as one answer of a source held them."""

Status = Literal[
    "complete",
    "absent",
    "forbidden",
    "failed",
    "unrecognised",
    "inconsistent",
    "partial",
    "skipped",
]
"""How a read ended, see ``docs/architecture.md``."""

INCOMPLETE: frozenset[Status] = frozenset({"forbidden", "failed", "inconsistent", "partial"})
"""Statuses that make a snapshot incomplete when the read was not optional."""

UNREDACTED = "none"
"""``Snapshot.redaction`` of a snapshot that keeps every literal."""

REDACTION_RULES = 2
"""Raised when other literals than before count as credentials: what was stored under earlier rules
must be looked through again."""


class RedactedObject(dict[str, Any]):
    """A complete object that nobody need look through again.

    It was redacted under the salt of the run and today's ``REDACTION_RULES``: by ``KnownObjects``,
    which gives it, or as it was read. Treat it as read-only.
    """


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
        whole: the source vouches that there are no others; a dump often cannot, also where it
            gave everything that it holds.
    """

    status: Status
    reason: str = ""
    http_code: int | None = None
    requests: int = 0
    objects: int | None = None
    reused: int = 0
    bytes: int = 0
    seconds: float = 0.0
    whole: bool = True


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
        digest: of all that it says and holds, from the backend that stored it; empty without one.
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
    digest: str = ""


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
        warn: called with one line that people should read, from any thread.
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
    warn: Callable[[str], None] = field(default=lambda line: None, repr=False)
