"""``database stats``: how many snapshots there are, of what, and their size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from k8s_datamodel.base.plurals import size
from k8s_datamodel.cli.commands.database_upkeep import number_of_snapshots
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.output import write_page
from k8s_datamodel.cli.frame.used_settings import reads
from k8s_datamodel.cli.params.options import output_option
from k8s_datamodel.contracts.stores import StoreStats
from k8s_datamodel.data.pages import Fields, Page
from k8s_datamodel.reading.documents import heading
from k8s_datamodel.types.resource_types import ResourceType

GROUP = click.Group("database")


@GROUP.command(
    "stats",
    short_help="Show how many snapshots there are, and their size.",
    epilog="Example: k8s-datamodel database stats --output json",
)
@output_option()
@reads("database")
@click.pass_context
def _stats(ctx: click.Context, /, output: str) -> None:
    """Show how many snapshots there are, of what, and how much space they take."""
    app = ctx.ensure_object(App)
    with app.store(needs="stats") as store:
        stats = store.stats()
    block = Fields(as_values(stats), drawn=list(drawn(stats, app.registry.types)))
    write_page(ctx, Page([block]), output)


def as_values(stats: StoreStats) -> dict[str, Any]:
    """Statistics as a document."""
    return {
        "database_path": stats.location,
        "database_size": stats.size,
        "total_snapshots": stats.snapshots,
        "date_range": {"first": stats.first, "last": stats.last},
        "unique_clusters": len(stats.clusters),
        "clusters": dict(stats.clusters),
        "records": dict(stats.records),
        "storage": dict(stats.storage),
    }


def drawn(stats: StoreStats, types: Sequence[ResourceType]) -> Iterator[str]:
    """Statistics as text, line by line, as the manual draws them."""
    yield "Database Statistics"
    yield "━" * len("Database Statistics")
    yield ""
    yield "📊 General Statistics:"
    yield f"  • Database Path: {stats.location}"
    yield f"  • Database Size: {size(stats.size)}"
    yield f"  • Total Snapshots: {stats.snapshots}"
    yield f"  • Date Range: {_range(stats)}"
    yield ""
    yield "📈 Content Statistics:"
    names = {each.name: heading(each.plural) for each in types}
    unasked = {each.name for each in types if each.on_request and not stats.records.get(each.name)}
    for name, number in stats.records.items():
        if name in unasked:
            continue
        yield f"  • Total {names.get(name, name)} Stored: {number}"
    yield f"  • Unique Clusters: {len(stats.clusters)}"
    yield ""
    yield "🏗️ Cluster Breakdown:"
    for context, number in stats.clusters.items():
        yield f"  • {context}: {number_of_snapshots(number)}"
    yield ""
    yield "💾 Storage Breakdown:"
    for name, percent in shares(stats.storage).items():
        yield f"  • {names.get(name, heading(name))}: {percent}%"


def shares(storage: Mapping[str, int]) -> dict[str, int]:
    """Whole percentages that add up to 100: what rounding leaves goes to the largest remainders."""
    total = sum(storage.values())
    if not total:
        return {}
    exact = {name: 100 * part / total for name, part in storage.items()}
    whole = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: whole[name] - exact[name])
    for name in by_remainder[: 100 - sum(whole.values())]:
        whole[name] += 1
    return whole


def _range(stats: StoreStats) -> str:
    if not stats.first or not stats.last:
        return "none yet"
    return f"{stats.first[:10]} to {stats.last[:10]}"
