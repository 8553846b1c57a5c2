"""``database copy``: the snapshots of one database into another one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from k8s_datamodel.base.errors import DatabaseNotFoundError, UsageError
from k8s_datamodel.cli.commands.database_upkeep import number_of_snapshots, print_snapshots
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.used_settings import reads
from k8s_datamodel.cli.moments.moment_meanings import database_in
from k8s_datamodel.cli.params.global_options import warn_of_password
from k8s_datamodel.cli.params.snapshot_options import cluster_option
from k8s_datamodel.contracts.specs import Capability
from k8s_datamodel.contracts.stores import AbleStore, Store
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.naming.missing_names import snapshots_of
from k8s_datamodel.reading import copying

GROUP = click.Group("database")


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
@click.option("--baselines", is_flag=True, help="Copy the baselines, too.")
@click.option("--dry-run", is_flag=True, help="Only say what would be copied.")
@reads("nothing", why="FROM and TO name the databases")
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
        snapshots = snapshots_of(old, cluster_context)
        if dry_run:
            lacking = _lacking(app, snapshots, target)
            print_snapshots(lacking)
            app.say(f"Would copy {number_of_snapshots(len(lacking))}.")
            return
        needs: Capability | None = "baselines" if baselines else None
        with closing(app.open_store(target, create=True, needs=needs)) as new:
            failed = _copy_all(app, old, new, snapshots)
            if baselines:
                _copy_names(app, old, new)
    app.missing.failed = failed > 0


def _insist_on_whole(app: App, url: str) -> None:
    """Raise UsageError for no database, and for one that the name of a snapshot follows."""
    if not url:
        raise UsageError("an empty FROM or TO names no database")
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
    said = f"Copied {number_of_snapshots(len(lacking) - failed)}"
    app.say(f"{said}; {there} {'was' if there == 1 else 'were'} there already.")
    return failed
