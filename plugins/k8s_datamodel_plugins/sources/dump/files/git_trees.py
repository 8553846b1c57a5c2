"""Yield the files of a folder in a git repository at a revision, through the ``git`` command.

Only plumbing runs (``rev-parse``, ``ls-tree``, ``cat-file``): no hook, filter or pager of the
repository does, nothing is fetched, and neither the index nor the work tree is touched. The content
is what was committed, whatever ``.gitattributes`` would make of it in a checkout or an archive.
"""

from __future__ import annotations

import io
import os
import posixpath
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, NamedTuple, cast
from urllib.parse import parse_qsl, unquote

from k8s_datamodel.api import SourceError
from k8s_datamodel_plugins.harmless_files import NOWHERE
from k8s_datamodel_plugins.sources.dump.bounds import (
    CHUNK,
    MAX_EXPANDED_BYTES,
    MAX_MEMBERS,
    MIB,
)
from k8s_datamodel_plugins.sources.dump.files.members import (
    LINK,
    OUTSIDE,
    TOO_MANY,
    Member,
    Refusal,
)
from k8s_datamodel_plugins.sources.dump.files.streams import Limited

_PREFIX = "git+file://"
_FORM = f"{_PREFIX}/PATH?ref=REVISION&dir=FOLDER"
_LOCAL = re.compile(r"[/~]|\.{1,2}(?:/|\Z)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_COMMITTED = re.compile(rb"^committer .*> (\d{1,12}) [+-]\d{4}$", re.MULTILINE)
_LACKS = "the repository lacks its content, or it is damaged: git fsck says more"
_LINK_MODE, _FILE_MODE = "120000", "100"
_LONGEST_LINK = 4096
_KEPT = re.compile(r"GIT_(?:CONFIG_.*|EXEC_PATH)\Z")
_SETTINGS = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
"""A repository with parts elsewhere is not completed from there, see gitprotocol in ``man git``."""


class Revision(NamedTuple):
    """What a location names: a repository, a revision, a folder in it, ``""`` for all, a bundle."""

    repository: Path
    ref: str
    folder: str
    bundle: str


class Commit(NamedTuple):
    """A commit, when it was committed, in UTC, and the tree of the folder."""

    id: str
    time: str | None
    tree: str


class _Entry(NamedTuple):
    mode: str
    object: str
    size: int
    path: str


def revision_of(location: str) -> Revision:
    """The parts of ``git+file:///PATH?ref=REVISION&dir=FOLDER``.

    Raises SourceError; the message does not have the location, which may hold a password.
    """
    text, _, query = location.removeprefix(_PREFIX).partition("?")
    path = unquote(text)
    if not location.startswith(_PREFIX) or not _LOCAL.match(path):
        raise SourceError(f"a git repository is read as {_FORM}: clone one that is elsewhere")
    given = parse_qsl(query, keep_blank_values=True)
    fields = dict(given)
    if len(fields) != len(given) or fields.keys() - {"ref", "dir", "bundle"}:
        raise SourceError(f"a git repository takes ref, dir and bundle, each once: {_FORM}")
    ref, folder = fields.get("ref") or "HEAD", fields.get("dir", "")
    if ref.startswith("-") or _CONTROL.search(path + ref + folder):
        raise SourceError(
            f"a git revision begins with no -, and has no control characters: {_FORM}"
        )
    normal = posixpath.normpath(folder or ".")
    if normal.startswith(("/", "..")):
        raise SourceError(f"dir={folder} leads out of the repository")
    bundle = fields.get("bundle", "")
    return Revision(Path(path).expanduser(), ref, "" if normal == "." else normal, bundle)


def commit_of(revision: Revision) -> Commit:
    """The commit that a revision names. Raises SourceError if something is not there."""
    repository, ref, folder, _ = revision
    if not repository.is_dir():
        raise SourceError(f"there is no folder {repository}")
    found = _said(revision, "rev-parse", "--absolute-git-dir")
    if found.returncode:
        raise SourceError(f"{repository} is no git repository that can be read{_why(found)}")
    commit = _named(revision, f"{ref}^{{commit}}", f"{repository} has no revision {ref}")
    where = f"{repository} has no folder {folder} at {ref}"
    tree = _named(revision, f"{commit}:{folder}", where)
    if _said(revision, "cat-file", "-t", tree).stdout.strip() != b"tree":
        raise SourceError(where)
    content = _said(revision, "cat-file", "commit", commit)
    committed = _COMMITTED.search(content.stdout.partition(b"\n\n")[0])
    return Commit(commit, _utc(int(committed[1])) if committed else None, tree)


def tree_members(revision: Revision, commit: Commit) -> Iterator[Member | Refusal]:
    """The files of the folder, in the order of their names."""
    links: list[tuple[str, str]] = []
    paths: set[str] = set()
    total = 0
    with (
        _running(revision, "ls-tree", "-r", "-z", "-l", "--full-tree", commit.tree) as listing,
        _Contents(revision) as contents,
    ):
        for number, entry in enumerate(_entries(_out(listing))):
            total += entry.size
            if number == MAX_MEMBERS or total > MAX_EXPANDED_BYTES:
                large = f"more than {MAX_EXPANDED_BYTES // MIB} MiB; the rest is not read"
                yield Refusal(entry.path, "failed", TOO_MANY if number == MAX_MEMBERS else large)
                return
            paths.add(entry.path)
            if entry.mode == _LINK_MODE and entry.size < _LONGEST_LINK:
                links.append((entry.path, _text(contents, entry)))
            elif entry.mode.startswith(_FILE_MODE):
                yield from _file(contents, entry)
            else:
                yield Refusal(
                    entry.path, "failed", "a submodule: its files are in another repository"
                )
        if listing.wait():
            yield Refusal(commit.tree, "failed", "git could not list all files: git fsck says more")
    for path, target in links:
        yield _refused(path, target, paths)


def _refused(path: str, target: str, paths: set[str]) -> Refusal:
    """A link, which is not followed: the file that it leads to is read under its own name."""
    leads = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    if leads.startswith(("/", "..")):
        return Refusal(path, "failed", OUTSIDE)
    inside = leads in paths or any(each.startswith(f"{leads}/") for each in paths)
    return Refusal(path, "skipped", LINK if inside or leads == "." else NOWHERE)


def _file(contents: _Contents, entry: _Entry) -> Iterator[Member | Refusal]:
    body = contents.asked(entry)
    if isinstance(body, Refusal):
        yield body
        return
    stream: io.BufferedReader = io.BufferedReader(body, CHUNK)
    try:
        stream.peek(1)
    except EOFError:
        contents.end()
        yield Refusal(entry.path, "failed", _LACKS)
        return
    yield Member(entry.path, stream)
    contents.finish(body)


def _text(contents: _Contents, entry: _Entry) -> str:
    body = contents.asked(entry)
    if isinstance(body, Refusal):
        return ""
    try:
        text = body.read() or b""
    except EOFError:
        contents.end()
        return ""
    contents.finish(body)
    return text.decode("utf-8", "replace")


class _Contents:
    """The contents of files, through ``cat-file --batch``.

    A damaged content ends git, also halfway. The next content is asked of a new one.
    """

    def __init__(self, revision: Revision) -> None:
        self._revision = revision
        self._stack = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> _Contents:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def asked(self, entry: _Entry) -> Limited | Refusal:
        """The content of a file, from the answer ``ID TYPE SIZE``, content."""
        if self._process is None:
            running = _running(self._revision, "cat-file", "--batch")
            self._process = self._stack.enter_context(running)
        asking = cast("IO[bytes]", self._process.stdin)
        with suppress(OSError):  # of a git that ended: its answer says so
            asking.write(entry.object.encode() + b"\n")
            asking.flush()
        head = _out(self._process).readline().split()
        if head[1:] == [b"missing"]:
            return Refusal(entry.path, "failed", _LACKS)
        if len(head) != 3 or head[1] != b"blob":  # noqa: PLR2004
            self.end()
            return Refusal(entry.path, "failed", _LACKS)
        return Limited(_out(self._process), int(head[2]))

    def finish(self, body: Limited) -> None:
        """Pass what was not read of a content, and the line feed after it."""
        try:
            while body.read(CHUNK):
                pass
            body.stream.read(1)
        except EOFError:  # who read it has said so
            self.end()

    def end(self) -> None:
        """End git."""
        self._process = None
        self._stack.close()


def _entries(listing: IO[bytes]) -> Iterator[_Entry]:
    """The lines of ``ls-tree -z -l``: ``MODE TYPE ID SIZE``, a tab, the path, a zero."""
    rest = b""
    while piece := listing.read(CHUNK):
        *lines, rest = (rest + piece).split(b"\0")
        for line in lines:
            facts, _, path = line.partition(b"\t")
            mode, _, name, size = facts.decode().split()
            number = int(size) if size.isdecimal() else 0
            yield _Entry(mode, name, number, path.decode("utf-8", "replace"))


def _named(revision: Revision, name: str, missing: str) -> str:
    found = _said(revision, "rev-parse", "--verify", "--quiet", name)
    if found.returncode:
        raise SourceError(missing + _why(found))
    return found.stdout.decode().strip()


def _why(found: subprocess.CompletedProcess[bytes]) -> str:
    lines = found.stderr.decode("utf-8", "replace").splitlines()
    said = next((line for line in lines if line.startswith("fatal: ")), "")
    return f": {said.removeprefix('fatal: ')}" if "ownership" in said else ""


def _utc(seconds: int) -> str | None:
    try:
        return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return None


def _said(revision: Revision, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command, environment = _command(revision, arguments)
    return subprocess.run(  # noqa: S603
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )


@contextmanager
def _running(revision: Revision, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command, environment = _command(revision, arguments)
    pipe = subprocess.PIPE
    process = subprocess.Popen(  # noqa: S603
        command, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream:
                _close(stream)
        process.wait()


def _close(stream: IO[bytes]) -> None:
    with suppress(OSError):  # of a request that git will not read any more
        stream.close()


def _command(revision: Revision, arguments: tuple[str, ...]) -> tuple[list[str], dict[str, str]]:
    """The command and its environment; the repository is the folder itself, none above it."""
    program = shutil.which("git")
    if program is None:
        raise SourceError("there is no git command: a git repository is read through it")
    top = revision.repository.resolve()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or _KEPT.match(name)
    }
    environment |= _SETTINGS | {"GIT_CEILING_DIRECTORIES": str(top.parent)}
    return [program, "-C", str(top), *arguments], environment


def _out(process: subprocess.Popen[bytes]) -> io.BufferedReader:
    return cast(io.BufferedReader, process.stdout)
