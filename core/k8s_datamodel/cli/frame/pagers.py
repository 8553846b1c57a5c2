"""Show what is longer than the screen with the user's pager, as git does."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TextIO

VARIABLES = ("K8S_DATAMODEL_PAGER", "PAGER")
"""Environment variables with the pager's command, the first that is set; ``cat`` means none."""

_USUAL = "less"
_PLAIN = re.compile(r"[A-Za-z0-9_./+-]+")
_SETTINGS = {"LESS": "FRX", "LV": "-c"}  # as git: leave where all fits, with colour, no clearing


def pager(environment: Mapping[str, str]) -> str:
    """The command of the pager; empty for none, and for one that is not there."""
    found = next((environment[name] for name in VARIABLES if name in environment), None)
    if found is None:
        return _USUAL if shutil.which(_USUAL, path=environment.get("PATH")) else ""
    if found.strip() in ("", "cat") or _is_missing(found, environment.get("PATH")):
        return ""
    return found


def _is_missing(command: str, path: str | None) -> bool:
    """Whether it is a plain command, nothing for a shell only, that is not there to be run."""
    words = command.split()
    return _PLAIN.fullmatch(words[0]) is not None and shutil.which(words[0], path=path) is None


@contextmanager
def paged() -> Iterator[TextIO]:
    """A stream to the pager, or stdout where that is no terminal or no pager is wanted.

    Whoever leaves the pager early has seen enough: what is still to be written is lost.
    """
    command = pager(os.environ) if sys.stdout.isatty() else ""
    if not command:
        yield sys.stdout
        return
    sys.stdout.flush()
    environment = {**_SETTINGS, **os.environ}
    # The user's own command, with its options, as git takes it.
    with subprocess.Popen(command, shell=True, stdin=subprocess.PIPE, env=environment) as process:  # noqa: S602
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        text = io.TextIOWrapper(process.stdin, encoding="utf-8", errors="replace", newline="\n")
        try:
            with suppress(BrokenPipeError):
                yield text
                text.flush()
        finally:
            with suppress(OSError, ValueError):
                text.close()
