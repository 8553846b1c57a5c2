"""Ctrl-C and SIGTERM: both end a command by an exception, whatever it is doing."""

from __future__ import annotations

import signal
import sys
import threading
import time
from types import FrameType

_SOON_SECONDS = 0.02


class Terminated(KeyboardInterrupt):
    """SIGTERM, which ends the command as Ctrl-C does."""


def prepare() -> None:
    """Have SIGTERM end the command by an exception, unless whoever started us ignores it.

    Without a handler it would leave temporary files; and process 1 of a container ignores it.
    """
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminate)


def ignore() -> None:
    """Let no further one break off what removes temporary files: the command has ended."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)


def repeat(interrupt: KeyboardInterrupt) -> None:
    """Raise an interrupt again in a moment: it came where Python drops exceptions.

    Python drops those that are raised while it frees an object.
    """
    number = signal.SIGTERM if isinstance(interrupt, Terminated) else signal.SIGINT
    threading.Thread(target=_raise_soon, args=(number,), daemon=True).start()


def _raise_soon(number: signal.Signals) -> None:
    time.sleep(_SOON_SECONDS)
    if sys.platform == "win32":
        signal.raise_signal(number)
    else:  # only a signal of its own wakes a thread that waits
        signal.pthread_kill(threading.main_thread().ident or 0, number)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated
