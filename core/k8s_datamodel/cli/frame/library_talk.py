"""What Python and libraries would write to stderr themselves; only ``--debug`` shows it.

These are log records that nobody handles, warnings, and exceptions that nobody can catch: of
threads, and of objects that are freed. Some have tracebacks, and any may hold a credential.
"""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from dataclasses import dataclass
from typing import TextIO

from k8s_datamodel.cli.frame import interrupts
from k8s_datamodel.cli.frame.app import App, line


def take_over(app: App) -> None:
    """Have it go through ``app`` until the process ends.

    Who adds a handler to a logger gets its records: only those that no handler takes are meant.
    Who gives ``-W`` or ``PYTHONWARNINGS`` gets the warnings.
    """
    logging.lastResort = _Unhandled(app)
    lost = _Lost(app)
    sys.unraisablehook = lost.of_an_object
    threading.excepthook = lost.of_a_thread
    if not sys.warnoptions:
        warnings.showwarning = lost.warning


class _Unhandled(logging.Handler):
    """Takes the log records that no other handler takes."""

    def __init__(self, app: App) -> None:
        super().__init__(logging.WARNING)
        self._app = app

    def emit(self, record: logging.LogRecord) -> None:
        """Show a record to those who debug."""
        if self._app.settings.debug:
            try:
                text = self.format(record)
            except Exception:
                text = str(record.msg)
            self._app.tell_developers(f"{record.name}: {text}")


@dataclass(frozen=True, slots=True)
class _Lost:
    """Takes warnings, and exceptions that no caller gets."""

    app: App

    def warning(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        text = warnings.formatwarning(message, category, filename, lineno, line)
        self.app.tell_developers(text.rstrip())

    def of_an_object(self, unraisable: sys.UnraisableHookArgs) -> None:
        error = unraisable.exc_value
        if isinstance(error, KeyboardInterrupt):
            interrupts.repeat(error)
        elif error is not None:
            self.app.complain_at_length(error)

    def of_a_thread(self, args: threading.ExceptHookArgs) -> None:
        error = args.exc_value
        if error is not None and not isinstance(error, SystemExit):
            self.app.complain_at_length(error)
            self.app.complain(self.app.blamed(error) or line(error))
