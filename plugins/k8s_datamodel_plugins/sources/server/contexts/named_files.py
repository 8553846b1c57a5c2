"""Read files that a user or kubeconfig names, bounded in size and without blocking."""

from __future__ import annotations

import os
import select
from pathlib import Path

from k8s_datamodel.api import SourceError

_CHUNK = 1 << 20
_WAIT_SECONDS = 10.0


def read(path: str | Path, what: str, limit: int) -> bytes:
    """The content of a file of at most ``limit`` bytes; ``what`` names it in messages.

    Pipes are read as well, because shells pass them (``--kubeconfig <(...)``). Raises OSError if it
    cannot be read, and SourceError if it is larger, or a pipe without a writer.
    """
    name = f"{what} {path}"
    content = bytearray()
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        while piece := _piece(descriptor, name):
            content += piece
            if len(content) > limit:
                raise SourceError(f"{name} has no end, or more than {limit >> 20} MiB")
    finally:
        os.close(descriptor)
    return bytes(content)


def _piece(descriptor: int, name: str) -> bytes:
    try:
        return os.read(descriptor, _CHUNK)
    except BlockingIOError:
        if not select.select([descriptor], [], [], _WAIT_SECONDS)[0]:
            raise SourceError(f"{name} is a pipe into which nobody writes") from None
    return _piece(descriptor, name)
