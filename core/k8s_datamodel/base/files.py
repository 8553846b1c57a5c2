"""Write files whole or not at all; the host and its plugins write every file through this module.

The content goes to a file beside the target, is synced, and replaces the target by a rename. A link
keeps pointing to its target, and the target is replaced. Pipes, devices and ``/dev/stdout`` are
written to directly.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from k8s_datamodel.base.errors import DatamodelError, UsageError
from k8s_datamodel.base.unusable import NO_ROOM, unusable

_LINKS = 40  # as many as Linux follows

# Names of files that this process already has open.
_DESCRIPTOR = re.compile(r"/dev/(?:fd/(\d+)|(stdin)|(stdout)|(stderr))|/proc/self/fd/(\d+)")
_NUMBERS = {"stdin": 0, "stdout": 1, "stderr": 2}


@contextmanager
def whole_file(path: Path, *, mode: int | None = None) -> Iterator[BinaryIO]:
    """Open a stream whose content appears at ``path`` when the block ends without an exception.

    Only the owner can read a new file. An existing file keeps its permissions. ``mode`` replaces
    both. Raises UsageError if the path is a folder, or its folder does not exist, and
    DatamodelError if the file cannot be written.
    """
    target = followed(path)
    if (stream := _opened(path, target)) is not None:
        with _named(path), stream:
            yield stream
        return
    with _named(path), replacement(path, mode=mode) as beside, beside.open("wb") as file:
        yield file


@contextmanager
def replacement(path: Path, *, mode: int | None = None) -> Iterator[Path]:
    """Create an empty file beside ``path`` that replaces it when the block ends.

    For writers that need a path; see ``whole_file``. Raises the same, and UsageError if the path
    exists and is not a regular file.
    """
    target = followed(path)
    kept = _status(path, target)
    if kept and not stat.S_ISREG(kept.st_mode):
        raise UsageError(f"{path}: is not a regular file")
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
    """Whether the path exists and is neither a regular file nor a folder."""
    with suppress(OSError):
        mode = path.stat().st_mode
        return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or _number(followed(path)) is not None
    return False


def followed(path: Path) -> Path:
    """Follow links to the final path, which may not exist yet.

    Raises UsageError if the links form a circle, and DatamodelError if the name is invalid.
    """
    target = path
    with _told(path):
        for _ in range(_LINKS):
            if _number(target) is not None or not target.is_symlink():
                return target
            target = target.parent / target.readlink()
    raise UsageError(f"{path}: its links lead in a circle")


def _number(path: Path) -> int | None:
    """The descriptor that the path is another name for."""
    if match := _DESCRIPTOR.fullmatch(str(path)):
        name = next(filter(None, match.groups()))
        return _NUMBERS[name] if name in _NUMBERS else int(name)
    return None


def _opened(path: Path, target: Path) -> BinaryIO | None:
    """An open stream if the path exists and is not a regular file."""
    number = _number(target)
    with _told(path):
        if number is not None:
            # Opening it by name would truncate the file behind it.
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
    beside.chmod(0o600)  # the umask may have removed our own permissions
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
    """Sync the folder after a rename, if the system allows it."""
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
    """Add the file's name to an error of a write, which does not contain it."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM and error.filename is None:
            error.filename = str(path)
        raise


def _unwritable(path: Path, error: OSError | ValueError) -> DatamodelError:
    return unusable(f"{path}: cannot be written", error)
