"""Summarise a stored moment by what the types of all plugins add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.cli.frame.app import App, line
from k8s_datamodel.data.summaries import Breakdown, Concern
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.snapshot_summaries import Part, Summary, parts, summarise
from k8s_datamodel.reading.stored_moments import StoredMoment
from k8s_datamodel.types.resource_types import ResourceType


@dataclass(frozen=True, slots=True)
class TypeSummary:
    """What is said of the records of one type. Fields may be added.

    Attributes:
        count: how many there are; None where it is not known, as all others.
        before: how many the moment before has.
        new: records that it does not have.
        gone: records that only it has.
        breakdowns: what the type counts of its records.
        concerns: what needs attention.
    """

    count: int | None
    before: int | None = None
    new: int | None = None
    gone: int | None = None
    breakdowns: Sequence[Breakdown] = ()
    concerns: Sequence[Concern] = ()


def type_summaries(
    ctx: click.Context, moment: Moment, before: Moment | None
) -> Mapping[str, TypeSummary]:
    """What ``database summary`` says of the types that a moment is about, by name.

    Args:
        ctx: of the command.
        moment: that a store holds.
        before: the one before it, against which is told what is new; None for none.

    Raises:
        TypeError: a moment is not in a store.
    """
    if not isinstance(moment, StoredMoment) or not isinstance(before, StoredMoment | None):
        raise TypeError("only moments that are stored are summarised")
    found = summarised(ctx.ensure_object(App), moment, before)
    return {
        name: TypeSummary(
            amount.count,
            amount.before,
            amount.new,
            amount.gone,
            [each for each in found.parts.get(name, ()) if isinstance(each, Breakdown)],
            [each for each in found.parts.get(name, ()) if isinstance(each, Concern)],
        )
        for name, amount in found.amounts.items()
    }


def summarised(app: App, moment: StoredMoment, before: StoredMoment | None) -> Summary:
    """The summary of a moment, with what types add to it."""
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
