"""The rows of a moment with all their columns, also with those that are derived."""

from __future__ import annotations

from collections.abc import Sequence

import click

from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.rows.selecting import Selection, select
from k8s_datamodel.data.objects import Row
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.types.resource_types import ResourceType


def full_rows(
    ctx: click.Context, moment: Moment, type_name: str
) -> tuple[ResourceType, Sequence[Row]]:
    """A type with its derived columns behind its own, and its rows with their values.

    The values come from other types of the moment and from earlier snapshots of its cluster. The
    rows are without the complete objects, and as ``list`` orders them.

    Args:
        ctx: of the command, for the global options.
        moment: with the rows of all types that the derived columns need.
        type_name: of whose rows.

    Raises:
        PluginError: what derives the columns cannot be had.
    """
    app = ctx.ensure_object(App)
    resource_type = app.registry.type(type_name)
    selection = Selection(resource_type, lambda row: True, derived=resource_type.derived)
    return selection.shown, select(app, selection, moment).rows
