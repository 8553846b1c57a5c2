"""The public API for plugins that add commands; apart from ``api`` because it imports click.

A command is named by a ``CommandSpec`` and imported when it is run::

    @click.pass_context
    def run(ctx, output, snapshot, allow_incomplete):
        with inventory(ctx, ["crds"], snapshot) as found:
            rows = [row for _, row in found.rows(specs=False)]
            table = Table(COLUMNS, rows, "Groups")
            write_listing(ctx, output, table)
            found.end(ctx, allow_incomplete=allow_incomplete)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from k8s_datamodel.cli.app import App
from k8s_datamodel.cli.inventory import Inventory, inventory
from k8s_datamodel.cli.options import Command, allow_incomplete_option, output_option
from k8s_datamodel.cli.output import write
from k8s_datamodel.cli.stored import snapshot_option
from k8s_datamodel.model import Section, Table

__all__ = [
    "App",
    "Command",
    "Inventory",
    "allow_incomplete_option",
    "inventory",
    "output_option",
    "snapshot_option",
    "write_listing",
    "write_value",
]


def write_listing(
    ctx: click.Context, output: str, listing: Table | Section, file: str | None = None
) -> None:
    """Write rows in a format, to stdout or to a file."""
    app = ctx.ensure_object(App)
    write(app, output, lambda formatter, out: formatter.listing(listing, out), file)


def write_value(
    ctx: click.Context, output: str, value: Mapping[str, Any], file: str | None = None
) -> None:
    """Write a mapping in a format, to stdout or to a file."""
    app = ctx.ensure_object(App)
    write(app, output, lambda formatter, out: formatter.value(value, out), file)
