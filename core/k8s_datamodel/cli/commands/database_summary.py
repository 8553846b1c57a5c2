"""``database summary``: a page for people on one stored snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

import click

from k8s_datamodel.base.clock import ago, now
from k8s_datamodel.base.plurals import counted
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.output import write_page
from k8s_datamodel.cli.frame.used_settings import reads
from k8s_datamodel.cli.moments.named_snapshots import named_snapshot
from k8s_datamodel.cli.params.hosting import PROGRAM
from k8s_datamodel.cli.params.options import output_option
from k8s_datamodel.cli.params.snapshot_options import SNAPSHOT, cluster_option
from k8s_datamodel.cli.rows.moment_summaries import summarised
from k8s_datamodel.data.pages import Fields, Page
from k8s_datamodel.data.snapshots import UNREDACTED, Snapshot
from k8s_datamodel.data.summaries import Breakdown, Concern
from k8s_datamodel.reading.documents import heading
from k8s_datamodel.reading.snapshot_summaries import (
    Summary,
    document,
    largest_first,
    moment_before,
)
from k8s_datamodel.reading.stored_moments import StoredMoment
from k8s_datamodel.types.resource_types import ResourceType

MOST = 5
"""Values of a breakdown, names of a concern and unread lists that are shown; the rest is a sum."""

WIDTH = 80
"""Characters of the narrowest terminal that is usual."""

GROUP = click.Group("database")


@GROUP.command(
    "summary",
    short_help="Summarise one snapshot on a page for people.",
    epilog="Example: k8s-datamodel database summary latest",
)
@click.argument("snapshot", type=SNAPSHOT, default="latest")
@output_option()
@cluster_option()
@reads("snapshots")
@click.pass_context
def _summary(
    ctx: click.Context, /, snapshot: str, output: str, cluster_context: str | None
) -> None:
    """Summarise one snapshot on a page for people; latest unless told otherwise.

    What it is of, whether it is complete, how much there is, what is new since the one before, the
    largest groups, and what needs attention.
    """
    app = ctx.ensure_object(App)
    types = app.registry.types
    with app.store() as store:
        found = named_snapshot(app, store, snapshot, cluster_context)
        moment = StoredMoment.of(store, found, types)
        summary = summarised(app, moment, moment_before(moment))
        lines = list(drawn(summary, found, types, now()))
        page = Page([Fields(document(summary, types), drawn=lines, page=True)])
    write_page(ctx, page, output)


def drawn(
    summary: Summary, snapshot: Snapshot, types: Sequence[ResourceType], time: str
) -> Iterator[str]:
    """The page as text, line by line; ``time`` is now."""
    named = {each.name: each for each in types}
    yield f"Snapshot {snapshot.id} of {snapshot.cluster.context}"
    yield from _head(snapshot, time)
    yield from _unread(summary, snapshot, _unknown(summary, named))
    yield ""
    yield from _amounts(summary, named)
    yield ""
    for _, breakdown in summary.breakdowns():
        if breakdown.numbers:
            yield from _breakdown(breakdown)
    yield ""
    yield from _attention(summary, named)


def _head(snapshot: Snapshot, time: str) -> Iterator[str]:
    cluster = snapshot.cluster
    nodes = "unknown nodes" if cluster.nodes is None else counted(cluster.nodes, "node")
    what = (cluster.version or "unknown version", f"platform {cluster.platform}", nodes)
    yield _field("taken", f"{snapshot.timestamp} UTC, {ago(snapshot.timestamp, time)}")
    yield _field("cluster", ", ".join(what))
    if cluster.source_timestamp:
        yield _field("dumped", f"{cluster.source_timestamp} UTC")
    if snapshot.namespace_filter:
        yield _field("namespace", f"{snapshot.namespace_filter} only")
    if snapshot.notes:
        yield _field("notes", " ".join(snapshot.notes.split()))
    if snapshot.redaction == UNREDACTED:
        yield _field("redacted", "no, it keeps what looks like a credential")


def _field(name: str, value: str) -> str:
    return f"  {name:<10} {value}"


def _unknown(summary: Summary, named: Mapping[str, ResourceType]) -> list[str]:
    """The types whose number is not known."""
    return [named[name].plural for name, each in summary.amounts.items() if each.count is None]


def _unread(summary: Summary, snapshot: Snapshot, unknown: Sequence[str]) -> Iterator[str]:
    if snapshot.complete:
        but = f", but for {' and '.join(unknown)}, of which nothing tells" if unknown else ""
        yield _field("complete", f"yes{but}")
        return
    unread = summary.unread
    yield _field("complete", f"no, {counted(len(unread), 'read')} failed:")
    for entry in unread[:MOST]:
        text = f"{entry.read}: {entry.outcome.reason or entry.outcome.status}"
        yield from wrap(text, WIDTH, initial_indent="    ", subsequent_indent="      ")
    rest = f"and {len(unread) - MOST} more; " if len(unread) > MOST else ""
    yield f"    {rest}see {PROGRAM} database show {snapshot.id} --ledger"


def _amounts(summary: Summary, named: Mapping[str, ResourceType]) -> Iterator[str]:
    before = summary.before
    yield (
        f"Since snapshot {before.number} ({before.timestamp} UTC)"
        if before
        else ("The first snapshot of this cluster here")
    )
    titles = ("", "now", "before", "new", "gone") if before else ("", "now")
    rows = [
        (heading(named[name].plural), *map(_cell, (each.count, each.before, each.new, each.gone)))
        for name, each in summary.amounts.items()
    ]
    yield from _aligned([row[: len(titles)] for row in (titles, *rows)])


def _breakdown(breakdown: Breakdown) -> Iterator[str]:
    numbers = list(largest_first(breakdown).items())
    one_line = f"{breakdown.title}: {', '.join(f'{name} {each:,}' for name, each in numbers)}"
    if len(one_line) < WIDTH:
        yield one_line
        return
    rest = numbers[MOST:]
    rows = [(name, f"{number:,}") for name, number in numbers[:MOST]]
    if rest:
        rows.append((f"({len(rest):,} more)", f"{sum(number for _, number in rest):,}"))
    yield breakdown.title
    yield from _aligned(rows)


def _attention(summary: Summary, named: Mapping[str, ResourceType]) -> Iterator[str]:
    shown = [each for _, each in summary.concerns() if each.names or each.unknown]
    unknown = _unknown(summary, named)
    if not shown and not unknown:
        yield "Nothing needs attention."
        return
    yield "What needs attention"
    for each in shown:
        yield from _concern(each)
    if unknown:
        yield f"  not known of {' and '.join(unknown)}: their number is not known"


def _concern(concern: Concern) -> Iterator[str]:
    names = sorted(concern.names)
    number = f"{len(names):,}" if names or not concern.unknown else "-"
    yield f"  {concern.title}: {number}" + (f" ({concern.look})" if concern.look and names else "")
    yield from (f"    {name}" for name in names[:MOST])
    if len(names) > MOST:
        yield f"    and {len(names) - MOST:,} more"
    if concern.unknown:
        yield f"    not known {concern.unknown}"


def _cell(number: int | None) -> str:
    return "-" if number is None else f"{number:,}"


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows with the first column on the left, the numbers on the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *numbers in rows:
        cells = [each.rjust(width) for each, width in zip(numbers, widths[1:], strict=True)]
        yield "  ".join([f"  {name.ljust(widths[0])}", *cells])
