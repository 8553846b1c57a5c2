"""Write to stdout and stderr, which may be closed, full, or unread."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress

import click


def prepare() -> None:
    """See that both streams are there, and that no other file gets their numbers.

    A shell closes one with ``>&-``; the next file that is opened, a database or a connection, would
    get its number, and with it what is printed. What is written to a closed stdout fails.
    """
    for number, flags in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # takes the lowest number that is free: this one
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115


def write_utf8() -> None:
    """Documents are UTF-8 whatever the locale says; what a terminal cannot show is escaped."""
    for stream, errors in ((sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def talk(text: str) -> None:
    """Write a line to stderr; that nobody reads it is no failure.

    A name in it, such as that of a context, may have what a terminal would obey: it is escaped.
    """
    try:
        click.echo(text if text.isprintable() else "".join(map(_escaped, text)), err=True)
    except (OSError, ValueError):
        discard("stderr")


def _escaped(letter: str) -> str:
    if letter.isprintable() or letter in "\n\t":
        return letter
    return letter.encode("unicode_escape").decode("ascii")


def discard(name: str) -> None:
    """Have what is still to be written to a stream go nowhere, so that the last flush succeeds."""
    nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    # Python flushes the stream that stood there once more, and from 3.13 on says that it failed.
    with suppress(AttributeError, OSError, ValueError):
        os.dup2(nowhere.fileno(), getattr(sys, name).fileno())
    setattr(sys, name, nowhere)


def flush() -> None:
    """Write what waits for stdout. Raises OSError, and then the interpreter does not try again."""
    try:
        sys.stdout.flush()
    except OSError:
        discard("stdout")
        raise
