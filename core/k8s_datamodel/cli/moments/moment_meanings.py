"""What a word that names a moment means, given what there is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from k8s_datamodel.base.clock import now
from k8s_datamodel.base.errors import (
    DatabaseNotFoundError,
    SnapshotNotFoundError,
    UsageError,
)
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.settings import Place
from k8s_datamodel.naming.missing_names import baselines_of
from k8s_datamodel.naming.moment_names import Live, Location, Within, readings
from k8s_datamodel.naming.moment_times import time_of
from k8s_datamodel.naming.snapshot_names import cluster_baseline, has_cluster

_DATABASES = (".db", ".sqlite", ".sqlite3")
_SERVED = re.compile(r"[^:]+://[^/]*/[^:]*")
"""The URL of a database on a server; the name of a cluster or a moment follows its first colon."""


@dataclass(frozen=True, slots=True)
class StoredName:
    """A stored snapshot.

    Attributes:
        name: see ``resolve``.
        database: path or URL; None for the one that the settings name.
    """

    name: str
    database: str | None = None


def meaning_of(app: App, word: str) -> StoredName | Place:
    """The stored snapshot, or the place to read, that a word means.

    Raises UsageError if it may mean two that are there, and names both, or is a whole database;
    SnapshotNotFoundError if it may mean two that are not there.
    """
    sources = app.registry.sources.values()
    found = readings(word, [suffix for each in sources for suffix in each.suffixes])
    fitting = [each for reading in found for each in _fitting(app, word, reading)]
    if _is_baseline_of_cluster(app, word, found):
        fitting.append((f"the baseline {word.rpartition(':')[2]}", StoredName(word)))
    if len(fitting) > 1:
        both = " and ".join(text for text, _ in fitting)
        raise UsageError(
            f"{word!r} is ambiguous: it names {both}; ./{word} is the file, and --context or "
            "--cluster-context names the cluster"
        )
    if fitting:
        return fitting[0][1]
    if database := database_in(app, word):  # what follows is the name of a baseline
        return StoredName(word[len(database) + 1 :], database)
    whole = word.removesuffix(":")
    if _is_bare_path(app, word, found):
        raise _bare(word)
    if whole in _databases(app, whole):
        raise UsageError(f"{whole} is a database: name a snapshot in it, such as {whole}:latest")
    return _missing(word, found)


def _bare(word: str) -> UsageError:
    """The error about a word that is no path by its form, and the name of what is there."""
    if Path(word).is_dir():
        return UsageError(f"no snapshot {word!r}; the folder of that name is ./{word} or {word}/")
    return UsageError(
        f"no snapshot {word!r}; the file of that name is ./{word}, and {word}:latest is a snapshot "
        "in it if it is a database"
    )


def _is_bare_path(app: App, word: str, found: Sequence[object]) -> bool:
    """Whether a word has no form of a name, and is that of a file or folder that is there."""
    if found or not word or word.lower().endswith(_DATABASES) or not Path(word).exists():
        return False
    try:
        with app.store() as store:
            return word not in baselines_of(store)
    except DatabaseNotFoundError:
        return True


def _missing(word: str, found: Sequence[object]) -> StoredName | Place:
    """Where what a word names is not there: who opens it says so, unless it has two readings."""
    last = found[-1] if found else None
    if not isinstance(last, Location):
        return StoredName(word)
    if word.startswith("@") and word[1:2].isdecimal():
        time_of(word[1:], now())  # raises: it has a wrong time, with slashes
    if isinstance(found[0], Within) and not _scheme(word):
        raise SnapshotNotFoundError(
            f"{word} is not there: there is no snapshot of {found[0].prefix}, and no file or "
            f"folder {word}"
        )
    return Place(None, last.path)


def database_in(app: App, word: str) -> str:
    """The database that a word begins with, if a colon and a name follow; else empty."""
    prefix, _, name = word.rpartition(":")
    return next(_databases(app, prefix), "") if name else ""


def _fitting(app: App, word: str, reading: object) -> Iterator[tuple[str, StoredName | Place]]:
    """What a reading means, in words, where that is there; it is looked for only if it matters."""
    if isinstance(reading, Live):
        yield "a live cluster", Place(reading.context or app.settings.context)
    elif isinstance(reading, Location):
        path = Path(reading.path)
        stored = path.name.lower().endswith(_DATABASES) and not path.is_dir()
        if _scheme(reading.path) in app.registry.sources or (path.exists() and not stored):
            yield f"the path {reading.path}", Place(None, reading.path)
    elif isinstance(reading, Within):
        for database in _databases(app, reading.prefix):
            yield f"a snapshot in {database}", StoredName(word[len(database) + 1 :], database)
        if _is_cluster(app, reading.prefix):
            yield f"a snapshot of {reading.prefix}", StoredName(word)
    else:
        yield "a snapshot", StoredName(word)


def _scheme(text: str) -> str:
    return text.partition("://")[0].partition("+")[0] if "://" in text else ""


def _databases(app: App, prefix: str) -> Iterator[str]:
    """The databases that a prefix may begin with; the name of a cluster may follow a file's."""
    if scheme := _scheme(prefix):
        if scheme in app.registry.storages and (served := _SERVED.match(prefix)):
            yield served[0]
        return
    parts = prefix.split(":")
    for number in range(1, len(parts) + 1):
        text = ":".join(parts[:number])
        if text.lower().endswith(_DATABASES) or Path(text).is_file():
            yield text


def _is_baseline_of_cluster(app: App, word: str, found: Sequence[object]) -> bool:
    """Whether a word without another form than that of a path is ``CLUSTER:BASELINE``."""
    if ":" not in word or any(not isinstance(each, Location) for each in found):
        return False
    try:
        with app.store() as store:
            named = cluster_baseline(store, word)
            return named is not None and has_cluster(store, named[0])
    except DatabaseNotFoundError:
        return False


def _is_cluster(app: App, prefix: str) -> bool:
    try:
        with app.store() as store:
            return has_cluster(store, prefix)
    except DatabaseNotFoundError:
        return False


def settled(app: App, word: str, found: StoredName | Place) -> str | None:
    """Put what ``--snapshot`` means into the settings.

    Returns the name of a stored snapshot, or None where a place is to be read: the settings then
    say which, as ``--context`` and ``--source`` do. Raises UsageError.
    """
    if isinstance(found, StoredName):
        if found.database and "db_path" in app.typed:
            raise UsageError(f"{word} names its database; --db-path cannot be used with it")
        app.settings.db_path = found.database or app.settings.db_path
        return found.name
    for name in ("source", "context", "cluster_name"):
        if name in app.typed:
            option = name.replace("_", "-")
            raise UsageError(
                f"--snapshot {word} says what to read; it cannot be used with --{option}"
            )
    app.settings.context = found.context or app.settings.context
    app.settings.source = found.location or None
    return None
