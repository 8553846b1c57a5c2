"""Puts files in place: the one way in which the host and its plugins write them.

A file appears whole or not at all: it is written beside its place, brought to the disk, and
renamed. A link stays a link, and its target is replaced. What is no regular file (a pipe, a device,
``/dev/stdout``) is opened and written into.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from k8s_datamodel.base.errors import DatamodelError, UsageError

_LINKS = 40  # as many as Linux follows

# Names that stand for a file which this process has open already.
_DESCRIPTOR = re.compile(r"/dev/(?:fd/(\d+)|(stdin)|(stdout)|(stderr))|/proc/self/fd/(\d+)")
_NUMBERS = {"stdin": 0, "stdout": 1, "stderr": 2}

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


@contextmanager
def whole_file(path: Path, *, mode: int | None = None) -> Iterator[BinaryIO]:
    """A stream to write to; the file is in its place once the block ends without an exception.

    A new file is readable by its owner alone; one that was there keeps its permissions.

    Args:
        path: where to; a folder above it is not made.
        mode: the permissions, also of a file that was there; None to keep those.

    Raises:
        UsageError: it is a folder, or there is no folder to put it in.
        DatamodelError: it cannot be written.
    """
    target = followed(path)
    if (stream := _opened(path, target)) is not None:
        with stream:
            yield stream
        return
    with _named(path), replacement(path, mode=mode) as beside, beside.open("wb") as file:
        yield file


@contextmanager
def replacement(path: Path, *, mode: int | None = None) -> Iterator[Path]:
    """An empty file beside a regular one, which takes its place once the block ends.

    For writers that need a path; see ``whole_file``, which raises the same.

    Raises:
        UsageError: what is there is no regular file.
    """
    target = followed(path)
    kept = _status(path, target)
    if kept and not stat.S_ISREG(kept.st_mode):
        raise UsageError(f"{path}: is no regular file")
    if not target.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {target.parent}")
    with _told(path):
        beside = _made_beside(target)
    try:
        yield beside
        with _told(path):
            _sync(beside)
            _permit(beside, kept, mode)
            os.replace(beside, target)  # noqa: PTH105 - Path.replace says nothing more
            _sync_folder(target.parent)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def is_special(path: Path) -> bool:
    """Whether there is something that is neither a regular file nor a folder."""
    with suppress(OSError):
        mode = path.stat().st_mode
        return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or _number(followed(path)) is not None
    return False


def followed(path: Path) -> Path:
    """What a name leads to in the end; a link that leads nowhere leads to a file to be made.

    Raises:
        UsageError: links lead in a circle.
        DatamodelError: there can be no file of that name.
    """
    target = path
    with _told(path):
        for _ in range(_LINKS):
            if _number(target) is not None or not target.is_symlink():
                return target
            target = target.parent / target.readlink()
    raise UsageError(f"{path}: its links lead in a circle")


def _number(path: Path) -> int | None:
    """The descriptor that a path is another name of."""
    if match := _DESCRIPTOR.fullmatch(str(path)):
        name = next(filter(None, match.groups()))
        return _NUMBERS[name] if name in _NUMBERS else int(name)
    return None


def _opened(path: Path, target: Path) -> BinaryIO | None:
    """What is there and no regular file, open for writing."""
    number = _number(target)
    with _told(path):
        if number is not None:
            # Opening it by name would begin a file that is behind it anew.
            return os.fdopen(os.dup(number), "wb")
        status = _status(path, target)
        if status is None or stat.S_ISREG(status.st_mode):
            return None
        if stat.S_ISDIR(status.st_mode):
            raise UsageError(f"{path}: is a folder: name a file in it")
        return target.open("wb")


def _status(path: Path, target: Path) -> os.stat_result | None:
    try:
        return target.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from error


def _made_beside(target: Path) -> Path:
    beside = target.parent / f".k8s-datamodel-{os.urandom(8).hex()}"
    os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    beside.chmod(0o600)  # a umask may have taken our own rights away
    return beside


def _permit(beside: Path, kept: os.stat_result | None, mode: int | None) -> None:
    if kept and hasattr(os, "chown"):
        with suppress(PermissionError):
            os.chown(beside, kept.st_uid, kept.st_gid)
    if mode is not None:
        beside.chmod(mode)
    elif kept:
        beside.chmod(stat.S_IMODE(kept.st_mode))


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Bring a rename to the disk, where folders can be opened for it."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from error


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Name the file in an error of writing, which has no name in it."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM and error.filename is None:
            error.filename = str(path)
        raise


def _unwritable(path: Path, error: OSError | ValueError) -> DatamodelError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return DatamodelError(f"{path}: cannot be written: {reason}")
