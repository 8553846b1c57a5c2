"""Outcomes of reads, the ledger that keeps them, and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from k8s_datamodel.data.traces import Trace

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

STORING = "storing"
"""``LedgerEntry.read`` of an entry that says what a database could not hold."""


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
        traces: who made those objects of which counting read the metadata anyway.
    """

    value: int | None
    method: Literal["exact", "estimate"] | None
    outcome: Outcome
    traces: tuple[Trace, ...] = ()
