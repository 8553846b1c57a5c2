"""Summarise a stored moment by what the types of all plugins add."""

from __future__ import annotations

from collections.abc import Sequence

import click

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.cli.frame.app import App, line
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.snapshot_summaries import Part, Summary, parts, summarise
from k8s_datamodel.reading.stored_moments import StoredMoment
from k8s_datamodel.types.resource_types import ResourceType


def summary_of(ctx: click.Context, moment: Moment, before: Moment | None) -> Summary:
    """What ``database summary`` says of a moment.

    Args:
        ctx: of the command.
        moment: that a store holds.
        before: the one before it, against which is told what is new; None for none.

    Raises:
        TypeError: a moment is not in a store.
    """
    if not isinstance(moment, StoredMoment) or not isinstance(before, StoredMoment | None):
        raise TypeError("only moments that are stored are summarised")
    app = ctx.ensure_object(App)
    return summarise(moment, before, lambda each: _parts(app, each, moment))


def _parts(app: App, resource_type: ResourceType, moment: Moment) -> Sequence[Part]:
    """What a type adds; a fault of its function is told, and keeps nothing else from the page."""
    if not resource_type.summary:
        return ()
    try:
        function = app.registry.load_function(resource_type, resource_type.summary)
        return parts(function, moment)
    except (KeyboardInterrupt, DatamodelError, OSError):
        raise
    except BaseException as error:  # a plugin may raise anything
        app.complain_at_length(error)
        app.complain(f"no summary of {resource_type.plural}: {app.blamed(error) or line(error)}")
        app.missing.failed = True
        return ()
