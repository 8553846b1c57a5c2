"""A cluster, and a snapshot without its records.

Times are UTC text, ``YYYY-MM-DD HH:MM:SS``, so that text order is time order. Durations are
seconds, sizes are bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

UNREDACTED = "none"
"""``Snapshot.redaction`` of a snapshot that keeps every literal."""


REDACTION_RULES = 3
"""Raised when other literals than before count as credentials: what was stored under earlier rules
must be looked through again."""


FROM_FILES = "file"
"""``ClusterInfo.source`` of what was read from manifests or a dump."""


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

    @property
    def key(self) -> str:
        """What it is told apart by: its UID, or its context where the UID is unknown."""
        return self.uid or self.context


def cluster_text(context: str | None, namespace: str | None) -> str:
    """A cluster, and the namespace that limits what is told of it: ``prod, namespace shop``."""
    return f"{context}, namespace {namespace}" if namespace else str(context)


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
        redaction_rules: the ``REDACTION_RULES`` under which it was stored; None if that is unknown.
        stamps: by type name, what changes with the code that made the type's columns; a type whose
            stamp is unknown is missing.
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
    redaction_rules: int | None = None
    stamps: Mapping[str, str] = field(default_factory=dict)
