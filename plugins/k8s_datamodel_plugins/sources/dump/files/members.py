"""Yield the files of a source one by one: from a folder, a tar, a zip, or a single file.

Nothing is extracted: names such as ``../x`` are only names. Links in an archive are not followed;
links in a folder only to files inside it.
"""

from __future__ import annotations

import io
import os
import stat
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, cast
from urllib.parse import parse_qsl

from k8s_datamodel.api import SourceError, SourceRequest, Status, unusable
from k8s_datamodel_plugins.harmless_files import NOWHERE, SPECIAL
from k8s_datamodel_plugins.sources.dump.bounds import MAX_FILE_BYTES, MAX_MEMBERS, MIB, Unreadable
from k8s_datamodel_plugins.sources.dump.files import streams, tar

_PREFIX = "file://"
LINK = "a link is not followed"
"""Why a link to something else in the source is skipped: that is read under its own name."""

OUTSIDE = "a link that leads out of the folder is not followed; copy what it leads to"
"""Why a link failed: what it leads to is not read."""

TOO_MANY = f"more than {MAX_MEMBERS} files; the rest is not read"
"""Why the rest of a source failed."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file, open until the next one is taken.

    Attributes:
        path: inside the source, with ``/``; the name of a single file.
        stream: its bytes, not yet read.
        modified: Unix time that an archive keeps for it; None elsewhere and when there is none.
        sole: the only file, so it is read whatever it looks like.
    """

    path: str
    stream: io.BufferedReader
    modified: float | None = None
    sole: bool = False


class Refusal(NamedTuple):
    """A file that is not read: ``failed``, or ``skipped`` if that is expected."""

    path: str
    status: Status
    reason: str


class Named(NamedTuple):
    """What a location names: a path, the folder inside it that alone is read, and a bundle."""

    path: Path
    folder: str
    bundle: str


def named(location: str) -> Named:
    """The parts of ``file://PATH?dir=FOLDER&bundle=NAME``; any other text is a path."""
    text = location.removeprefix(_PREFIX)
    path, _, query = text.partition("?") if text != location else (text, "", "")
    fields = dict(parse_qsl(query))
    if not fields or fields.keys() - {"dir", "bundle"}:
        return Named(Path(text).expanduser(), "", "")
    folder = fields.get("dir", "").strip("/")
    return Named(Path(path).expanduser(), folder, fields.get("bundle", ""))


def path_of(location: str) -> Path:
    """The path of a location."""
    return named(location).path


def inputs(request: SourceRequest) -> Sequence[Path]:
    """The file or folder that a run would read."""
    return () if request.location == "-" else (path_of(request.location),)


def members(location: str) -> Iterator[Member | Refusal]:
    """The files of a location, sorted unless it has an order. Raises SourceError."""
    if location == "-":
        if sys.stdin is None:
            raise SourceError("there is no standard input to read")
        yield from _stream(sys.stdin.buffer, "stdin")
        return
    path, folder, _ = named(location)
    try:
        yield from _within(_opened(path), folder, path.name) if folder else _opened(path)
    except FileNotFoundError as fault:
        raise SourceError(f"there is no file or folder {location}") from fault
    except OSError as fault:
        raise unusable(f"cannot read {location}", fault, SourceError) from fault


def _within(
    found: Iterator[Member | Refusal], folder: str, whole: str
) -> Iterator[Member | Refusal]:
    """Those in a folder, by their paths in it, and what is wrong with the whole."""
    for each in found:
        if each.path.startswith(f"{folder}/"):
            inside = each.path[len(folder) + 1 :]
            yield (
                each._replace(path=inside)
                if isinstance(each, Refusal)
                else replace(each, path=inside)
            )
        elif isinstance(each, Refusal) and each.path == whole:
            yield each


def words(fault: BaseException) -> str:
    """A fault as one line."""
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror.lower()
    if isinstance(fault, MemoryError):
        return "there is not enough memory to read it"
    return " ".join(str(fault).split()) or type(fault).__name__


def _opened(path: Path) -> Iterator[Member | Refusal]:
    if path.is_dir():
        yield from _folder(path)
        return
    with path.open("rb") as file:
        regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
        if regular and file.peek(len(streams.ZIP)).startswith(streams.ZIP):
            yield from _zip(path)
        else:
            yield from _stream(file, path.name)


def _stream(file: streams.Readable, name: str) -> Iterator[Member | Refusal]:
    try:
        stream = streams.expanded(file)
        head = stream.peek(tar.BLOCK)
    except streams.BROKEN as fault:
        yield Refusal(name, "failed", words(fault))
        return
    if tar.is_tar(head):
        yield from _tar(stream, name)
    elif head.startswith(streams.ZIP):
        yield Refusal(name, "failed", "a zip must be a file, it cannot be read from a stream")
    else:
        yield Member(name, stream, sole=True)


