"""Open moments with all that they hold, for a command that tells of all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.settings import Place
from k8s_datamodel.cli.moments.moment_meanings import StoredName, meaning_of
from k8s_datamodel.cli.rows.compared_moments import compared_moments, one_moment
from k8s_datamodel.reading.moments import Moment

_LATEST = "latest"
_CHOOSING = ("source", "cluster_name", "namespace")
"""Options that choose what to read now."""

_BOTH = 2


@contextmanager
def whole_moments(ctx: click.Context, words: Sequence[str]) -> Iterator[Sequence[Moment]]:
    """The moments that words name, in stores, with the rows of all types.

    Use them before this is left, which closes all. Of what is read now types on request are left
    out. What the last moment lacks is said when the command is through, and makes the exit code.

    Args:
        ctx: of the command, for the global options.
        words: at most two names of moments. Without any it is what ``--source`` names, read now,
            or else the newest snapshot.

    Raises:
        UsageError: a word means nothing, or two things, or does not go with an option.
        SourceError, StorageError: a moment cannot be opened.
    """
    app = ctx.ensure_object(App)
    if len(words) > _BOTH:
        raise UsageError("name at most two moments")
    read_now = not words and app.settings.source is not None
    named = words or [_LATEST]
    if not read_now:
        _insist(app, named)
    if len(named) == _BOTH:
        with compared_moments(ctx, (named[0], named[1]), app.registry.types) as both:
            app.missing.of(both[1], ())
            yield both
        return
    word = None if read_now else named[0]
    stored = word is not None and isinstance(meaning_of(app, word), StoredName)
    types = [each.name for each in app.registry.types if stored or not each.on_request]
    with one_moment(ctx, word, types) as moment:
        app.missing.of(moment, ())
        yield [moment]


def word_of(ctx: click.Context, word: str | None, moment: Moment) -> str:
    """A word that names a moment of ``whole_moments`` again, for a command that opens it twice.

    ``word`` is what the user called it; None where nothing was named.
    """
    app = ctx.ensure_object(App)
    if word is None and moment.number is None:
        return app.settings.source or _LATEST
    found = None if word is None else meaning_of(app, word)
    elsewhere = isinstance(found, StoredName) and found.database
    if word is not None and (elsewhere or moment.number is None):
        return word
    return str(moment.number)


def _insist(app: App, words: Sequence[str]) -> None:
    """Raise UsageError if an option chooses what to read, and a word does."""
    typed = [each for each in _CHOOSING if each in app.typed]
    for word in words if typed else ():
        found = meaning_of(app, word)
        if isinstance(found, Place) and typed == ["namespace"]:
            continue
        option = typed[0].replace("_", "-")
        raise UsageError(
            f"{word} names the moment; it cannot be used with --{option}, which chooses what to "
            "read now"
        )
