"""The table of docs/faults.md: what becomes of a stored snapshot when the wire breaks."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cluster import faults
from cluster.faults import Action, Fault, Match, first_chunk, later_chunk, on
from cluster.proxy import Proxy
from support.forked import Forked
from support.limits import environment

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
BEGIN, END = "<!-- The table is written by the test. -->", "<!-- End of the table. -->"

CRD_NUMBER = 5
PAGE_OBJECTS = 2
ANSWER_BYTES = 1_000_000
INSTANCES = 3
SHORT = {
    "read_timeout": 2,
    "request_timeout": 3,
    "retry_pause": 0.05,
    "retry_window": 1,
    "retry_budget": 3,
    "answer_bytes": ANSWER_BYTES,
    "chunk_objects": PAGE_OBJECTS,
    "chunks": 10,
}
"""Limits of the runs: the real ones are minutes."""

COUNTS = "instances (count)"
"""The ledger entry of counts that need none of their own."""

CRD_LIST = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
RBAC_LIST = "/apis/rbac.authorization.k8s.io/v1/clusterroles"


def kind(number: int) -> str:
    """Name of a CRD of the cluster."""
    return f"widgets.g{number}.example.com"


class Spot(NamedTuple):
    """A read that is broken: in words, its requests, all of a list's requests, its ledger entry."""

    words: str
    match: Match
    every: Match
    read: str


_CRDS = "customresourcedefinitions.apiextensions.k8s.io"
SPOTS = (
    Spot("CRDs, first chunk", first_chunk(CRD_LIST), on(CRD_LIST), _CRDS),
    Spot("CRDs, later chunk", later_chunk(CRD_LIST), on(CRD_LIST), _CRDS),
    Spot(
        "count of a kind",
        on("/apis/g1.example.com/v1/widgets"),
        on("/apis/g1.example.com/v1/widgets"),
        f"{kind(1)} (count)",
    ),
    Spot("RBAC (optional)", on(RBAC_LIST), on(RBAC_LIST), "clusterroles.rbac.authorization.k8s.io"),
)


class Kind(NamedTuple):
    """A fault: what happens, how often, and whether it must hit all chunks of a list."""

    action: Callable[[], Action]
    times: int | None = None
    every: bool = False


KINDS: Mapping[str, Kind] = {
    "401": Kind(lambda: faults.status(401)),
    "403": Kind(lambda: faults.status(403)),
    "404": Kind(lambda: faults.status(404)),
    "404 of a gateway": Kind(lambda: faults.text(404, "default backend - 404")),
    "410, fresh token, once": Kind(lambda: faults.expired(fresh=True), times=1),
    "410, fresh token, always": Kind(lambda: faults.expired(fresh=True)),
    "410, no token, once": Kind(lambda: faults.expired(fresh=False), times=1),
    "410, no token, always": Kind(lambda: faults.expired(fresh=False)),
    "429, Retry-After 1, once": Kind(lambda: faults.status(429, retry_after=1), times=1),
    "429, Retry-After 1, always": Kind(lambda: faults.status(429, retry_after=1)),
    "500, always": Kind(lambda: faults.status(500)),
    "503, once": Kind(lambda: faults.status(503), times=1),
    "503, always": Kind(lambda: faults.status(503)),
    "reset, once": Kind(faults.reset, times=1),
    "reset, always": Kind(faults.reset),
    "stall": Kind(faults.stall),
    "slow trickle": Kind(lambda: faults.trickle(size=4, seconds=0.1)),
    "answer without end": Kind(lambda: faults.flood(b" " * (ANSWER_BYTES // 10))),
    "truncated JSON": Kind(lambda: faults.cut_json(keep=100)),
    "HTML in place of JSON": Kind(faults.html),
    "endless list": Kind(faults.endless, every=True),
    "repeated continue token": Kind(faults.repeated_token, every=True),
}


@dataclass(frozen=True)
class Seen:
    """What a broken run left behind."""

    fault: str
    spot: str
    code: int
    err: str
    status: str
    http: str
    reason: str
    complete: bool
    crds: int | None
    operators: int | None
    rows: int
    counts: Mapping[str, int | None]

    @property
    def stored(self) -> str:
        """In words."""
        number = str(self.crds) if self.crds is not None else f"unknown, {self.rows} kept"
        known = sum(count is not None for count in self.counts.values())
        return f"CRDs {number}; {known} counted; operators {_or_unknown(self.operators)}"

    def line(self) -> str:
        """A row of the table."""
        parts = (
            *(self.fault, self.spot, self.status, self.http, self.reason or "-"),
            *(str(self.code), self.stored),
        )
        return f"| {' | '.join(parts)} |"


HEAD = "| fault | at | ledger | HTTP | reason | exit | stored |\n|---|---|---|---|---|---|---|\n"


def _or_unknown(number: int | None) -> str:
    return "unknown" if number is None else str(number)


def happen(command: Forked, proxy: Proxy, name: str, spot: Spot, db: Path) -> Seen:
    """Store a snapshot through a proxy that breaks one thing, and look at what is there."""
    fault = KINDS[name]
    wanted = spot.every if fault.every else spot.match
    proxy.inject(Fault(wanted, fault.action(), times=fault.times))
    where = ("--kubeconfig", proxy.kubeconfig, "--db-path", db)
    done = command.run("database", "store", *where, timeout=60, **environment(**SHORT))
    with closing(sqlite3.connect(db)) as connection:
        ask = connection.execute
        complete, crds, operators = ask(
            "select complete, crd_count, operator_count from inventory_snapshots"
        ).fetchone()
        counts = dict(ask("select name, instance_count from crds"))
        found = ask(
            "select status, http_code, reason from inventory_ledger where read in (?, ?) "
            "order by read = ?, status = 'complete'",
            [spot.read, COUNTS if "count" in spot.words else spot.read, COUNTS],
        )
        status, http, reason = next(found)
    return Seen(
        *(name, spot.words, done.code, done.err, status, str(http or "-"), _plain(reason or "")),
        *(bool(complete), crds, operators, len(counts), counts),
    )


def _plain(reason: str) -> str:
    """A reason without what differs from run to run."""
    return re.sub(r"127\.0\.0\.1:\d+", "SERVER", reason).replace("|", "/")


def table(rows: list[Seen]) -> str:
    """The table, as it stands in the page."""
    return HEAD + "".join(row.line() + "\n" for row in rows)
