"""Options of commands on stored snapshots, and their summary in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import click
from click.decorators import FC

from k8s_datamodel.base.clock import ago
from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.base.plurals import counted, size
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.settings import Place
from k8s_datamodel.cli.moments.moment_meanings import meaning_of, settled
from k8s_datamodel.cli.params.candidates import Completed, named, snapshots, stored_contexts
from k8s_datamodel.cli.params.global_options import warn_of_password
from k8s_datamodel.data.snapshots import FROM_FILES, Snapshot, cluster_text
from k8s_datamodel.data.timings import Timings
from k8s_datamodel.reading.documents import heading
from k8s_datamodel.types.resource_types import ResourceType

SNAPSHOT = Completed("snapshot", snapshots)
"""The type of a word that names a moment."""


def snapshot_option() -> Callable[[FC], FC]:
    """``--snapshot``, for commands that read a cluster unless told otherwise."""
    return click.option(
        "--snapshot",
        type=SNAPSHOT,
        metavar="SNAPSHOT",
        help="Read another moment: a stored snapshot (number, latest, latest~1, @DATE, "
        "CONTEXT:latest, FILE.db:latest), live:CONTEXT, or a path.",
    )


def moment_argument(name: str, default: str | None = None) -> Callable[[FC], FC]:
    """An argument that names a moment, see ``docs/database.md``; required without a default."""
    if default is None:
        return click.argument(name, type=SNAPSHOT)
    return click.argument(name, type=SNAPSHOT, default=default)


def moments_argument(name: str, metavar: str) -> Callable[[FC], FC]:
    """An argument that names any number of moments; ``metavar`` says in help what they are."""
    return click.argument(name, type=SNAPSHOT, nargs=-1, metavar=metavar)


def settle_snapshot(ctx: click.Context) -> None:
    """Take a live cluster, a path or another database from the command's ``--snapshot``.

    They are then the command's as if ``--context``, ``--source`` or ``--db-path`` named them; a
    command whose argument is a snapshot takes a database only. Raises UsageError.
    """
    param = next(each for each in ctx.command.params if each.name == "snapshot")
    if param.type is not SNAPSHOT:
        return
    app, word = ctx.ensure_object(App), str(ctx.params["snapshot"])
    warn_of_password(app, word, param.opts[-1] if param.opts[-1].startswith("-") else "SNAPSHOT")
    found = meaning_of(app, word)
    if isinstance(found, Place) and isinstance(param, click.Argument):
        raise UsageError(f"{word} is read, not stored: name a stored snapshot")
    if isinstance(found, Place) and any((ctx.meta.get("k8s_datamodel.contexts") or {}).values()):
        raise UsageError(f"--snapshot {word} is of one cluster; it cannot be used with --contexts")
    ctx.params["snapshot"] = settled(app, word, found)


def insist_on_stored_here(app: App, word: str) -> None:
    """Raise UsageError if a word names what is no snapshot of the database of the settings."""
    found = meaning_of(app, word)
    if isinstance(found, Place):
        raise UsageError(f"{word} is read, not stored: name a stored snapshot")
    if found.database:
        raise UsageError(
            f"{word} is in another database: name the snapshot {found.name}, and the database by "
            "--db-path"
        )


def with_snapshot(ctx: click.Context) -> None:
    """Raise UsageError if an option was typed that has no meaning beside ``--snapshot``."""
    for name in ("source", "cluster_name", "namespace"):
        if name in ctx.ensure_object(App).typed and not ctx.resilient_parsing:
            raise UsageError(
                "--snapshot reads what is stored; it cannot be used with "
                f"--{name.replace('_', '-')}, which chooses what to read now"
            )


def cluster_option() -> Callable[[FC], FC]:
    """``--cluster-context``."""
    return click.option(
        "--cluster-context",
        type=Completed("context", stored_contexts),
        callback=named,
        metavar="NAME",
        help="Only snapshots of this cluster's context.",
    )


def clusters_option(
    text: str = "Only clusters whose context or UID matches; * and ? match, repeat for more.",
) -> Callable[[FC], FC]:
    """``--cluster-context`` of a command on several stored clusters, as ``patterns``.

    ``text`` is its help.
    """
    return click.option(
        "--cluster-context",
        "patterns",
        type=Completed("context", stored_contexts),
        multiple=True,
        metavar="PATTERN",
        help=text,
    )


def shown_line(snapshot: Snapshot, now: str) -> str:
    """One line on the snapshot that an answer is of: number, cluster, time, age."""
    where = cluster_text(snapshot.cluster.context, snapshot.namespace_filter)
    age = ago(snapshot.timestamp, now)
    return f"Snapshot {snapshot.id} of {where}, {snapshot.timestamp} UTC, {age}."


def stored_line(snapshot: Snapshot, types: Sequence[ResourceType]) -> str:
    """One line on a snapshot that was just stored: what it holds, and how long it took."""
    held = [_amount(each, snapshot.counts.get(each.name)) for each in types]
    state = "" if snapshot.complete else " It is incomplete."
    return (
        f"Stored snapshot {snapshot.id} of {snapshot.cluster.context}: {', '.join(held)} "
        f"in {snapshot.seconds:.1f} s.{state}"
    )


def timing_lines(snapshot: Snapshot, timings: Timings) -> Iterator[str]:
    """Where the time of a snapshot went; the last line says who is slow."""
    stages = ", ".join(f"{name} {spent:.2f}" for name, spent in timings.by_name().items())
    yield f"Snapshot {snapshot.id} took {timings.seconds:.2f} s: {stages}."
    reused = counted(timings.reused, "object")
    yield (
        f"{counted(timings.requests, 'request')}, {size(timings.bytes)}, {reused} reused; "
        f"{timings.processor:.2f} s of processor time."
    )
    waits = timings.waits
    source = "the files" if snapshot.cluster.source == FROM_FILES else "the server"
    who = {"source": source, "database": "the database", "tool": "k8s-datamodel itself"}
    yield (
        f"Waited {waits['source']:.2f} s for {source} and {waits['database']:.2f} s for the "
        f"database, worked {waits['tool']:.2f} s: {who[timings.slowest]} took the largest part."
    )


def _amount(resource_type: ResourceType, count: int | None) -> str:
    if count is None:
        return f"{heading(resource_type.plural)} unknown"
    return counted(count, resource_type.singular, resource_type.plural)
