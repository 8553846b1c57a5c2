"""Write new tokens into a kubeconfig without changing anything else.

kubectl and this command may run at the same time, so both use client-go's lock: a file
``FILE.lock`` that only one process can create (tools/clientcmd/loader.go, lockFile).
"""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from k8s_datamodel.api import DatamodelError, SourceError, whole_file
from k8s_datamodel_plugins.sources.server.contexts.merging import Entry, read_files
from k8s_datamodel_plugins.sources.server.oidc import kubeconfig_edits

# kubectl holds it for some milliseconds.
_WAIT_SECONDS = 2.0
_PAUSE_SECONDS = 0.02

_writing = threading.Lock()


class NotKeptError(Exception):
    """The file stays as it is; the message says why, without any value from it."""


def keep(user: Entry, used: Mapping[str, str], changed: Mapping[str, str]) -> None:
    """Replace values in the config of a user's ``auth-provider``, in the file that defines it.

    If the file has another refresh token than ``used``, it is left alone: another program has
    renewed it. Raises NotKeptError if the file cannot be changed safely.
    """
    if user.file is None:
        raise NotKeptError("the kubeconfig is not a file")
    path = Path(user.file)
    try:
        with _writing, _locked(path):
            _replace(path, user.name, used, changed)
    except OSError as error:
        raise NotKeptError(f"{path}: {(error.strerror or 'it is not a file').lower()}") from None


def _replace(path: Path, name: str, used: Mapping[str, str], changed: Mapping[str, str]) -> None:
    target = Path(os.path.realpath(path))
    status = target.stat()
    if not stat.S_ISREG(status.st_mode):
        raise NotKeptError(f"{path} is not a regular file")
    if not (status.st_mode & stat.S_IWUSR and os.access(target, os.W_OK)):
        raise NotKeptError(f"{path} is read-only")
    if _refresh_token(path, name) != used.get("refresh-token"):
        return
    try:
        text = kubeconfig_edits.replaced(target.read_bytes(), name, changed)
    except kubeconfig_edits.UnsureError as error:
        raise NotKeptError(f"{path} cannot be changed without a doubt: {error}") from None
    try:
        with whole_file(path) as file:
            file.write(text)
    except DatamodelError as error:
        raise NotKeptError(str(error)) from None


def _refresh_token(path: Path, name: str) -> str | None:
    try:
        user = read_files([str(path)]).users.get(name)
    except SourceError as error:
        raise NotKeptError(str(error)) from None
    if user is None:
        raise NotKeptError(f"{path} has no user {name!r} any more")
    token: str | None = user.value.get("auth-provider", {}).get("config", {}).get("refresh-token")
    return token


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold client-go's lock of a file and of its target."""
    with ExitStack() as locks:
        for each in sorted({str(path.absolute()), os.path.realpath(path)}):
            locks.enter_context(_lock(Path(f"{each}.lock")))
        yield


@contextmanager
def _lock(lock: Path) -> Iterator[None]:
    end = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL, 0))
            break
        except FileExistsError:
            if time.monotonic() > end:
                raise NotKeptError(
                    f"{lock} exists, so another program is changing the file; if none is, remove it"
                ) from None
            time.sleep(_PAUSE_SECONDS)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            lock.unlink()
