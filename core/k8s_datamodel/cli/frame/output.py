"""Write output to stdout or a file with the chosen formatter."""

from __future__ import annotations

import errno
import io
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.base.files import whole_file
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.protected_inputs import protect_inputs
from k8s_datamodel.cli.frame.standard_streams import discard
from k8s_datamodel.contracts.formatting import Output
from k8s_datamodel.data.pages import Page, Text


def write_page(
    ctx: click.Context,
    page: Page,
    output: str = "",
    file: str | None = None,
    *,
    pager: bool = False,
) -> None:
    """Write a page to stdout, or to a file that appears whole or not at all.

    Args:
        ctx: of the command, for the formats.
        page: what to write.
        output: name of the format, ``NAME=ARGUMENT`` of one with an argument; if empty, the page
            is text, which is written as it is.
        file: path; None or ``-`` for stdout.
        pager: on a terminal the user's pager shows it.

    Raises:
        UsageError: bytes for a terminal, or a file in a folder that is not there.
    """
    app = ctx.ensure_object(App)
    name, _, argument = output.partition("=")
    spec = app.registry.formatter(name) if output else None
    formatter = app.registry.load_formatter(spec, argument) if spec else _AsItIs()
    if file not in (None, "-"):
        with output_file(Path(str(file))) as binary:
            text = io.TextIOWrapper(binary, encoding="utf-8", newline="\n", write_through=True)
            formatter.write(page, Output(text, binary))
            text.flush()
            text.detach()
        return
    terminal = sys.stdout.isatty()
    if spec and spec.binary and terminal:
        raise UsageError(f"{output} is not for a terminal: give --file or redirect it")
    width = shutil.get_terminal_size().columns if terminal else None
    color = colored(app)
    if not pager:
        formatter.write(page, Output(sys.stdout, sys.stdout.buffer, color, width, app.say))
        return
    from k8s_datamodel.cli.frame.pagers import paged  # noqa: PLC0415 - few commands page

    with paged() as stream:
        formatter.write(page, Output(stream, stream.buffer, color, width, app.say))


def colored(app: App, file: str | None = None) -> bool:
    """Whether what is written to stdout, or to a file, may have colour."""
    if file not in (None, "-") or not sys.stdout.isatty():
        return False
    return not (app.settings.no_color or os.environ.get("NO_COLOR"))


def needs_objects(ctx: click.Context, output: str) -> bool:
    """Whether a format writes of complete objects; False for one that only a command knows."""
    spec = ctx.ensure_object(App).registry.formatters.get(output.partition("=")[0])
    return spec is not None and spec.objects


class _AsItIs:
    """A formatter of texts."""

    def write(self, page: Page, output: Output) -> None:
        """Write the texts of a page."""
        for block in page.of(Text):
            output.text.writelines(block.chunks)


@contextmanager
def though_nobody_reads(app: App) -> Iterator[None]:
    """Write what a command prints that has stored: its exit code tells what it stored.

    A closed stdout, or a reader that went away, does not change that.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.EBADF):
            raise
        discard("stdout")
        if error.errno == errno.EBADF:
            app.complain("stdout is closed: what was to be printed is lost")


@contextmanager
def output_file(path: Path) -> Iterator[BinaryIO]:
    """A stream to a file that the user named, see ``files.whole_file``.

    Raises:
        UsageError: it is a file that the user reads, see ``protected_inputs``, or there is no
            such folder.
        DatamodelError: it cannot be written.
    """
    if ctx := click.get_current_context(silent=True):
        protect_inputs(ctx.ensure_object(App), path)
    with whole_file(path) as binary:
        yield binary


def format_of(ctx: click.Context, file: str | None, default: str, own: Sequence[str] = ()) -> str:
    """The format that a file's suffix means; the default without a file or a suffix.

    Args:
        ctx: of the command, for the formats.
        file: where to write; None for stdout.
        default: the format else.
        own: suffixes that mean the default, of a format that only one command writes.

    Raises:
        UsageError: no format has such a suffix.
    """
    suffix = Path(file or "").suffix.lower()
    if suffix in ("", "."):
        return default
    formatters = ctx.ensure_object(App).registry.formatters
    by_suffix = {each: spec.name for spec in formatters.values() for each in spec.suffixes}
    by_suffix.update(dict.fromkeys(own, default))
    if suffix not in by_suffix:
        raise UsageError(
            f"{file}: no format has the suffix {suffix}, there are {', '.join(sorted(by_suffix))}: "
            "use one of these, or say --output FORMAT"
        )
    return by_suffix[suffix]
