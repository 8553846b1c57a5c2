"""Many runs of the command for the price of one start: a process that imported it forks for each.

Each run is a process of its own with its own environment, working directory and streams, as from a
shell; only what Python imports is imported once. ``run`` and ``ok`` are for all tests but those of
what the interpreter does as it starts and ends; these use ``support.command``.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import shutil
import subprocess
import sys
import tempfile
import threading
import traceback
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from support.command import Done

_PACKAGES = ("k8s_datamodel", "k8s_datamodel_plugins")
"""The parent imports all their modules, and so what these need."""

_LATER = ("k8s_datamodel.testing", "k8s_datamodel.templates")
"""Except these: no command imports the first, and the second are no modules yet."""


class Forked:
    """A running parent of runs; a context manager, safe in threads.

    Args:
        folder: for what the runs write to stdout and stderr.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._number = 0
        self._waiting: dict[int, tuple[threading.Event, list[int]]] = {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "support.forked", str(folder)],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()

    def __enter__(self) -> Forked:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._listener.join()
        self._process.stdout.close()
        shutil.rmtree(self._folder)

    def run(self, *arguments: object, stdin: bytes = b"", timeout: float = 300, **env: str) -> Done:
        """As ``command.run``; the environment is the test's, with ``env``."""
        ended, code = threading.Event(), [0]
        with self._lock:
            self._number += 1
            number = self._number
            self._waiting[number] = (ended, code)
            (self._folder / f"{number}.in").write_bytes(stdin)
            words = [str(each) for each in arguments]
            order = [number, str(Path.cwd()), words, {**os.environ, **env}]
            assert self._process.stdin is not None
            print(json.dumps(order), file=self._process.stdin, flush=True)
        assert ended.wait(timeout), f"{arguments} did not end within {timeout} s"
        out, err = ((self._folder / f"{number}.{name}").read_text() for name in ("out", "err"))
        return Done(code[0], out, err)

    def ok(self, *arguments: object, **options: Any) -> Done:
        """The same, when nothing but success is expected."""
        done = self.run(*arguments, **options)
        assert done.code == 0, f"{arguments}: exit code {done.code}\n{done.out}\n{done.err}"
        assert "Traceback" not in done.err
        return done

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            number, status = json.loads(line)
            ended, code = self._waiting.pop(number)
            code.append(code.pop() or status)
            ended.set()


@cache
def shared() -> Forked:
    """The one of this test process; ``stop`` ends it."""
    return Forked(Path(tempfile.mkdtemp(prefix="forked-")))


def stop() -> None:
    """End the shared one, if it was started."""
    if shared.cache_info().currsize:
        shared().__exit__()
        shared.cache_clear()


def run(*arguments: object, **options: Any) -> Done:
    """Run the command by the shared parent, see ``Forked.run``."""
    return shared().run(*arguments, **options)


def ok(*arguments: object, **options: Any) -> Done:
    """The same, when nothing but success is expected."""
    return shared().ok(*arguments, **options)


def _import_all(package: ModuleType) -> None:
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if found.name not in _LATER:
            module = importlib.import_module(found.name)
            if found.ispkg:
                _import_all(module)


def _serve(folder: Path) -> None:
    """Fork for each order on stdin; tell on stdout how each run ended."""
    for name in _PACKAGES:
        _import_all(importlib.import_module(name))
    gc.collect()
    gc.freeze()  # else each run's first collection copies the pages of all that is imported
    told = threading.Lock()
    for line in sys.stdin:
        number, *order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(folder, number, *order)
        threading.Thread(target=_wait, args=(pid, number, told)).start()


def _wait(pid: int, number: int, told: Any) -> None:
    _, status = os.waitpid(pid, 0)
    with told:
        print(json.dumps([number, os.waitstatus_to_exitcode(status)]), flush=True)


def _become(
    folder: Path, number: int, cwd: str, arguments: list[str], environment: dict[str, str]
) -> None:
    """In the child: run the command, and never come back."""
    code = 70
    try:
        os.chdir(cwd)
        os.dup2(os.open(folder / f"{number}.in", os.O_RDONLY), 0)
        for descriptor, name in ((1, "out"), (2, "err")):
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            os.dup2(os.open(folder / f"{number}.{name}", flags, 0o600), descriptor)
        os.environ.clear()
        os.environ.update(environment)
        from k8s_datamodel.cli import run

        code = run(arguments)
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
