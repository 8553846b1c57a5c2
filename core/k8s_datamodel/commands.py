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

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from k8s_datamodel import documents, pipeline
from k8s_datamodel.cli import output as cli_output
from k8s_datamodel.cli.app import App
from k8s_datamodel.cli.inventory import Inventory, inventory
from k8s_datamodel.cli.options import (
    Command,
    OutputFormat,
    allow_incomplete_option,
    output_option,
)
from k8s_datamodel.cli.output import write
from k8s_datamodel.cli.pertype import PerType, skip_flag, skipped
from k8s_datamodel.cli.selection import filter_options, matching
from k8s_datamodel.cli.stored import snapshot_option
from k8s_datamodel.documents import DocumentOptions
from k8s_datamodel.model import LedgerEntry, Section, Table

__all__ = [
    "App",
    "Command",
    "DocumentOptions",
    "Inventory",
    "PerType",
    "allow_incomplete_option",
    "file_option",
    "filter_options",
    "format_of",
    "inventory",
    "kept",
    "ledger_table",
    "matching",
    "output_option",
    "own_output_option",
    "skip_flag",
    "skipped",
    "snapshot_option",
    "write_document",
    "write_listing",
    "write_text",
    "write_value",
]


class OwnOutputFormat(OutputFormat):
    """Name of a registered output format, or one that only this command writes.

    Args:
        own: the name of that one.
    """

    def __init__(self, own: str) -> None:
        self._own = own

    def names(self, ctx: click.Context | None) -> list[str]:
        """The command's own format, then the registered ones."""
        return [self._own, *super().names(ctx)]


def own_output_option(own: str) -> click.Option:
    """``--output`` of a command that has a format of its own; it is the default."""
    return click.Option(
        ["-o", "--output"],
        type=OwnOutputFormat(own),
        default=own,
        show_default=True,
        help=f"Output format: {own}, or as a listing: table, wide, rich, json, yaml, csv.",
    )


def file_option() -> click.Option:
    """``--file``: where to write in place of stdout."""
    return click.Option(["-f", "--file"], help="Write to this file. [default: stdout]")


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


def write_text(chunks: Iterable[str], file: str | None = None) -> None:
    """Write text to stdout, or to a file that appears whole or not at all."""
    cli_output.write_text(chunks, file)


@contextmanager
def kept(ctx: click.Context, found: Inventory, *, redact: bool = True) -> Iterator[Inventory]:
    """A run as a snapshot, in a database of its own that is thrown away; a snapshot as it is.

    For commands that need the whole at once: memory follows the page, not the cluster. What is
    missing is told by ``found``, whose ``end`` is the one to call.
    """
    if found.run is None:
        yield found
        return
    options = pipeline.StoreOptions(redact=redact, full=True)
    with tempfile.TemporaryDirectory(prefix="k8s-datamodel-") as folder:
        app = ctx.ensure_object(App)
        with app.store(create=True, url=str(Path(folder, "inventory.db"))) as store:
            snapshot = pipeline.store(found.run, store, options)
            yield replace(found, run=None, store=store, snapshot=snapshot, passing=True)


def write_document(
    ctx: click.Context,
    output: str,
    whole: Inventory,
    options: DocumentOptions,
    file: str | None = None,
) -> None:
    """Write a snapshot, stored or ``kept``, as the document that ``database export`` writes.

    Raises:
        TypeError: it is neither.
    """
    app = ctx.ensure_object(App)
    if whole.store is None or whole.snapshot is None:
        raise TypeError("a run is no document: see kept")
    document = documents.document(whole.store, whole.snapshot, app.registry.types, options)
    if whole.passing:  # nobody can ask for it by number
        document = replace(document, snapshot={**document.snapshot, "id": None, "created_at": None})
    write(app, output, lambda formatter, out: formatter.document(document, out), file)


def format_of(ctx: click.Context, file: str | None, default: str) -> str:
    """The format that a file's suffix means, or the default."""
    return cli_output.format_of(ctx.ensure_object(App), file, default)


def ledger_table(entries: Iterable[LedgerEntry]) -> Table:
    """Ledger entries as a listing."""
    return Table(documents.LEDGER, [documents.ledger_row(each) for each in entries], "Reads")
