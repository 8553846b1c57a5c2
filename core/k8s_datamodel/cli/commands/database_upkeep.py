"""``database stats|cleanup|backup|restore|verify|copy``: size and upkeep of a database."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from k8s_datamodel.base.clock import now
from k8s_datamodel.base.errors import DatabaseNotFoundError, StorageError, UsageError
from k8s_datamodel.cli.commands.database_names import names_of
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.opening import DATABASE
from k8s_datamodel.cli.frame.output import write_page
from k8s_datamodel.cli.frame.protected_inputs import protect_inputs
from k8s_datamodel.cli.moments.moment_meanings import database_in
from k8s_datamodel.cli.params.global_options import warn_of_password
from k8s_datamodel.cli.params.options import OutputPath, output_option
from k8s_datamodel.cli.params.snapshot_options import cluster_option
from k8s_datamodel.contracts.specs import Capability
from k8s_datamodel.contracts.stores import AbleStore, SnapshotQuery, Store, StoreStats
from k8s_datamodel.data.pages import Fields, Page
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.naming.retention import age, doomed
from k8s_datamodel.reading import copying
from k8s_datamodel.reading.documents import heading
from k8s_datamodel.types.resource_types import ResourceType

STEP = 1024
_UNITS = ("bytes", "KB", "MB", "GB", "TB")
GROUP = click.Group("database")


@GROUP.command(
    "stats",
    short_help="Show how many snapshots there are, and their size.",
    epilog="Example: k8s-datamodel database stats --output json",
)
@output_option()
@click.pass_context
def _stats(ctx: click.Context, /, output: str) -> None:
    """Show how many snapshots there are, of what, and how much space they take."""
    app = ctx.ensure_object(App)
    with app.store(needs="stats") as store:
        stats = store.stats()
    block = Fields(as_values(stats), drawn=list(drawn(stats, app.registry.types)))
    write_page(ctx, Page([block]), output)


def as_values(stats: StoreStats) -> dict[str, Any]:
    """Statistics as a document."""
    return {
        "database_path": stats.location,
        "database_size": stats.size,
        "total_snapshots": stats.snapshots,
        "date_range": {"first": stats.first, "last": stats.last},
        "unique_clusters": len(stats.clusters),
        "clusters": dict(stats.clusters),
        "records": dict(stats.records),
        "storage": dict(stats.storage),
    }


def drawn(stats: StoreStats, types: Sequence[ResourceType]) -> Iterator[str]:
    """Statistics as text, line by line, as the manual draws them."""
    yield "Database Statistics"
    yield "━" * len("Database Statistics")
    yield ""
    yield "📊 General Statistics:"
    yield f"  • Database Path: {stats.location}"
    yield f"  • Database Size: {size(stats.size)}"
    yield f"  • Total Snapshots: {stats.snapshots}"
    yield f"  • Date Range: {_range(stats)}"
    yield ""
    yield "📈 Content Statistics:"
    names = {each.name: heading(each.plural) for each in types}
    unasked = {each.name for each in types if each.on_request and not stats.records.get(each.name)}
    for name, number in stats.records.items():
        if name in unasked:
            continue
        yield f"  • Total {names.get(name, name)} Stored: {number}"
    yield f"  • Unique Clusters: {len(stats.clusters)}"
    yield ""
    yield "🏗️ Cluster Breakdown:"
    for context, number in stats.clusters.items():
        yield f"  • {context}: {_snapshots(number)}"
    yield ""
    yield "💾 Storage Breakdown:"
    for name, percent in shares(stats.storage).items():
        yield f"  • {names.get(name, heading(name))}: {percent}%"


def shares(storage: Mapping[str, int]) -> dict[str, int]:
    """Whole percentages that add up to 100: what rounding leaves goes to the largest remainders."""
    total = sum(storage.values())
    if not total:
        return {}
    exact = {name: 100 * part / total for name, part in storage.items()}
    whole = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: whole[name] - exact[name])
    for name in by_remainder[: 100 - sum(whole.values())]:
        whole[name] += 1
    return whole


def size(number: float) -> str:
    """Bytes for people, in steps of 1024, such as ``2.4 MB``."""
    for unit in _UNITS:
        if number < STEP or unit == _UNITS[-1]:
            break
        number /= STEP
    return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"


def _snapshots(number: int) -> str:
    return f"{number} snapshot{'' if number == 1 else 's'}"


def _list(snapshots: Sequence[Snapshot]) -> None:
    for each in snapshots:
        click.echo(f"{each.id}\t{each.timestamp}\t{each.cluster.context}\t{each.notes or ''}")


def _range(stats: StoreStats) -> str:
    if not stats.first or not stats.last:
        return "none yet"
    return f"{stats.first[:10]} to {stats.last[:10]}"


@GROUP.command(
    "cleanup",
    help="Delete old snapshots without asking. Of two conditions both must hold.",
    epilog="Example: k8s-datamodel database cleanup --keep 30 --older-than '90 days'",
)
@click.option("--keep", type=click.IntRange(min=1), help="Keep the newest so many of each cluster.")
@click.option("--older-than", metavar="AGE", help="30 days, 12h, 2 weeks, ...")
@cluster_option()
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@click.pass_context
def _cleanup(
    ctx: click.Context,
    /,
    keep: int | None,
    older_than: str | None,
    cluster_context: str | None,
    dry_run: bool,
) -> None:
    if keep is None and older_than is None:
        raise UsageError("give --keep N, --older-than AGE, or both")
    app = ctx.ensure_object(App)
    limit = age(older_than) if older_than is not None else None
    with app.store(needs="delete") as store:
        snapshots = store.snapshots(SnapshotQuery(cluster_context))
        named = names_of(store)
        old = doomed(snapshots, now(), keep, limit)
        gone = [each for each in old if each.id not in named]
        if gone and not dry_run:
            store.delete([each.id for each in gone])
    if dry_run:
        _list(gone)
    verb = "Would delete" if dry_run else "Deleted"
    app.say(f"{verb} {len(gone)} of {len(snapshots)} snapshots.")
    if kept := [f"{named[each.id]} ({each.id})" for each in old if each.id in named]:
        app.say(f"Kept, as they are baselines: {', '.join(kept)}.")


@GROUP.command(
    "backup",
    short_help="Write a copy of the database, at any time.",
    epilog="Example: k8s-datamodel database backup inventory-backup.db",
)
@click.argument("file", type=OutputPath(path_type=Path))
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
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
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
    app.say(f"Restored {_snapshots(number)} from {file}.")


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


@GROUP.command(
    "copy",
    help="Copy the snapshots of one database that another one lacks into it: SQLite files and "
    "PostgreSQL, either way. Doing it twice is the same as doing it once.",
    short_help="Copy the snapshots that another database lacks.",
    epilog="Example: k8s-datamodel database copy laptop.db postgresql://db.example.org/inventory",
)
@click.argument("origin", metavar="FROM")
@click.argument("target", metavar="TO")
@cluster_option()
@click.option("--baselines", is_flag=True, help="With the names of what is copied or there.")
@click.option("--dry-run", is_flag=True, help="Only say what would be copied.")
@click.pass_context
def _copy(
    ctx: click.Context,
    /,
    origin: str,
    target: str,
    cluster_context: str | None,
    baselines: bool,
    dry_run: bool,
) -> None:
    app = ctx.ensure_object(App)
    warn_of_password(app, origin, "FROM")
    warn_of_password(app, target, "TO")
    for url in (origin, target):
        _insist_on_whole(app, url)
    with closing(app.open_store(origin, needs="types")) as old:
        snapshots = old.snapshots(SnapshotQuery(cluster_context))
        if dry_run:
            lacking = _lacking(app, snapshots, target)
            _list(lacking)
            app.say(f"Would copy {_snapshots(len(lacking))}.")
            return
        needs: Capability | None = "baselines" if baselines else None
        with closing(app.open_store(target, create=True, needs=needs)) as new:
            failed = _copy_all(app, old, new, snapshots)
            if baselines:
                _copy_names(app, old, new)
    app.missing.failed = failed > 0


def _insist_on_whole(app: App, url: str) -> None:
    """Raise UsageError if a database is followed by the name of a snapshot."""
    database = database_in(app, url)
    if database and not Path(url).exists():
        raise UsageError(
            f"{url}: copy takes whole databases, such as {database}; --cluster-context chooses "
            "the snapshots of one cluster"
        )


def _copy_names(app: App, old: AbleStore, new: AbleStore) -> None:
    """Give the copies the names of the originals, unless another snapshot there has it."""
    there = {each.uuid: each.id for each in new.snapshots()}
    taken = new.baselines()
    for name, number in old.baselines().items():
        copy = there.get(old.snapshot(number).uuid)
        if copy is None:
            app.complain(f"baseline {name} was not copied, as its snapshot {number} was not")
        elif taken.get(name, copy) != copy:
            app.complain(f"baseline {name} stays snapshot {taken[name]} of the target")
        else:
            new.set_baseline(name, copy)


def _lacking(app: App, snapshots: Sequence[Snapshot], target: str) -> Sequence[Snapshot]:
    try:
        with closing(app.open_store(target)) as new:
            return copying.lacking(snapshots, new)
    except DatabaseNotFoundError:  # it would be made, and holds nothing yet
        return snapshots


def _copy_all(app: App, old: AbleStore, new: Store, snapshots: Sequence[Snapshot]) -> int:
    """Copy those that are missing; how many could not be read."""
    lacking = copying.lacking(snapshots, new)
    failed = 0
    with app.progress() as progress:
        for number, each in enumerate(lacking, start=1):
            progress(f"copying snapshot {number} of {len(lacking)}")
            try:
                copying.copy_snapshot(old, new, each, app.registry.types)
            except copying.UnreadableError as error:
                failed += 1
                app.complain(f"could not copy snapshot {each.id}: {error}")
    there = len(snapshots) - len(lacking)
    said = f"Copied {_snapshots(len(lacking) - failed)}"
    app.say(f"{said}; {there} {'was' if there == 1 else 'were'} there already.")
    return failed
