"""``history`` of any resource type: how one object changed over the snapshots of its cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import click

from k8s_datamodel.base.clock import now
from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.diffs.diff_options import (
    flag,
    hunks,
    line_texts,
    no_pager_option,
    patterns,
    several,
)
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.output import colored, format_of, write_page
from k8s_datamodel.cli.histories.found_things import found_thing
from k8s_datamodel.cli.histories.history_lines import Told, history_lines
from k8s_datamodel.cli.histories.looks import looks_of
from k8s_datamodel.cli.histories.path_values import with_values
from k8s_datamodel.cli.histories.sights import Thing, numbers_of
from k8s_datamodel.cli.histories.stages import Stages
from k8s_datamodel.cli.histories.time_limits import Limits, time_options
from k8s_datamodel.cli.moments.named_snapshots import named_snapshot
from k8s_datamodel.cli.params.candidates import Completed, names_of
from k8s_datamodel.cli.params.options import (
    OutputFormat,
    allow_incomplete_option,
    config_option,
    file_option,
)
from k8s_datamodel.cli.params.snapshot_options import cluster_option
from k8s_datamodel.comparing.sayings import key_text
from k8s_datamodel.comparing.timelines import Sight, Step, steps
from k8s_datamodel.contracts.stores import Store
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import Row
from k8s_datamodel.data.pages import Fields, Page, Pages, Rows, Text
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.reading.stored_moments import of_one_cluster
from k8s_datamodel.types.resource_types import ResourceType

_LINES = ("table", "wide", "rich", "plain")
_SIGHT = (
    Column("snapshot", "integer", show="table"),
    Column("timestamp", show="table"),
    Column("presence", show="table"),
    Column("reason", show="table"),
)
"""Columns of a row for each snapshot, before those of the type that count something."""


@dataclass(frozen=True, slots=True)
class _History:
    """What a command shows."""

    told: Told
    sights: Sequence[Sight]
    steps: Sequence[Step]


def history_command(resource_type: ResourceType) -> click.Command:
    """``history`` of a type."""
    called = f"k8s-datamodel {resource_type.command} history NAME"

    @click.command(
        "history",
        short_help=f"Tell how one {resource_type.singular} changed over the snapshots.",
        help=f"Tell how one {resource_type.singular} changed over the snapshots of its cluster, "
        "the newest change first.\n\nA change lies between two snapshots; what was not read in "
        "between is told as a gap. The cluster is that of the newest snapshot, unless "
        "--cluster-context or --context names one.",
        epilog=f"Example: {called} --path metadata.labels",
    )
    @click.argument(
        "name", type=Completed("name", names_of(resource_type)), metavar="[NAMESPACE/]NAME"
    )
    @several(
        "--path",
        "Since when this field has its value: only what changed it",
        metavar="PATH",
        callback=patterns,
    )
    @time_options
    @flag("--all", "everything", "With noise, such as bookkeeping, and folded fields.")
    @flag("--full", "full", "A YAML hunk for each change.")
    @no_pager_option
    @click.option(
        "-o",
        "--output",
        type=OutputFormat(),
        help="Output format: table (lines for people), json, yaml, or csv: a row for each "
        "snapshot, with its counts. [default: table]",
    )
    @file_option("; its suffix chooses the format")
    @cluster_option()
    @config_option()
    @allow_incomplete_option()
    @click.pass_context
    def command(ctx: click.Context, /, name: str, **given: Any) -> None:
        app = ctx.ensure_object(App)
        output = given["output"] or format_of(ctx, given["file"], "table")
        if given["full"] and output not in _LINES:
            raise UsageError(f"--full is for people: it does not go with -o {output}")
        limits = Limits.of(given, now())
        with app.store() as store:
            found = _history(app, store, resource_type, name, given, limits)
            _write(ctx, found, output, given)
        if any(each.told in ("gap", "unknown") or each.unknown for each in found.steps):
            app.missing.add(f"not all of the history of {found.told.name} is known")

    return command


def _history(
    app: App,
    store: Store,
    resource_type: ResourceType,
    name: str,
    given: Mapping[str, Any],
    limits: Limits,
) -> _History:
    newest = named_snapshot(app, store, "latest", given["cluster_context"])
    past = _past(store, newest)
    identity = found_thing(store, resource_type, past, name, app.settings.namespace)
    looks = looks_of(app, given["config"])
    looks = replace(
        looks, paths=given["path"], everything=given["everything"], objects=given["full"]
    )
    thing = Thing(Stages(store, app.registry.types), resource_type, identity, past, looks)
    sights = thing.sights()
    found = steps(sights, thing.compare)
    if given["path"]:
        found = list(with_values(found, thing, sights))
    told = Told(
        resource_type,
        key_text(dict(zip(resource_type.identity, identity, strict=True))),
        newest.cluster.context,
        looks.rules,
        given["everything"],
        hunks() if given["full"] else None,
    )
    return _History(
        told,
        [each for each in sights if limits.has(each.at.timestamp)],
        [each for each in found if limits.may_have(each)],
    )


def _past(store: Store, newest: Snapshot) -> list[Snapshot]:
    """The snapshots of a snapshot's cluster, the oldest first."""
    return [each for each in store.snapshots() if of_one_cluster(each.cluster, newest.cluster)]


def _write(ctx: click.Context, found: _History, output: str, given: Mapping[str, Any]) -> None:
    app, file, pager = ctx.ensure_object(App), given["file"], not given["no_pager"]
    if output in _LINES:
        lines = history_lines(found.told, found.sights, found.steps)
        page = Page([Text(line_texts(lines, color=colored(app, file)))])
        write_page(ctx, page, "", file, pager=pager)
        return
    if output == "csv":
        numbers = numbers_of(found.told.resource_type)
        counts = [Column(each.key, each.type, show="table") for each in numbers]
        page = Page([Rows((*_SIGHT, *counts), _sight_rows(found.sights), "Snapshots")])
    else:
        page = Page([Pages(Page([Fields(each.document())]) for each in found.steps)])
    write_page(ctx, page, output, file, pager=pager)


def _sight_rows(sights: Sequence[Sight]) -> Iterator[Row]:
    for each in sights:
        why = f"{each.status}: {each.reason}" if each.status else None
        yield {
            "snapshot": each.at.id,
            "timestamp": each.at.timestamp,
            "presence": each.presence,
            "reason": why,
            **each.values,
        }
