"""Open the two moments of a comparison: both in stores, in order of identity, and redacted."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import click

from k8s_datamodel.base.errors import DatabaseNotFoundError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.settings import Place
from k8s_datamodel.cli.moments.moment_meanings import StoredName, meaning_of
from k8s_datamodel.cli.moments.moment_openers import collected_now, stored_before
from k8s_datamodel.cli.params.global_options import warn_of_password
from k8s_datamodel.data.asked import ALL, Asked
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.stored_moments import StoredMoment
from k8s_datamodel.types.resource_types import ResourceType


@contextmanager
def compared_moments(
    ctx: click.Context,
    words: tuple[str, str],
    types: Sequence[ResourceType],
    asked: Asked = ALL,
    *,
    told: bool = False,
) -> Iterator[tuple[StoredMoment, StoredMoment]]:
    """The moments that two words name; use them before this is left, which closes all.

    What is read now waits in a database of its own. Its credentials are replaced with the salt of
    the other side's database, else with that of the user's database, so that equal ones are equal.

    Args:
        ctx: of the command, for the global options.
        words: a name each, see ``naming.moment_names``.
        types: whose rows are compared. Of a cluster that is read now those on request are left
            out, unless ``asked`` names them.
        asked: what is wanted of what is read now.
        told: what each moment lacks is said when the command is through, after its word, and
            makes the exit code.

    Raises:
        UsageError: a word means nothing, or two things.
        SourceError, StorageError: it cannot be opened.
    """
    app = ctx.ensure_object(App)
    for word in words:
        warn_of_password(app, word, "a moment")
    names = [meaning_of(app, word) for word in words]
    with ExitStack() as stack:
        found: dict[int, StoredMoment] = {}
        for side, name in enumerate(names):
            if isinstance(name, StoredName):
                opener = stored_before(app, types, name.name, database=name.database)
                found[side] = stack.enter_context(opener)
        places = [(side, name) for side, name in enumerate(names) if isinstance(name, Place)]
        if places:
            key = _salt(app, [each.store for each in found.values()])
            now = [each for each in types if not each.on_request or each.name in asked.patterns]
            for side, place in places:
                found[side] = stack.enter_context(_collected(app, now, key, asked, place))
        if same := _same(names, found[0].snapshot, found[1].snapshot):
            app.say(same)
        if told:
            for side, word in enumerate(words):
                app.missing.of(found[side], (), name=word)
        yield found[0], found[1]


@contextmanager
def one_moment(
    ctx: click.Context,
    word: str | None,
    type_names: Sequence[str],
    asked: Asked = ALL,
    *,
    like: Moment | None = None,
) -> Iterator[Moment]:
    """The moment that a word names, in a store; use it before this is left, which closes it.

    Args:
        ctx: of the command, for the global options.
        word: see ``compared_moments``; None for what the global options name, read now.
        type_names: of the types whose rows are wanted, those on request too.
        asked: what is wanted of what is read now.
        like: another moment, in whose way credentials are replaced.

    Raises:
        UsageError: the word means nothing, or two things.
        SourceError, StorageError: it cannot be opened.
    """
    app = ctx.ensure_object(App)
    types = [app.registry.type(name) for name in type_names]
    name: StoredName | Place | None = None
    if word is not None:
        warn_of_password(app, word, "a moment")
        name = meaning_of(app, word)
    opener: AbstractContextManager[Moment]
    if isinstance(name, StoredName):
        opener = stored_before(app, types, name.name, database=name.database)
    else:
        stores = [like.store] if isinstance(like, StoredMoment) else []
        opener = _collected(app, types, _salt(app, stores), asked, name)
    with opener as moment:
        yield moment


def with_types(ctx: click.Context, moment: Moment, type_names: Sequence[str]) -> Moment:
    """A moment that is in a store as one of other types, of which it may hold none."""
    if not isinstance(moment, StoredMoment):
        raise TypeError("only a moment that is stored has other types")
    app = ctx.ensure_object(App)
    types = [app.registry.type(name) for name in type_names]
    counts = {each: n for each, n in moment.snapshot.counts.items() if each in type_names}
    return replace(moment, types=types, counts=counts)


def _same(names: Sequence[StoredName | Place], old: Snapshot, new: Snapshot) -> str:
    """A sentence where both sides are one snapshot or one path; empty otherwise.

    A cluster that is read twice is not: it may change in between.
    """
    stored = all(isinstance(each, StoredName) for each in names)
    if stored and old.uuid and old.uuid == new.uuid:
        return (
            f"Both sides are snapshot {new.id} of {new.cluster.context}, so nothing can differ; "
            "`k8s-datamodel diff` alone tells what changed last."
        )
    paths = {each.location if isinstance(each, Place) else "" for each in names}
    path = paths.pop() if len(paths) == 1 else ""
    return f"Both sides are {path}, so nothing can differ." if path else ""


def _collected(
    app: App, types: Sequence[ResourceType], key: bytes, asked: Asked, place: Place | None
) -> AbstractContextManager[StoredMoment]:
    from k8s_datamodel.reading.storing import StoreOptions  # noqa: PLC0415 - not for what is stored

    return collected_now(app, types, StoreOptions(key=key), asked, place)


def _salt(app: App, stores: Sequence[Any]) -> bytes:
    """The secret salt of the first of some stores that has one, else of the user's database."""
    for store in stores:
        if key := getattr(store, "redaction_key", None):
            return bytes(key)
    try:
        with app.store() as store:
            key = getattr(store, "redaction_key", None)
    except DatabaseNotFoundError:
        key = None
    return key or secrets.token_bytes(32)
