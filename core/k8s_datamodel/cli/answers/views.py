"""Views of ``get``: what a resource type can make of one of its records, chosen by a flag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from k8s_datamodel.base.errors import PluginError, UsageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.filters import keyword
from k8s_datamodel.data.objects import Row
from k8s_datamodel.types.listings import Table
from k8s_datamodel.types.resource_types import ResourceType, View, ViewOption

Show = Callable[[Row], Table]
"""Makes a listing of a record."""


def view_options(resource_type: ResourceType) -> list[click.Parameter]:
    """A flag for each view, and the options it takes."""
    options: list[click.Parameter] = []
    for view in resource_type.views:
        options.append(click.Option([f"--{view.name}"], is_flag=True, help=view.description))
        options += [_option(view, option) for option in view.options]
    return options


def _option(view: View, option: ViewOption) -> click.Option:
    note = f"With --{view.name}: {option.description}"
    if option.type == "flag":
        return click.Option([f"--{option.name}"], is_flag=True, help=note)
    kind = click.IntRange(min=0) if option.type == "integer" else click.STRING
    return click.Option([f"--{option.name}"], type=kind, help=note)


def chosen_view(app: App, resource_type: ResourceType, given: Mapping[str, Any]) -> Show | None:
    """The view whose flag was given, with its options; None for the record itself.

    Raises:
        UsageError: two views, or an option whose view is not chosen.
        PluginError: the view cannot be loaded.
    """
    chosen = [view for view in resource_type.views if given[keyword(view.name)]]
    if len(chosen) > 1:
        raise UsageError(f"give one of {', '.join(f'--{view.name}' for view in chosen)}")
    for view in resource_type.views:
        for option in view.options:
            if view not in chosen and given[keyword(option.name)] not in (None, False):
                raise UsageError(f"--{option.name} goes with --{view.name}")
    return _show(app, resource_type, chosen[0], given) if chosen else None


def _show(app: App, resource_type: ResourceType, view: View, given: Mapping[str, Any]) -> Show:
    target = app.registry.load_view(resource_type, view)
    keywords = {keyword(each.name): given[keyword(each.name)] for each in view.options}

    def show(row: Row) -> Table:
        table = target(row, **keywords)
        if not isinstance(table, Table):
            raise PluginError(f"view {view.name}: {view.target} gave {type(table).__name__}")
        return table

    return show
