"""The way to stdout or to a file: the format's name becomes a formatter with a stream."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from k8s_datamodel.cli.app import App
from k8s_datamodel.contracts import Formatter, Output
from k8s_datamodel.errors import UsageError

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
        with _whole_file(Path(str(file))) as binary:
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
    with _whole_file(Path(str(file))) as binary:
        for chunk in chunks:
            binary.write(chunk.encode())


def format_of(app: App, file: str | None, default: str) -> str:
    """The format that a file's suffix means, or the default."""
    suffix = Path(file or "").suffix.lower()
    for name, spec in app.registry.formatters.items():
        if suffix and suffix in spec.suffixes:
            return name
    return default


def _write_to(binary: BinaryIO, action: Write, formatter: Formatter) -> None:
    text = io.TextIOWrapper(binary, encoding="utf-8", newline="\n", write_through=True)
    action(formatter, Output(text, binary))
    text.flush()
    text.detach()


@contextmanager
def _whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its name only when everything is in it. Devices are written to as they are.

    It is readable by its owner alone, as snapshots tell what a cluster runs; a file that was
    there keeps its permissions.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as device:
            yield device
        return
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}")
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        os.replace(temporary, path)  # noqa: PTH105
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
