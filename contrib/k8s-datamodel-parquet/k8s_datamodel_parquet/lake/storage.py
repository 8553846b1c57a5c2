"""Where a lake lies: a local folder, or an object store that pyarrow or fsspec can open."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from typing import Any, BinaryIO, cast

import pyarrow as pa
from filelock import FileLock
from pyarrow import fs

from k8s_datamodel.api import DatamodelError, UsageError, whole_file, without_credentials

_IN_MEMORY = 64 * 2**20
"""Of a file for an object store so many bytes wait in memory, and the rest on disk."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@dataclass(frozen=True, slots=True)
class Found:
    """A file of a lake.

    Attributes:
        path: below the lake.
        bytes: its size.
        modified: when it was written, in seconds since 1970.
    """

    path: str
    bytes: int
    modified: float


class Storage:
    """Files below one place. Paths are relative, with ``/``.

    Args:
        system: of pyarrow.
        root: the lake's path in it.
    """

    def __init__(self, system: Any, root: str) -> None:
        self._system, self._root = system, root.rstrip("/")

    def files(self, folder: str) -> list[Found]:
        """The files below a folder, at any depth, by name; none if there is no such folder."""
        found = self._listed(folder, recursive=True)
        return sorted(
            (
                Found(self._relative(each.path), each.size, (each.mtime_ns or 0) / 1e9)
                for each in found
                if each.type == fs.FileType.File
            ),
            key=lambda each: each.path,
        )

    def folders(self, folder: str) -> list[str]:
        """The names of the folders in a folder; none if there is no such folder."""
        found = self._listed(folder, recursive=False)
        return sorted(each.base_name for each in found if each.type == fs.FileType.Directory)

    def found(self, path: str) -> Found | None:
        """One file; None if there is none."""
        each = self._system.get_file_info(self._path(path))
        if each.type != fs.FileType.File:
            return None
        return Found(path, each.size, (each.mtime_ns or 0) / 1e9)

    def read(self, path: str) -> bytes | None:
        """The content of a file; None if there is none."""
        try:
            with self.opened(path) as file:
                return bytes(file.read())
        except FileNotFoundError:
            return None

    def opened(self, path: str) -> Any:
        """A file to be read, at any place of it."""
        return self._system.open_input_file(self._path(path))

    @contextmanager
    def writing(self, path: str) -> Iterator[BinaryIO]:
        """A stream whose content is at ``path``, whole, when the block ends without a fault."""
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as kept:
            yield cast(BinaryIO, kept)
            kept.seek(0)
            with self._stream(self._path(path)) as file:
                copyfileobj(kept, file)

    def _stream(self, path: str) -> Any:
        try:
            return self._system.open_output_stream(path)
        except FileNotFoundError:  # there are folders, not only names with "/"
            self._system.create_dir(path.rpartition("/")[0])
            return self._system.open_output_stream(path)

    def write(self, path: str, content: bytes) -> None:
        """Write a small file, whole or not at all."""
        with self.writing(path) as file:
            file.write(content)

    def remove(self, path: str) -> None:
        """Remove a file; one that is gone already is no error."""
        try:
            self._system.delete_file(self._path(path))
        except FileNotFoundError:
            return

    def alone(self) -> AbstractContextManager[Any]:
        """For a block that only one process at a time may run. An object store has no such lock."""
        return nullcontext()

    def _path(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _relative(self, path: str) -> str:
        return path[path.index(f"{self._root}/") + len(self._root) + 1 :]

    def _listed(self, folder: str, *, recursive: bool) -> list[Any]:
        wanted = fs.FileSelector(self._path(folder), allow_not_found=True, recursive=recursive)
        return list(self._system.get_file_info(wanted))


class Folder(Storage):
    """A local folder. What is written is synced, and only its owner can read it."""

    def __init__(self, root: Path) -> None:
        super().__init__(fs.LocalFileSystem(), root.absolute().as_posix())
        self._folder = root

    @contextmanager
    def writing(self, path: str) -> Iterator[BinaryIO]:
        """A stream whose content is at ``path``, whole, when the block ends without a fault."""
        target = self._folder / path
        self._make(target.parent)
        with whole_file(target) as file:
            yield file

    def alone(self) -> AbstractContextManager[Any]:
        """For a block that only one process at a time may run; the lock ends with its process."""
        self._make(self._folder)
        lock: AbstractContextManager[Any] = FileLock(self._folder / "lock")
        return lock

    @staticmethod
    def _make(folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{folder}: cannot be written to: {error.strerror}") from error


@contextmanager
def storage_at(location: str) -> Iterator[Storage]:
    """The place that a path or a URL names; its faults are errors for the user.

    Raises:
        UsageError: nothing opens such a URL.
        DatamodelError: it cannot be read or written.
    """
    try:
        yield _storage(location)
    except (OSError, pa.ArrowException) as error:
        said = without_credentials(f"{location}: {_reason(error)}")
        raise DatamodelError(said) from error


def _storage(location: str) -> Storage:
    if not _URL.match(location):
        return Folder(Path(location))
    scheme = location.partition("://")[0]
    try:
        system, root = fs.FileSystem.from_uri(location)
    except pa.ArrowInvalid:
        system, root = _by_fsspec(location, scheme)
    return Folder(Path(root)) if isinstance(system, fs.LocalFileSystem) else Storage(system, root)


def _by_fsspec(location: str, scheme: str) -> tuple[Any, str]:
    try:
        import fsspec  # noqa: PLC0415 - not everybody has it

        system, root = fsspec.core.url_to_fs(location)
    except (ImportError, ValueError) as error:
        raise UsageError(
            f"nothing opens {scheme}://: pyarrow does not know it, and fsspec says: {error}"
        ) from error
    return fs.PyFileSystem(fs.FSSpecHandler(system)), root


def _reason(error: BaseException) -> str:
    number = getattr(error, "errno", None)
    return os.strerror(number) if number and not getattr(error, "strerror", None) else str(error)
