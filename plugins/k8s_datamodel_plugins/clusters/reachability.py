"""``cluster test-connection``: try each list that collecting needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import click

from k8s_datamodel.api import (
    INCOMPLETE,
    ClusterInfo,
    Column,
    LedgerEntry,
    Moment,
    Page,
    Resource,
    Rows,
    Text,
)
from k8s_datamodel.commands import (
    CLUSTER,
    LEDGER,
    Fleet,
    Task,
    allow_incomplete_option,
    also_listed,
    contexts_options,
    ledger_row,
    opened,
    output_option,
    reads,
    say,
    several,
    snapshot_option,
    tell_missing,
    types_in_use,
    write_page,
)
from k8s_datamodel_plugins.clusters.permissions import naming, needs

_COST = ("requests", "reused", "bytes", "seconds")
_COLUMNS = (
    *(replace(each, show="table") for each in LEDGER if each.name in ("resource_type", "read")),
    Column("permission", show="wide", description="Verb and resource that the read needs"),
    *(
        replace(each, show="table" if each.name == "optional" else each.show)
        for each in LEDGER
        if each.name not in ("resource_type", "read", *_COST)
    ),
)


_REFUSED = re.compile(r'HTTP 403: .+ is forbidden: (User ".*?") cannot ')
"""How an API server says that somebody lacks a right."""


@dataclass(frozen=True, slots=True)
class _Tried:
    """How the reads of one cluster go."""

    cluster: ClusterInfo
    entries: Sequence[LedgerEntry]

    def line(self) -> str:
        """How many reads work, and how many do not."""
        statuses = Counter(entry.outcome.status for entry in self.entries)
        failed = sum(number for status, number in statuses.items() if status in INCOMPLETE)
        told = [_amount(statuses["complete"], "read works", "reads work")]
        if absent := statuses["absent"]:
            told.append(_amount(absent, "API is not served", "APIs are not served"))
        if failed:
            told.append(_amount(failed, "read fails", "reads fail"))
        version = self.cluster.version or "version unknown"
        return f"{self.cluster.context}, {version}: {', '.join(told)}."

    def tell(self, ctx: click.Context, context: str = "") -> None:
        """Say which reads do not work, and what to do."""
        of = f"{context}: " if context else ""
        entries = list(_together(self.entries))
        tell_missing(ctx, entries, context)
        for each in entries:
            if each.optional and each.outcome.status in INCOMPLETE:
                why = each.outcome.reason or each.outcome.status
                say(ctx, f"{of}could not read {each.read}, which only enriches: {why}")
        if any(each.outcome.status == "forbidden" for each in self.entries):
            say(ctx, "cluster rbac writes a role that has the permissions.")


def _together(entries: Sequence[LedgerEntry]) -> Iterator[LedgerEntry]:
    """The entries, those as one of which an API server says the same: that somebody has no right.

    Those that are optional stay apart, as they do not make a snapshot incomplete.
    """
    refused: dict[tuple[str, bool], list[LedgerEntry]] = {}
    for entry in entries:
        said = _REFUSED.match(entry.outcome.reason)
        key = (said[1] if said else "", entry.optional)
        if not said:
            yield entry
        elif key in refused:
            refused[key].append(entry)
        else:
            refused[key] = [entry]
    for (user, _), alike in refused.items():
        first, *more = alike
        if not more:
            yield first
            continue
        reason = f"HTTP 403: {user} lacks the right"
        reads = ", ".join(each.read for each in alike)
        yield replace(first, read=reads, outcome=replace(first.outcome, reason=reason))


def _amount(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


@click.command(
    "test-connection",
    epilog="Example: k8s-datamodel cluster test-connection --context prod",
)
@output_option(None, " of all reads")
@contexts_options()
@snapshot_option()
@allow_incomplete_option()
@reads("cluster")
@click.pass_context
def test_connection(ctx: click.Context, /, output: str | None, snapshot: str | None) -> None:
    """Try every list that collecting needs: what works, which permissions lack.

    It names the reads that fail; --output shows all reads. Exit code 1 when there is no connection,
    3 when something required cannot be read. For a stored snapshot: what could be read then.
    """
    if fleet := several(ctx, snapshot):
        _of_several(ctx, fleet, output)
        return
    tried = _try(ctx, snapshot)
    _write(ctx, [tried], Rows(_COLUMNS, _rows(ctx, tried), "Reads"), output)
    tried.tell(ctx)


def _of_several(ctx: click.Context, fleet: Fleet, output: str | None) -> None:
    attempts = fleet.each(lambda task: _try(ctx, None, task))
    tried = [(each.context, each.result) for each in attempts if each.result]
    rows = [{CLUSTER.name: context, **row} for context, each in tried for row in _rows(ctx, each)]
    every = Rows((CLUSTER, *_COLUMNS), rows, "Reads")
    _write(ctx, [each for _, each in tried], every, output)
    for context, each in tried:
        each.tell(ctx, context)


def _write(ctx: click.Context, tried: Sequence[_Tried], every: Rows, output: str | None) -> None:
    """Write every read in a format; without one a line on each cluster."""
    lines = [f"{each.line()}\n" for each in tried]
    if output is None:
        write_page(ctx, Page([Text(lines)]))
        return
    write_page(ctx, Page([every]), output)
    for line in lines:
        say(ctx, line.rstrip())


def _try(ctx: click.Context, snapshot: str | None, task: Task | None = None) -> _Tried:
    names = [each.name for each in types_in_use(ctx)]
    with opened(ctx, names, snapshot, task, told=False) as moment:
        cluster = moment.cluster()
        return _Tried(cluster, list(moment.ledger if moment.snapshot else _tried(ctx, moment)))


def _rows(ctx: click.Context, tried: _Tried) -> list[Mapping[str, Any]]:
    declared = {need.resource.name for need in needs(types_in_use(ctx))}
    return [_row(entry, declared) for entry in tried.entries]


def _tried(ctx: click.Context, moment: Moment) -> Iterator[LedgerEntry]:
    """How each read of the types goes, then those of the cluster, which were made before."""
    described = list(moment.ledger)
    needed = needs(moment.types)
    resources = [need.resource for need in needed]
    for need, outcome in zip(needed, moment.probe(resources), strict=True):
        yield LedgerEntry(", ".join(need.types), need.resource.name, outcome, need.optional)
    yield from _custom(ctx, moment)
    yield from described


def _custom(ctx: click.Context, moment: Moment) -> Iterator[LedgerEntry]:
    """Whether custom resources may be counted: one kind of each API group stands for all."""
    reads = naming(moment.types)
    types = ", ".join(each.name for each, _ in reads)
    first: dict[str, Resource] = {}
    for resource in also_listed(ctx, moment):
        first.setdefault(resource.group, resource)
    names = {read.resource.name for _, read in reads}
    for entry in moment.ledger:
        if entry.read in names and entry.outcome.status in ("failed", "inconsistent"):
            yield replace(entry, read=f"{entry.read} (all)")
    resources = [first[group] for group in sorted(first)]
    for resource, count in zip(resources, moment.count(resources), strict=True):
        yield LedgerEntry(types, f"{resource.name} (count)", count.outcome)


def _row(entry: LedgerEntry, declared: Collection[str]) -> Mapping[str, Any]:
    row = {key: value for key, value in ledger_row(entry).items() if key not in _COST}
    name, _, note = entry.read.partition(" ")
    listed = entry.resource_type and (name in declared or (note and "." in name))
    return {**row, "permission": f"list {name}" if listed else None}
