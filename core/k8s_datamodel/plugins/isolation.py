"""Run the code of plugins and keep its faults there.

A plugin is ordinary Python in our process. This guards against carelessness (prints, a changed
working directory, an exit at import), not against malice.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import pluggy

from k8s_datamodel.types.foreign_texts import Fault, FaultError, one_line

_OURS = (f"{Path(__file__).parents[1]}{os.sep}", f"{Path(pluggy.__file__).parent}{os.sep}", "<")
_PYTHON = f"{Path(os.__file__).parent}{os.sep}"
_T = TypeVar("_T")


def fault_of(error: BaseException) -> Fault:
    """The message of a plugin's exception, and the line of the plugin that led to it."""
    if isinstance(error, FaultError):
        return error.fault
    try:
        text = str(error)
    except Exception:  # an exception may come with a broken __str__
        text = "(its message cannot be shown)"
    reason = one_line(f"{type(error).__name__}: {text}" if text else type(error).__name__)
    if isinstance(error, SyntaxError) and error.filename:
        return Fault(one_line(f"{type(error).__name__}: {error.msg}"), error.filename, error.lineno)
    return Fault(reason, *_place(error.__traceback__))


def _place(traceback: TracebackType | None) -> tuple[str, int | None]:
    """The innermost line that is neither Python's own nor ours."""
    place: tuple[str, int | None] = ("", None)
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        pythons = file.startswith(_PYTHON) and "site-packages" not in file
        if not pythons and not file.startswith(_OURS):
            place = (file, traceback.tb_lineno)
        traceback = traceback.tb_next
    return place


_STARTED_IN: list[str] = []  # the working directory, by the blocks that the main thread is in


@contextlib.contextmanager
def isolated() -> Iterator[None]:
    """Run foreign code: its prints go to stderr, and the working directory is put back.

    Exceptions pass. Only the main thread redirects the streams: before it waits for threads that
    run foreign code, it enters this itself. A thread puts back the main thread's directory.
    """
    if threading.current_thread() is not threading.main_thread():
        try:
            yield
        finally:
            _go_back()
        return
    _STARTED_IN.append(_directory())
    try:
        with _no_stdin(), _stdout_to_stderr():
            yield
    finally:
        _go_back()
        _STARTED_IN.pop()


def _directory() -> str:
    try:
        return str(Path.cwd())
    except OSError:  # it may have been removed
        return ""


def _go_back() -> None:
    with contextlib.suppress(OSError, IndexError):
        os.chdir(_STARTED_IN[-1])


def guarded(start: Callable[[], Iterable[_T]], at_once: int) -> Iterator[_T]:
    """Iterate over something foreign, isolated, so many items at a time that entering is cheap.

    Raises what the iterable raises, after the items that came before; KeyboardInterrupt at once.
    """
    iterator: Iterator[_T] | None = None
    fault: BaseException | None = None
    whole = True
    while whole and fault is None:
        taken: list[_T] = []
        try:
            with isolated():
                iterator = iterator or iter(start())
                taken.extend(islice(iterator, at_once))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a plugin may raise anything
            fault = error
        whole = len(taken) == at_once
        yield from taken
    if fault is not None:
        raise fault


@contextlib.contextmanager
def _no_stdin() -> Iterator[None]:
    # A question on import gets an end of file, and does not eat what `--source -` reads.
    stdin = sys.stdin
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        sys.stdin = nothing
        try:
            yield
        finally:
            sys.stdin = stdin


@contextlib.contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    with contextlib.redirect_stdout(sys.stderr), contextlib.ExitStack() as undo:
        # Programs that a plugin starts write to the descriptor, whatever sys.stdout is.
        with contextlib.suppress(OSError):
            _flush()
            kept = os.dup(1)
            undo.callback(os.close, kept)
            os.dup2(2, 1)
            undo.callback(os.dup2, kept, 1)
            undo.callback(_flush)
        yield


def _flush() -> None:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.__stdout__.flush()  # type: ignore[union-attr]  # None without a console
