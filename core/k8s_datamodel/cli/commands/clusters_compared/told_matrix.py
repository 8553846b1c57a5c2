"""What ``matrix`` answers: the records of one type in several clusters, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import click

from k8s_datamodel.base.clock import now
from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.base.plurals import counted
from k8s_datamodel.cli.diffs.diff_rules import rules_of
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.output import write_page
from k8s_datamodel.cli.frame.used_settings import CHOOSING
from k8s_datamodel.cli.matrices import matrix_pages
from k8s_datamodel.cli.matrices.matrix_cells import Shape
from k8s_datamodel.cli.matrices.matrix_clusters import (
    ClusterCells,
    MatrixQuestion,
    live_clusters,
    reads_of,
    stored_clusters,
)
from k8s_datamodel.cli.matrices.matrix_rows import Table
from k8s_datamodel.cli.params.context_options import several
from k8s_datamodel.cli.params.filters import keyword, matching_of
from k8s_datamodel.cli.params.misses import misses, unknown
from k8s_datamodel.cli.rows.earlier_moments import store_of_past
from k8s_datamodel.contracts.stores import SnapshotQuery
from k8s_datamodel.data.asked import Asked
from k8s_datamodel.data.objects import Row
from k8s_datamodel.data.pages import Page, Rows
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.types.foreign_texts import shown
from k8s_datamodel.types.resource_types import ResourceType


@dataclass(frozen=True, slots=True)
class StoredMatrix:
    """The records of one type in several clusters, as ``matrix`` shows them. Fields may be added.

    Attributes:
        rows: of the matrix, with a column for each cluster, or how many have each version.
        differing: those of them that differ between clusters.
        clusters: a row for each cluster, with its snapshot and what is not known of it.
        unknown: whether a cell is not known.
    """

    rows: Rows
    differing: Rows
    clusters: Rows
    unknown: bool


def tell(
    ctx: click.Context,
    resource_type: ResourceType,
    *,
    skew: bool,
    patterns: Sequence[str],
    fold: bool | None,
    output: str,
    file: str | None,
    no_pager: bool,
    **filters: Any,
) -> None:
    """Write the matrix of a type, as the options of its command want it."""
    app = ctx.ensure_object(App)
    wanted = _wanted(app, resource_type, filters, live=several(ctx) is not None)
    clusters = _clusters(ctx, wanted, patterns)
    reads = reads_of(clusters, wanted.defined_by)
    whole = Table.of(wanted.shape, clusters, reads)
    table = Table.of(wanted.shape, clusters, reads, skew=True) if skew else whole
    page = _page(ctx, table, resource_type, output, fold=fold)
    write_page(ctx, page, output, file, pager=not no_pager)
    _tell(app, resource_type, whole, clusters, filters, skew=skew)
    if whole.rows and not (table.rows or whole.unknown):
        app.say("Nothing differs.")


def stored_matrix(
    ctx: click.Context,
    type_name: str,
    moment: Moment,
    patterns: Sequence[str] = (),
    *,
    most: int = 12,
) -> StoredMatrix | None:
    """The newest stored records of a type in each cluster, side by side; all is read now.

    Args:
        ctx: of the command, for the global options.
        type_name: of whose records.
        moment: whose store it is; the user's database for what was read now.
        patterns: of contexts or UIDs, of which one matches; all if empty.
        most: more clusters than these have no column each: those of each version are counted.

    Returns:
        None if nothing was ever stored.

    Raises:
        SnapshotNotFoundError: there is no snapshot of such a cluster.
        StorageError: the database cannot be opened.
    """
    app = ctx.ensure_object(App)
    resource_type = app.registry.type(type_name)
    wanted = _wanted(app, resource_type, {}, live=False)
    with ExitStack() as stack:
        store = store_of_past(app, moment, stack)
        if store is None or not (patterns or store.snapshots(SnapshotQuery(limit=1))):
            return None
        clusters = stored_clusters(app, store, wanted, patterns)
    reads = reads_of(clusters, wanted.defined_by)
    whole, differing = (
        Table.of(wanted.shape, clusters, reads, skew=each) for each in (False, True)
    )
    fold = len(clusters) > most
    return StoredMatrix(
        matrix_pages.listing(whole, resource_type, fold=fold),
        matrix_pages.listing(differing, resource_type, fold=fold),
        matrix_pages.clusters_listing(whole, now()),
        whole.unknown,
    )


def _wanted(
    app: App, resource_type: ResourceType, filters: Mapping[str, Any], *, live: bool
) -> MatrixQuestion:
    target = resource_type.shown_matrix().product
    product_of = _product_of(app.registry, resource_type, target) if target else None
    defined_by = rules_of(app.registry).defined_by if resource_type.on_request else None
    names = {each.name: each for each in app.registry.types}
    defining = names.get(defined_by.type_name) if defined_by else None
    return MatrixQuestion(
        resource_type,
        Shape.of(resource_type, product_of),
        partial(matching_of, resource_type, filters),
        Asked(test=matching_of(resource_type, _of_identity(resource_type, filters)).conceivable),
        app.settings.namespace if live else None,
        defined_by if defining else None,
        defining,
    )


def _product_of(
    registry: Registry, resource_type: ResourceType, target: str
) -> Callable[[Row], str | None]:
    """The plugin's function, whose results are checked. Raises PluginError."""
    function = registry.load_function(resource_type, target)

    def product_of(row: Row) -> str | None:
        name: object = function(row)
        if name is None or isinstance(name, str):
            return name
        raise registry.misused(resource_type, f"{target} gave {shown(name)}, which is no text")

    return product_of


