"""What a word that names a moment means, given what there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from k8s_datamodel.base.errors import DatabaseNotFoundError, UsageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.settings import Place
from k8s_datamodel.naming.moment_names import Live, Location, Within, readings
from k8s_datamodel.naming.snapshot_names import has_cluster

_DATABASES = (".db", ".sqlite", ".sqlite3")


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored snapshot.

    Attributes:
        name: see ``resolve``.
        database: path or URL; None for the one that the settings name.
    """

    name: str
    database: str | None = None


def meant(app: App, word: str) -> Kept | Place:
    """The stored snapshot, or the place to read, that a word means.

    Raises UsageError if it may mean two that are there, and names both.
    """
    found = readings(word)
    fitting = [each for reading in found for each in _fitting(app, word, reading)]
    if len(fitting) > 1:
        both = " and ".join(text for text, _ in fitting)
        raise UsageError(f"{word!r} is ambiguous: it names {both}")
    if fitting:
        return fitting[0][1]
    database = next(_databases(app, word.rpartition(":")[0]), "") if ":" in word else ""
    if database:  # what follows is the name of a baseline
        return Kept(word[len(database) + 1 :], database)
    last = found[-1] if found else None
    return Place(None, last.path) if isinstance(last, Location) else Kept(word)


def _fitting(app: App, word: str, reading: object) -> Iterator[tuple[str, Kept | Place]]:
    """What a reading means, in words, where that is there; it is looked for only if it matters."""
    if isinstance(reading, Live):
        yield "a live cluster", Place(reading.context or app.settings.context)
    elif isinstance(reading, Location):
        if _scheme(reading.path) in app.registry.sources or Path(reading.path).exists():
            yield f"the path {reading.path}", Place(None, reading.path)
    elif isinstance(reading, Within):
        for database in _databases(app, reading.prefix):
            yield f"a snapshot in {database}", Kept(word[len(database) + 1 :], database)
        if _is_cluster(app, reading.prefix):
            yield f"a snapshot of {reading.prefix}", Kept(word)
    else:
        yield "a snapshot", Kept(word)


def _scheme(text: str) -> str:
    return text.partition("://")[0].partition("+")[0] if "://" in text else ""


def _databases(app: App, prefix: str) -> Iterator[str]:
    """The databases that a prefix may begin with; the name of a cluster may follow a file's."""
    if scheme := _scheme(prefix):
        if scheme in app.registry.storages:
            yield prefix
        return
    parts = prefix.split(":")
    for number in range(1, len(parts) + 1):
        text = ":".join(parts[:number])
        if text.lower().endswith(_DATABASES) or Path(text).is_file():
            yield text


def _is_cluster(app: App, prefix: str) -> bool:
    try:
        with app.store() as store:
            return has_cluster(store, prefix)
    except DatabaseNotFoundError:
        return False


def settled(app: App, word: str, found: Kept | Place) -> str | None:
    """Put what ``--snapshot`` means into the settings.

    Returns the name of a stored snapshot, or None where a place is to be read: the settings then
    say which, as ``--context`` and ``--source`` do. Raises UsageError.
    """
    if isinstance(found, Kept):
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
