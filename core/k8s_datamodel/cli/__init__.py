"""The command line: data to stdout, messages to stderr; see ``docs/architecture.md``."""

from __future__ import annotations

import atexit
import errno
import gc
import io
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress

import click

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.cli.commands.completion import VARIABLE
from k8s_datamodel.cli.frame import interrupts, standard_streams
from k8s_datamodel.cli.frame.app import App, NotAFlagError, line, told
from k8s_datamodel.cli.frame.missing import EXIT_FAILED
from k8s_datamodel.cli.params.hosting import PROGRAM
from k8s_datamodel.cli.root import PipeClosedError, Root, reserved

KUBECTL_PROGRAM = "kubectl datamodel"
"""How the command is called when kubectl runs it as its plugin."""

INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""

TERMINATED = 143
"""128 + SIGTERM: a CronJob's deadline, a shutdown."""

PIPE_CLOSED = 141
"""128 + SIGPIPE: the reader of our output has gone."""


def main(arguments: Sequence[str] | None = None, program: str = PROGRAM) -> None:
    """Run the command and end the process with its exit code."""
    interrupts.prepare()
    standard_streams.prepare()
    try:
        code = run(list(sys.argv[1:] if arguments is None else arguments), program)
    except KeyboardInterrupt as another:  # one more, while the first was told
        code = _stopped_by(another)
    interrupts.ignore()
    others = set(threading.enumerate()) - {threading.main_thread()}
    stopped = code in (INTERRUPTED, TERMINATED)
    if stopped or any(not thread.daemon for thread in others):
        # A plugin may leave a thread that never ends, a server one that waits a minute; Python
        # would wait for them. Nor does anybody need the other half of a document.
        atexit._run_exitfuncs()
        with suppress(OSError):
            if not stopped:
                sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def kubectl_main() -> None:
    """The same as ``kubectl datamodel``."""
    main(program=KUBECTL_PROGRAM)


def run(arguments: list[str], program: str = PROGRAM) -> int:
    """Run the command, which usage texts call ``program``; its exit code.

    Only ``--debug`` shows a traceback.
    """
    # What an API gives are trees: to look for cycles among millions of their nodes again and again
    # found none and took a third of the time.
    gc.set_threshold(50_000, 20, 1_000)
    standard_streams.write_utf8()
    try:
        return _run(App(arguments, reserved), arguments, program)
    except NotAFlagError:
        return _run(App(arguments, reserved, as_flags=False), arguments, program)


def _run(app: App, arguments: list[str], program: str) -> int:
    try:
        if mode := os.environ.get(VARIABLE):
            return _complete(app, arguments, mode)
        result = Root().main(arguments, program, obj=app, standalone_mode=False)
        code = app.missing.code()
        standard_streams.flush()
        app.tell_problems()
    except NotAFlagError:
        raise
    except (click.Abort, KeyboardInterrupt) as stop:
        code = _stopped_by(stop.__cause__ or stop)
        app.complain(("terminated" if code == TERMINATED else "interrupted") + app.though_stored)
        return code
    except BaseException as error:  # whatever it is, the user gets one line
        return _told(app, error)
    return result if isinstance(result, int) and result else code


def _stopped_by(interrupt: BaseException) -> int:
    """The exit code of a command that was interrupted."""
    return TERMINATED if isinstance(interrupt, interrupts.Terminated) else INTERRUPTED


def _told(app: App, error: BaseException) -> int:
    """Say what went wrong; the exit code."""
    if isinstance(error, (BrokenPipeError, PipeClosedError)):
        standard_streams.discard("stdout")
        return PIPE_CLOSED
    if isinstance(error, click.ClickException):
        with suppress(DatamodelError):
            app.tell_problems()
        text = io.StringIO()
        error.show(text)
        app.show(text.getvalue().rstrip())
        return error.exit_code
    app.complain_at_length(error)
    if isinstance(error, OSError) and error.strerror and error.errno != errno.EBADF:
        error = told(error)
    app.complain((app.blamed(error) or _line(error)) + app.though_stored)
    with suppress(OSError):
        standard_streams.flush()
    code = error.exit_code if isinstance(error, DatamodelError) else EXIT_FAILED
    return app.missing.no_answer if code == EXIT_FAILED else code


def _line(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno == errno.EBADF and not error.filename:
        return "stdout is closed: there is nowhere to print to"
    return line(error)


def _complete(app: App, arguments: list[str], mode: str) -> int:
    from k8s_datamodel.cli.completing import answer  # noqa: PLC0415 - only shells ask

    return answer(app, arguments, mode)
