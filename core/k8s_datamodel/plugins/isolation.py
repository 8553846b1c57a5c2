"""Running code of plugins so that what goes wrong in it stays in it.

A plugin is ordinary Python in our process: this guards against carelessness (prints, a changed
working directory, an exit at import), not against malice, which no Python process can.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import pluggy

from k8s_datamodel.types.foreign_texts import Fault, FaultError, one_line

_OURS = (f"{Path(__file__).parents[1]}{os.sep}", f"{Path(pluggy.__file__).parent}{os.sep}", "<")
_PYTHON = f"{Path(os.__file__).parent}{os.sep}"
_T = TypeVar("_T")


def fault_of(error: BaseException) -> Fault:
    """What an exception of a plugin's says, and the line of the plugin that led to it."""
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


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _put_handler(number: int, handler: Any) -> None:
    if handler is not None:  # None: it was not set by Python, which then cannot set it again
        signal.signal(number, handler)


def _put_stderr(before: Any) -> None:
    if not before.closed:  # else it was opened again
        sys.stderr = before


def _put_environment(before: Mapping[str, str]) -> None:
    for name in set(os.environ) - set(before):
        del os.environ[name]
    os.environ.update(before)


_PROCESS: tuple[tuple[str, Callable[[], Any], Callable[[Any], Any]], ...] = (
    ("the working directory", os.getcwd, os.chdir),
    ("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
    ("the umask", _umask, os.umask),
    ("the environment", lambda: dict(os.environ), _put_environment),
    ("sys.stderr", lambda: sys.stderr, _put_stderr),
    ("sys.excepthook", lambda: sys.excepthook, partial(setattr, sys, "excepthook")),
    *(
        (f"the handler of {name}", partial(signal.getsignal, number), partial(_put_handler, number))
        for name, number in (("SIGINT", signal.SIGINT), ("SIGTERM", signal.SIGTERM))
    ),
)

_BEFORE: list[Sequence[Any]] = []  # of the blocks that the main thread is in
_PUTTING = threading.Lock()


@contextlib.contextmanager
def isolated() -> Iterator[list[str]]:
    """Run foreign code: what it prints goes to stderr, what it changes of the process is undone.

    Exceptions pass. The streams are the main thread's business: before it waits for threads that
    run foreign code, it enters this itself. Each of those then only puts back what it finds
    changed, whoever did it; until then the others see the change.

    Yields:
        A list that, after the block, names what was put back.
    """
    changed: list[str] = []
    if threading.current_thread() is not threading.main_thread():
        try:
            yield changed
        finally:
            with _PUTTING:
                for before in _BEFORE[:1]:
                    _put_back(before, changed)
        return
    before = [_get(get) for _, get, _ in _PROCESS]
    _BEFORE.append(before)
    try:
        with _open_streams(changed), _no_stdin(), _stdout_to_stderr():
            yield changed
    finally:
        _BEFORE.pop()
        _put_back(before, changed)


def _put_back(before: Sequence[Any], changed: list[str]) -> None:
    for (what, get, put), value in zip(_PROCESS, before, strict=True):
        if value is not None and _get(get) != value:
            changed.append(what)
            with contextlib.suppress(OSError, ValueError, TypeError):
                put(value)


def guarded(start: Callable[[], Iterable[_T]], at_once: int) -> Iterator[_T]:
    """Go through something foreign, isolated, so many of it at once as make that cheap.

    Args:
        start: gives it.
        at_once: how many.

    Raises:
        BaseException: whatever it raises, after all that came before; KeyboardInterrupt at once.
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


def _get(get: Callable[[], Any]) -> Any:
    try:
        return get()
    except OSError:  # the working directory may have been removed
        return None


@contextlib.contextmanager
def _no_stdin() -> Iterator[None]:
    # Who asks a question on import gets an end of file, and does not eat what `--source -` reads.
    stdin = sys.stdin
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        sys.stdin = nothing
        try:
            yield
        finally:
            sys.stdin = stdin


class _Talk(io.TextIOBase):
    """What stands for stdout: it writes to stderr, and cannot be closed."""

    def __init__(self) -> None:
        self._stderr = sys.stderr

    @property
    def buffer(self) -> Any:
        return self._stderr.buffer

    def write(self, text: str) -> int:
        return self._stderr.write(text)

    def flush(self) -> None:
        self._stderr.flush()

    def close(self) -> None:
        """Stay open: the stream is the host's."""


@contextlib.contextmanager
def _open_streams(changed: list[str]) -> Iterator[None]:
    """What of stdout and stderr is closed is opened again."""
    numbers = {"stdout": 1, "stderr": 2}
    with contextlib.ExitStack() as undo:
        kept = {}
        for name, number in numbers.items():
            with contextlib.suppress(OSError):  # it may have been closed from the start
                kept[name] = os.dup(number)
                undo.callback(os.close, kept[name])
        try:
            yield
        finally:
            for name, copy in kept.items():
                _reopen(name, numbers[name], copy, changed)


def _reopen(name: str, number: int, copy: int, changed: list[str]) -> None:
    original = getattr(sys, f"__{name}__")
    closed = original is not None and original.closed
    if closed or not _same(number, copy):
        changed.append(name)
        os.dup2(copy, number)
    if not closed:
        return
    stream = open(number, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if getattr(sys, name) is original:
        setattr(sys, name, stream)
    setattr(sys, f"__{name}__", stream)


def _same(number: int, copy: int) -> bool:
    try:
        return os.path.sameopenfile(number, copy)
    except OSError:  # it is closed
        return False


@contextlib.contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    with contextlib.redirect_stdout(_Talk()), contextlib.ExitStack() as undo:
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
