"""``database backup|restore|verify``: upkeep of a database."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from k8s_datamodel.base.errors import DatabaseNotFoundError, StorageError, UsageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.opening import DATABASE
from k8s_datamodel.cli.frame.protected_inputs import protect_inputs
from k8s_datamodel.cli.frame.used_settings import reads
from k8s_datamodel.cli.params.options import InputPath, OutputPath
from k8s_datamodel.contracts.stores import Store
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.types.foreign_texts import printable

GROUP = click.Group("database")


def number_of_snapshots(number: int) -> str:
    """``1 snapshot``, ``2 snapshots``."""
    return f"{number} snapshot{'' if number == 1 else 's'}"


def print_snapshots(snapshots: Sequence[Snapshot]) -> None:
    """Print a line for each, as a dry run does."""
    for each in snapshots:
        print_snapshot(each)


def print_snapshot(one: Snapshot, *more: str) -> None:
    """Print a line for one, whatever its cluster is called, and what else is said of it."""
    said = one.timestamp, one.cluster.context, one.notes or "", *more
    click.echo("\t".join([str(one.id), *map(printable, said)]))


@GROUP.command(
    "backup",
    short_help="Write a copy of the database, at any time.",
    epilog="Example: k8s-datamodel database backup inventory-backup.db",
)
@click.argument("file", type=OutputPath(path_type=Path))
@reads("database")
@click.pass_context
def _backup(ctx: click.Context, /, file: Path) -> None:
    """Write a copy of the database, safely, also while others write to it."""
    app = ctx.ensure_object(App)
    with app.store(needs="backup") as store:
        store.backup(file)
    app.say(f"Wrote {file}.")


@GROUP.command(
    "restore",
    help="Put a backup in the place of the database, once it is verified and while nobody "
    "else uses the database.",
    short_help="Put a backup in the place of the database.",
    epilog="Example: k8s-datamodel database restore inventory-backup.db",
)
@click.argument("file", type=InputPath(path_type=Path))
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@reads("database")
@click.pass_context
def _restore(ctx: click.Context, /, file: Path, yes: bool) -> None:
    app = ctx.ensure_object(App)
    restore = app.opening.restore(app.settings.db_path or "")
    place = next(iter(app.inputs().get(DATABASE, ())), None)
    if place:
        # A mistyped --db-path would put it in the place of the source.
        protect_inputs(app, place, DATABASE)
    if (there := _there(app, place)) and not yes and not _confirmed(file, there):
        app.say("Nothing was restored.")
        app.missing.failed = True
        return
    for each in restore(file):
        app.say(f"What was in its place is kept: {each}.")
    with app.store() as store:
        number = len(store.snapshots())
    app.say(f"Restored {number_of_snapshots(number)} from {file}.")


def _there(app: App, place: Path | None) -> str:
    """What would be overwritten, in words; empty when there is nothing."""
    try:
        with app.store() as store:
            snapshots = store.snapshots()
    except DatabaseNotFoundError:
        return ""
    except StorageError as error:  # it is damaged, which is what backups are for
        return str(error)
    last = max((each.timestamp for each in snapshots), default=None)
    return f"{place or DATABASE} has {len(snapshots)} snapshots, the last of {last}"


def _confirmed(file: Path, there: str) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("restore asks before it overwrites: without a terminal, give --yes")
    click.echo(there, err=True)
    return click.confirm(f"Put {file} in its place?", err=True)


@GROUP.command(
    "verify",
    short_help="Check digests, references and ledgers.",
    epilog="Example: k8s-datamodel database verify",
)
@reads("database")
@click.pass_context
def _verify(ctx: click.Context, /) -> None:
    """Check digests, references and ledgers; name what is wrong and exit with 1."""
    app = ctx.ensure_object(App)
    with app.store(needs="verify") as store:
        problems = store.verify()
        without = problems or _without_digest(store)
    for problem in problems:
        click.echo(problem)
    if problems:
        app.missing.failed = True
    else:
        app.say(f"The database is well{without}.")


def _without_digest(store: Store) -> str:
    """Words for how many snapshots have no digest, so that changes in them do not show."""
    snapshots = store.snapshots()
    number = sum(not each.digest for each in snapshots)
    return f"; {number:,} of {len(snapshots):,} snapshots are without digest" if number else ""
