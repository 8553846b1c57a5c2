"""Where a database is: what ``--db-path`` means, and the file and folders we make for it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from k8s_datamodel.api import (
    DatabaseNotFoundError,
    StorageError,
    StorageRequest,
    UsageError,
    unusable,
)

DEFAULT_FILE = "~/.k8s-inventory/inventory.db"
"""On Windows ``~`` is ``%USERPROFILE%``."""

MAKE_ONE = "`k8s-datamodel database store` makes one"

NOT_A_URL = (
    "this postgresql:// URL cannot be read: write postgresql://user@host:port/name, "
    "special characters as %XX"
)

# https://www.rfc-editor.org/rfc/rfc3986#section-3.2
_SERVER = re.compile(r"(?:[^/?#@]*@)?(?P<address>[^/?#@]*(?:/[^?#@]*)?)(?:\?.*)?", re.DOTALL)

_MISTYPED = re.compile(r"postgres(?:ql)?:|[^/\\@]*:[^/\\@]*@[^/\\]*[/\\]", re.IGNORECASE)
"""A path that rather is a URL without its beginning."""

_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")


@dataclass(frozen=True, slots=True)
class Location:
    """A database that is not open yet: a file, or a server by its URL.

    ``path`` has no links. ``place`` names the database in messages, without a password.
    """

    place: str
    path: Path | None = None
    url: str = ""


def locate(text: str) -> Location:
    """Read ``--db-path``: empty, a path, ``sqlite:///path`` or ``postgresql://...``.

    Raises StorageError for anything else.
    """
    scheme, separator, rest = text.partition("://")
    if not separator:
        return _file(text or DEFAULT_FILE)
    if scheme == "sqlite":
        return _file(rest.removeprefix("/") or DEFAULT_FILE)
    if scheme in _POSTGRESQL:
        return _server(rest)
    raise StorageError(f'"{scheme}://" is no database: use a path, sqlite:/// or postgresql://')


def _server(rest: str) -> Location:
    match = _SERVER.fullmatch(rest)
    if match is None:
        # Which part is the password nobody can tell, so nothing of it is shown.
        raise StorageError(NOT_A_URL)
    # Neither user, password nor options, which may hold secrets.
    return Location(f"postgresql://{match['address']}", url=f"postgresql+psycopg://{rest}")


def _file(text: str) -> Location:
    if _MISTYPED.match(text):
        raise StorageError(NOT_A_URL)  # a file of that name would be made, and shown
    if text == ":memory:":
        raise StorageError(":memory: is no file: snapshots are to last, name a path")
    try:
        path = Path(text).expanduser()
    except RuntimeError as error:
        raise StorageError(f"{text}: no such home folder; set HOME or use --db-path") from error
    return Location(str(path), Path(os.path.realpath(path)))


def files(request: StorageRequest) -> Sequence[Path]:
    """The files that a database is kept in, there or not; none for a server. Raises StorageError.

    Beside the file stand at times its journals, see https://www.sqlite.org/tempfiles.html
    """
    path = locate(request.url).path
    return () if path is None else (path, *side_files(path))


def side_files(path: Path) -> Sequence[Path]:
    """The files beside a database that SQLite takes for parts of it."""
    return [path.with_name(f"{path.name}{end}") for end in ("-journal", "-wal", "-shm")]


def check_file(location: Location, *, create: bool) -> None:
    """Check that there is a file to open; with ``create``, make it and the default folder for it.

    The folder is made 0700 and the file 0600 whatever the umask says; what exists stays as it is.
    A file that exists is never opened here: closing it would drop the locks that other threads of
    this process hold on it. Raises DatabaseNotFoundError, StorageError or UsageError.
    """
    path = location.path
    if path is None:
        return
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        if not create:
            text = f"no database at {location.place} yet; {MAKE_ONE}"
            raise DatabaseNotFoundError(text) from error
        _make_file(location, path)
    except (OSError, ValueError) as error:
        raise unusable(f"{location.place}: cannot be opened", error, StorageError) from error
    else:
        if stat.S_ISDIR(mode):
            raise UsageError(f"{location.place} is a folder: name a file in it")
        if not stat.S_ISREG(mode):
            raise UsageError(f"{location.place} is no regular file: name another")


def _make_file(location: Location, path: Path) -> None:
    try:
        make_folder(location)
        make_private(path)
    except FileExistsError:
        return  # another process was faster
    except (OSError, ValueError) as error:
        raise unusable(f"{location.place}: cannot be made", error, StorageError) from error


def make_folder(location: Location) -> None:
    """Make the folder of the default database, 0700.

    Any other has to exist: a folder made for a mistyped path would hide the mistake. Raises
    UsageError if it does not, and OSError.
    """
    path = location.path
    if path is None or path.parent.is_dir():
        return
    if path != _default():
        raise UsageError(f"{location.place}: there is no folder {path.parent}: make it first")
    _make_folders(path.parent)


def _default() -> Path | None:
    try:
        return Path(os.path.realpath(Path(DEFAULT_FILE).expanduser()))
    except RuntimeError:  # no home
        return None


def _make_folders(folder: Path) -> None:
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    for parent in reversed(missing):
        try:
            parent.mkdir(mode=0o700)
        except FileExistsError:
            continue
        parent.chmod(0o700)


def make_private(path: Path) -> None:
    """Make an empty file that only its owner may read and write. Raises OSError."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
