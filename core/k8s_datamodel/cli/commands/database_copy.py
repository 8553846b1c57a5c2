"""``database copy``: moves and merges databases."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

import click

from k8s_datamodel.base.errors import DatabaseNotFoundError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.passwords import warn_of_password
from k8s_datamodel.cli.params.snapshot_options import cluster_option
from k8s_datamodel.contracts.stores import AbleStore, SnapshotQuery, Store
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.reading import copying

GROUP = click.Group("database")


@GROUP.command(
    "copy",
    help="Copy the snapshots of one database that another one lacks into it: SQLite files and "
    "PostgreSQL, either way. Doing it twice is the same as doing it once.",
    epilog="Example: k8s-datamodel database copy laptop.db postgresql://db.example.org/inventory",
)
@click.argument("origin", metavar="FROM")
@click.argument("target", metavar="TO")
@cluster_option()
@click.option("--dry-run", is_flag=True, help="Only say what would be copied.")
@click.pass_context
def _copy(
    ctx: click.Context, /, origin: str, target: str, cluster_context: str | None, dry_run: bool
) -> None:
    app = ctx.ensure_object(App)
    warn_of_password(app, origin, "FROM")
    warn_of_password(app, target, "TO")
    with closing(app.open_store(origin, needs="types")) as old:
        snapshots = old.snapshots(SnapshotQuery(cluster_context))
        if dry_run:
            _tell(app, _lacking(app, snapshots, target))
            return
        with closing(app.open_store(target, create=True)) as new:
            failed = _copy_all(app, old, new, snapshots)
    if failed:
        ctx.exit(1)


def _lacking(app: App, snapshots: Sequence[Snapshot], target: str) -> Sequence[Snapshot]:
    try:
        with closing(app.open_store(target)) as new:
            return copying.lacking(snapshots, new)
    except DatabaseNotFoundError:  # it would be made, and holds nothing yet
        return snapshots


def _tell(app: App, snapshots: Sequence[Snapshot]) -> None:
    for each in snapshots:
        click.echo(f"{each.id}\t{each.timestamp}\t{each.cluster.context}\t{each.notes or ''}")
    app.say(f"Would copy {_amount(len(snapshots))}.")


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
    said = f"Copied {_amount(len(lacking) - failed)}"
    app.say(f"{said}; {there} {'was' if there == 1 else 'were'} there already.")
    return failed


def _amount(number: int) -> str:
    return f"{number} snapshot{'' if number == 1 else 's'}"
