"""The history of one thing, as ``history`` shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import click

from k8s_datamodel.cli.diffs.diff_options import LINES, hunks, line_texts
from k8s_datamodel.cli.diffs.diff_rules import looks_of
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.output import colored, write_page
from k8s_datamodel.cli.histories.found_things import found_thing
from k8s_datamodel.cli.histories.history_lines import Subject, history_lines
from k8s_datamodel.cli.histories.path_values import with_values
from k8s_datamodel.cli.histories.sights import Thing, numbers_of
from k8s_datamodel.cli.histories.stages import Stages
from k8s_datamodel.cli.histories.time_limits import Limits
from k8s_datamodel.cli.histories.timelines import Sight, Step, steps
from k8s_datamodel.cli.moments.named_snapshots import named_snapshot
from k8s_datamodel.comparing.sayings import key_text
from k8s_datamodel.contracts.stores import Store
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import Row
from k8s_datamodel.data.pages import Fields, Page, Pages, Rows, Text
from k8s_datamodel.data.snapshots import Snapshot, cluster_text
from k8s_datamodel.reading.stored_moments import cluster_keys
from k8s_datamodel.types.resource_types import ResourceType

_SIGHT = (
    Column("snapshot", "integer", show="table"),
    Column("timestamp", show="table"),
    Column("presence", show="table"),
    Column("reason", show="table"),
)
"""Columns of a row for each snapshot, before those of the type that count something."""


@dataclass(frozen=True, slots=True)
class History:
    """What a command shows.

    Attributes:
        told: of which thing, and how.
        sights: what each snapshot shows of it, the oldest first.
        steps: what happened to it, the newest first.
    """

    told: Subject
    sights: Sequence[Sight]
    steps: Sequence[Step]


def history(
    app: App,
    store: Store,
    resource_type: ResourceType,
    name: str,
    given: Mapping[str, Any],
    limits: Limits,
) -> History | None:
    """The history of the thing that a name means, by the values of the command's options.

    None if nothing that was read has the name, and it is not known that there is none.
    Raises DatamodelError if there is none, SnapshotNotFoundError.
    """
    newest = named_snapshot(app, store, "latest", given["cluster_context"])
    past = _past(store, newest)
    identity = found_thing(app, store, resource_type, past, name, app.settings.namespace)
    if identity is None:
        return None
    looks = looks_of(app, given["config"])
    looks = replace(
        looks, paths=given["path"], everything=given["everything"], objects=given["full"]
    )
    stages = Stages(store, app.registry.types, looks.rules.defined_by)
    thing = Thing(stages, resource_type, identity, past, looks)
    sights = thing.sights()
    found = steps(sights, thing.compare)
    if given["path"]:
        found = list(with_values(found, thing, sights))
        if not any(each.fields or each.unknown for each in found):
            app.say("No snapshot has anything at this --path.")
    told = Subject(
        resource_type,
        key_text(dict(zip(resource_type.identity, identity, strict=True))),
        cluster_text(newest.cluster.context, newest.namespace_filter),
        looks.rules,
        given["everything"],
        hunks() if given["full"] else None,
    )
    return History(
        told,
        [each for each in sights if limits.has(each.at.timestamp)],
        [each for each in found if limits.may_have(each)],
    )


def _past(store: Store, newest: Snapshot) -> list[Snapshot]:
    """The snapshots of a snapshot's cluster, the oldest first."""
    snapshots = store.snapshots()
    key = cluster_keys(snapshots)
    return [each for each in snapshots if key(each.cluster) == key(newest.cluster)]


def write(ctx: click.Context, found: History, output: str, given: Mapping[str, Any]) -> None:
    """Write a history in a format."""
    app, file, pager = ctx.ensure_object(App), given["file"], not given["no_pager"]
    if output in LINES:
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