def _of_identity(resource_type: ResourceType, filters: Mapping[str, Any]) -> dict[str, Any]:
    """The filters of columns that are the same in every cluster: what names a record."""
    own = {
        keyword(column.filter)
        for column in resource_type.columns
        if column.filter and column.name in resource_type.identity
    }
    return {name: value for name, value in filters.items() if name in own}


def _clusters(
    ctx: click.Context, wanted: MatrixQuestion, patterns: Sequence[str]
) -> list[ClusterCells]:
    app, fleet = ctx.ensure_object(App), several(ctx)
    if fleet is not None:
        if patterns:
            raise UsageError("--cluster-context chooses snapshots; --contexts reads clusters")
        if "db_path" in app.typed:
            raise UsageError("--db-path cannot be used here: --contexts reads clusters")
        return live_clusters(app, fleet, wanted)
    for name in CHOOSING:
        if name in app.typed and name != "db_path":
            raise UsageError(
                f"--{name.replace('_', '-')} chooses what to read now, and matrix shows the newest "
                "snapshot of each cluster: --contexts reads clusters"
            )
    with app.store() as store:
        return stored_clusters(app, store, wanted, patterns)


def _page(
    ctx: click.Context, table: Table, resource_type: ResourceType, output: str, *, fold: bool | None
) -> Page:
    app = ctx.ensure_object(App)
    if output in matrix_pages.DOCUMENTS:
        return matrix_pages.document_page(table)
    rows = matrix_pages.listing(table, resource_type, fold=bool(fold))
    told = output in matrix_pages.TOLD
    if fold is None and (told or output == "plain") and matrix_pages.is_wide(rows):
        fold = True
        rows = matrix_pages.listing(table, resource_type, fold=fold)
    if told:
        return matrix_pages.told_page(table, rows, now(), fold=bool(fold))
    for line in matrix_pages.head_lines(table, now()):
        app.say(line)
    return Page([rows])


def _tell_unread(app: App, cells: ClusterCells) -> None:
    """Say what of a cluster is not known; a context that failed was named already."""
    app.missing.evidence(cells.ledger, cells.context)
    number = cells.number
    if number is None:
        app.missing.reads(cells.ledger, name=cells.context)
    elif cells.unknown:
        app.missing.undecided([cells.unknown], cells.context)
    elif not cells.complete:
        why = f"snapshot {number} is incomplete: database show {number} --ledger"
        app.missing.undecided([why], cells.context)


def _tell(
    app: App,
    resource_type: ResourceType,
    table: Table,
    clusters: Sequence[ClusterCells],
    filters: Mapping[str, Any],
    *,
    skew: bool,
) -> None:
    """Say what is not known, and which filter nothing met."""
    for each in clusters:
        _tell_unread(app, each)
    if table.unknown:
        app.missing.add()
    open_rows = [row for row in table.rows if "?" in row.differs]
    if skew and open_rows:
        rows = counted(len(open_rows), "row")
        app.missing.add(f"--skew: it is not known whether {rows} more differ")
    tests = [each.test for each in clusters]
    for line in unknown(resource_type, tests):
        app.say(line)
    if not table.rows:
        total = sum(each.tally.total for each in clusters)
        known = not any(each.unknown for each in clusters)
        for line in misses(resource_type, tests, [], total, known=known):
            app.say(line)
