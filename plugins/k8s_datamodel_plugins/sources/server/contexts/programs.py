"""Run another program with limits on time and output, and never leave it behind."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

_CHUNK = 1 << 16
_STDOUT_BYTES = 1 << 20
_STDERR_BYTES = 1 << 16


class ProgramError(Exception):
    """A program that was stopped; the message says why."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a program: its exit code, below zero for a signal, and what it printed.

    ``err`` is the end of its stderr; empty if that went to the terminal.
    """

    code: int
    out: bytes
    err: bytes


def run(
    command: Sequence[str], environ: Mapping[str, str], seconds: float, *, interactive: bool
) -> Ended:
    """Run a program to its end; an interactive one gets our stdin and stderr, and no time limit.

    Raises OSError if it cannot be started, and ProgramError if it takes too long or prints too
    much.
    """
    with subprocess.Popen(  # noqa: S603 - the kubeconfig names it, as for kubectl
        command,
        stdin=None if interactive else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=None if interactive else subprocess.PIPE,
        env=environ,
        start_new_session=not interactive,
    ) as process:
        try:
            said = _said(process, None if interactive else time.monotonic() + seconds)
        except BaseException:
            with suppress(ProcessLookupError):
                if interactive:
                    process.kill()
                else:
                    os.killpg(process.pid, signal.SIGKILL)  # and whatever it started
            raise
    return Ended(process.returncode, *said)


def _said(process: subprocess.Popen[bytes], end: float | None) -> tuple[bytes, bytes]:
    """Its stdout and stderr, after it has ended."""
    out, err = bytearray(), bytearray()
    with selectors.DefaultSelector() as selector:
        for stream, into in ((process.stdout, out), (process.stderr, err)):
            if stream is not None:
                selector.register(stream, selectors.EVENT_READ, into)
        while selector.get_map():
            for key, _ in selector.select(_left(end)):
                if piece := os.read(key.fd, _CHUNK):
                    key.data.extend(piece)
                else:
                    selector.unregister(key.fileobj)
            if len(out) > _STDOUT_BYTES:
                raise ProgramError(f"printed more than {_STDOUT_BYTES >> 20} MiB")
            del err[:-_STDERR_BYTES]
    try:
        process.wait(_left(end))
    except subprocess.TimeoutExpired:
        raise ProgramError("did not end in time") from None
    return bytes(out), bytes(err)


def _left(end: float | None) -> float | None:
    if end is None:
        return None
    if (left := end - time.monotonic()) <= 0:
        raise ProgramError("did not end in time")
    return left
