"""The way to stdout or to a file: the format's name becomes a formatter with a stream."""

from __future__ import annotations

import errno
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.base.files import whole_file
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.channels import discard
from k8s_datamodel.cli.frame.spared import spare
from k8s_datamodel.contracts.formatting import Formatter, Output

Write = Callable[[Formatter, Output], None]
"""What to do with a formatter and where it writes."""


def write(app: App, name: str, action: Write, file: str | None = None) -> None:
    """Have a formatter write to stdout, or to a file that appears whole or not at all.

    Args:
        app: for the registry and the settings.
        name: of the format.
        action: calls the formatter.
        file: path; None or ``-`` for stdout.

    Raises:
        UsageError: bytes for a terminal, or a file in a folder that is not there.
    """
    spec = app.registry.formatter(name)
    formatter = app.registry.load_formatter(spec)
    if file not in (None, "-"):
        with output_file(Path(str(file))) as binary:
            _write_to(binary, action, formatter)
        return
    if spec.binary and sys.stdout.isatty():
        raise UsageError(f"{name} is not for a terminal: give --file or redirect it")
    if spec.binary:
        action(formatter, Output(sys.stdout, sys.stdout.buffer))
        return
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    color = width is not None and not (app.settings.no_color or os.environ.get("NO_COLOR"))
    action(formatter, Output(sys.stdout, sys.stdout.buffer, color, width))


def write_text(chunks: Iterable[str], file: str | None = None) -> None:
    """Write text to stdout, or to a file that appears whole or not at all. Raises UsageError."""
    if file in (None, "-"):
        sys.stdout.writelines(chunks)
        return
    with output_file(Path(str(file))) as binary:
        for chunk in chunks:
            binary.write(chunk.encode())


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
        UsageError: it is a file that the user reads, see ``spared``, or there is no such folder.
        DatamodelError: it cannot be written.
    """
    if ctx := click.get_current_context(silent=True):
        spare(ctx.ensure_object(App), path)
    with whole_file(path) as binary:
        yield binary


def format_of(app: App, file: str | None, default: str, own: Sequence[str] = ()) -> str:
    """The format that a file's suffix means; the default without a file or a suffix.

    Args:
        app: for the formats.
        file: where to write; None for stdout.
        default: the format else.
        own: suffixes that mean the default, of a format that only one command writes.

    Raises:
        UsageError: no format has such a suffix.
    """
    suffix = Path(file or "").suffix.lower()
    if suffix in ("", "."):
        return default
    known = {each: spec.name for spec in app.registry.formatters.values() for each in spec.suffixes}
    known.update(dict.fromkeys(own, default))
    if suffix not in known:
        raise UsageError(
            f"{file}: no format has the suffix {suffix}, there are {', '.join(sorted(known))}: "
            "use one of these, or say --output FORMAT"
        )
    return known[suffix]


def _write_to(binary: BinaryIO, action: Write, formatter: Formatter) -> None:
    text = io.TextIOWrapper(binary, encoding="utf-8", newline="\n", write_through=True)
    action(formatter, Output(text, binary))
    text.flush()
    text.detach()