def _folder(folder: Path) -> Iterator[Member | Refusal]:
    inside = folder.resolve()
    seen: set[tuple[int, int]] = set()
    for number, (path, refusal) in enumerate(_walk(folder)):
        name = path.relative_to(folder).as_posix()
        if number == MAX_MEMBERS:
            yield Refusal(name, "failed", TOO_MANY)
            return
        if refusal:
            yield Refusal(name, "failed", refusal)
            continue
        try:
            if path.is_symlink() and (why := _unfollowed(path, inside)):
                # Only files outside are missing then: all others are read under their own names.
                yield Refusal(name, "failed" if why == OUTSIDE else "skipped", why)
            else:
                yield from _folder_file(path, name, seen)
        except OSError as fault:
            yield Refusal(name, "failed", words(fault))


def _folder_file(path: Path, name: str, seen: set[tuple[int, int]]) -> Iterator[Member | Refusal]:
    """A file, each once: mounted ConfigMaps also show theirs through links."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):  # opening a pipe would block forever
        yield Refusal(name, "skipped", SPECIAL)
    elif (status.st_dev, status.st_ino) not in seen:
        seen.add((status.st_dev, status.st_ino))
        with path.open("rb") as file:
            yield Member(name, file)


def _unfollowed(link: Path, inside: Path) -> str:
    """Why a link is not followed; empty if it leads to something in the folder."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):  # Python 3.12 and earlier raise RuntimeError for a loop
        return NOWHERE
    if not (target.is_dir() or target.is_file()):
        return SPECIAL
    if not target.is_relative_to(inside):
        return OUTSIDE
    return LINK if target.is_dir() else ""


def _walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """Files in order, and links to folders; or a folder that cannot be listed, with the reason."""
    faults: list[OSError] = []
    for root, folders, files in os.walk(folder, onerror=faults.append):
        links = [name for name in folders if Path(root, name).is_symlink()]
        folders[:] = sorted(name for name in folders if name != ".git" and name not in links)
        yield from _unlisted(faults, folder)
        yield from ((Path(root, name), "") for name in sorted(files + links))
    yield from _unlisted(faults, folder)


def _unlisted(faults: list[OSError], folder: Path) -> Iterator[tuple[Path, str]]:
    while faults:
        fault = faults.pop()
        yield Path(fault.filename or folder), words(fault)


def _tar(stream: io.BufferedReader, name: str) -> Iterator[Member | Refusal]:
    number = 0
    broken: BaseException | None
    try:
        for number, entry in enumerate(tar.entries(stream), 1):
            if number > MAX_MEMBERS:
                raise Unreadable(TOO_MANY)
            if entry.refusal:
                lost: Status = "failed" if entry.refusal == tar.SPARSE else "skipped"
                yield Refusal(entry.path, lost, entry.refusal)
            else:
                yield Member(entry.path, entry.body, entry.modified)
        broken = streams.fault_of(stream)
    except streams.BROKEN as fault:
        broken = streams.fault_of(stream) or fault
    if broken:
        reason = f"the archive is broken after {number} files: {words(broken)}"
        yield Refusal(name, "failed", reason)


def _zip(path: Path) -> Iterator[Member | Refusal]:
    guard = streams.Guard(path.stat().st_size)
    try:
        with zipfile.ZipFile(path) as archive:
            for number, header in enumerate(archive.infolist(), 1):
                if number > MAX_MEMBERS:
                    raise Unreadable(TOO_MANY)
                if not header.is_dir():
                    yield from _zip_member(archive, header, guard)
    except streams.BROKEN as fault:
        yield Refusal(path.name, "failed", f"the archive is broken: {words(fault)}")


def _zip_member(
    archive: zipfile.ZipFile, header: zipfile.ZipInfo, guard: streams.Guard
) -> Iterator[Member | Refusal]:
    name = header.filename
    if stat.S_ISLNK(header.external_attr >> 16):
        yield Refusal(name, "skipped", LINK)
        return
    if header.file_size > MAX_FILE_BYTES:
        yield Refusal(name, "failed", f"larger than {MAX_FILE_BYTES // MIB} MiB")
        return
    try:
        with archive.open(header) as file:
            yield Member(name, streams.guarded(cast(streams.Readable, file), guard))
    except (RuntimeError, *streams.BROKEN) as fault:
        yield Refusal(name, "failed", words(fault))  # encrypted, or an unknown compression
