"""Read all that a report tells, from moments that are open, into a value that outlives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from importlib.metadata import version
from itertools import islice
from typing import Any, NamedTuple

import click

from k8s_datamodel.api import Moment, ResourceType, Row
from k8s_datamodel.commands import (
    Earlier,
    Past,
    Series,
    TypeSummary,
    earlier_moments,
    full_rows,
    past_of,
    snapshot_head,
    stored_matrix,
    told_changes,
    type_summaries,
    types_in_use,
)
from k8s_datamodel_plugins.report.definition_facts import CRDS, crd_facts
from k8s_datamodel_plugins.report.report_settings import ReportSettings
from k8s_datamodel_plugins.report.reported import ChangesSince, Report, TypeMatrix, TypePart

MOST_ROWS = 5_000
"""Records of a type that a table shows; more make a page that browsers load slowly."""

MOST_CHANGES = 2_000
"""Changes that a table shows."""

_SEVERAL = 2


def report_of(
    ctx: click.Context, moments: Sequence[Moment], settings: ReportSettings, words: Sequence[str]
) -> Report:
    """Read a report.

    Args:
        ctx: of the command.
        moments: of ``whole_moments``: the one that is reported, or the one before and it.
        settings: for the report.
        words: what the user calls them.

    Raises:
        PluginError: what a plugin's type names cannot be had.
        StorageError: the database cannot be read.
    """
    moment = moments[-1]
    given = moments[0] if len(moments) == _SEVERAL else None
    with earlier_moments(ctx, moment) as earlier, past_of(ctx, moment, settings.snapshots) as past:
        compared = [*_compared(earlier, given, words)]
        since = [_since(ctx, each, moment, settings) for each in compared]
        before = compared[0].moment if compared else None
        summaries = type_summaries(ctx, moment, before)
        types = [
            _part(ctx, each, moment, summaries, past)
            for each in moment.types
            if moment.asked_for(each)
        ]
        points = past.points
    cluster = moment.cluster()
    there = any(each.name == CRDS for each in moment.types)
    return Report(
        title=settings.title or f"Report on {cluster.context}",
        made=datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S"),
        program=f"k8s-datamodel {version('k8s-datamodel')}",
        head=snapshot_head(ctx, moment),
        cluster=cluster,
        namespace=moment.namespace,
        complete=moment.complete,
        ledger=moment.ledger,
        types=types,
        since=since,
        points=points,
        crds=crd_facts(moment) if there else None,
        matrices=[*_matrices(ctx, moment, settings)],
    )


class _Before(NamedTuple):
    """A moment with which it is compared, what it is to the reader, and the name of a baseline."""

    what: str
    moment: Moment
    baseline: str = ""


def _compared(earlier: Earlier, given: Moment | None, words: Sequence[str]) -> Iterator[_Before]:
    if given is not None:
        yield _Before(words[0], given)
    last, baseline = earlier.last, earlier.baseline
    if last is not None and given is None:
        same = baseline is not None and baseline.number == last.number
        yield _Before("the last snapshot", last, earlier.name if same else "")
    told = {each.number for each in (last if given is None else given,) if each is not None}
    if baseline is not None and baseline.number not in told:
        yield _Before(f"the baseline {earlier.name}", baseline)


def _since(
    ctx: click.Context, before: _Before, moment: Moment, settings: ReportSettings
) -> ChangesSince:
    changes = told_changes(ctx, before.moment, moment, config=settings.config, most=MOST_CHANGES)
    return ChangesSince(before.what, changes, before.baseline)


def _part(
    ctx: click.Context,
    resource_type: ResourceType,
    moment: Moment,
    summaries: Mapping[str, TypeSummary],
    past: Past,
) -> TypePart:
    name = resource_type.name
    shown, rows, left_out = _rows(ctx, resource_type, moment)
    return TypePart(
        type=shown,
        summary=summaries.get(name, TypeSummary(None)),
        rows=rows,
        left_out=left_out,
        numbers=_numbers(resource_type, past),
    )


def _rows(
    ctx: click.Context, resource_type: ResourceType, moment: Moment
) -> tuple[ResourceType, Sequence[Row], int]:
    """The rows that are shown, and how many are not."""
    count = moment.counts.get(resource_type.name)
    if count is None or count <= MOST_ROWS:
        shown, rows = full_rows(ctx, moment, resource_type.name)
        return shown, rows[:MOST_ROWS], max(0, len(rows) - MOST_ROWS)
    first = list(islice(moment.rows(resource_type.name), MOST_ROWS))
    return resource_type, first, count - len(first)


def _numbers(resource_type: ResourceType, past: Past) -> Mapping[tuple[Any, ...], Series]:
    """What the type's numbers were; nothing of a type without any, or without a past."""
    counted = any(
        each.volatile and each.type in ("integer", "real") for each in resource_type.columns
    )
    if not counted or len(past.points) < _SEVERAL:
        return {}
    return past.series(resource_type.name)


def _matrices(ctx: click.Context, moment: Moment, settings: ReportSettings) -> Iterator[TypeMatrix]:
    """The types in all clusters; nothing where there is one cluster only."""
    for each in types_in_use(ctx):
        if each.on_request:
            continue
        matrix = stored_matrix(ctx, each.name, moment, settings.clusters)
        if matrix is None or len(list(matrix.clusters.rows)) < _SEVERAL:
            return
        yield TypeMatrix(each, matrix)
