"""``database delete``: remove the snapshots that a user names."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence

import click

from k8s_datamodel.base.errors import DamagedError, StorageError, UsageError
from k8s_datamodel.base.plurals import counted
from k8s_datamodel.cli.commands.database_names import baseline_names
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.output import write_page
from k8s_datamodel.cli.frame.used_settings import reads
from k8s_datamodel.cli.moments.named_snapshots import named_snapshot
from k8s_datamodel.cli.params.options import output_option
from k8s_datamodel.cli.params.snapshot_options import SNAPSHOT, insist_on_stored_here
from k8s_datamodel.contracts.stores import Store
from k8s_datamodel.data.pages import Page
from k8s_datamodel.data.snapshots import ClusterInfo, Snapshot
from k8s_datamodel.naming.snapshot_ranges import ends_of, within
from k8s_datamodel.reading import documents

GROUP = click.Group("database")


@GROUP.command(
    "delete",
    short_help="Delete snapshots, for good.",
    epilog="Example: k8s-datamodel database delete 3 5 8..12 --dry-run",
)
@click.argument("snapshots", type=SNAPSHOT, nargs=-1, required=True)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only list what would be deleted.")
@output_option("table", " of --dry-run")
@reads("snapshots")
@click.pass_context
def _delete(
    ctx: click.Context, /, snapshots: tuple[str, ...], yes: bool, dry_run: bool, output: str
) -> None:
    """Delete snapshots, for good: several, or a range such as 8..12 with both ends.

    A baseline that is named is refused; one that is in a range is passed over.
    """
    app = ctx.ensure_object(App)
    for each in snapshots:
        if not ends_of(each):
            insist_on_stored_here(app, each)
    with app.store(needs="delete") as store:
        doomed, passed = _chosen(app, store, snapshots)
    if passed:
        app.say(f"Passed over, as they are baselines: {', '.join(passed)}.")
    if dry_run:
        write_page(ctx, Page([documents.snapshot_table(doomed, app.registry.types)]), output)
        app.say(f"Would delete {counted(len(doomed), 'snapshot')}.")
        return
    if not doomed:
        app.say("Nothing was deleted.")
        return
    if not yes and not _confirmed(doomed):
        app.say("Nothing was deleted.")
        app.missing.failed = True
        return
    with app.store() as store:
        store.delete([each.id for each in doomed])
    numbers = ", ".join(str(each.id) for each in doomed)
    app.say(f"Deleted {'snapshot' if len(doomed) == 1 else 'snapshots'} {numbers}.")


def _chosen(
    app: App, store: Store, words: Iterable[str]
) -> tuple[Sequence[Snapshot], Sequence[str]]:
    """The snapshots that words name, each once, and the baselines that are passed over."""
    named = baseline_names(store)
    found: dict[int, Snapshot] = {}
    passed: dict[int, str] = {}
    for word in words:
        if ends_of(word):
            for each in within(store, word, lambda name: named_snapshot(app, store, name)):
                if each.id in named:
                    passed[each.id] = f"{named[each.id]} ({each.id})"
                else:
                    found.setdefault(each.id, each)
        else:
            one = _doomed(app, store, word)
            _insist_on_unnamed(one, named)
            found.setdefault(one.id, one)
    return list(found.values()), list(passed.values())


def _insist_on_unnamed(snapshot: Snapshot, named: Mapping[int, str]) -> None:
    if name := named.get(snapshot.id):
        raise StorageError(
            f"snapshot {snapshot.id} is the baseline {name}, and nothing was deleted: first "
            f"run `k8s-datamodel database baseline unset {name}`"
        )


def _doomed(app: App, store: Store, name: str) -> Snapshot:
    """What is to be deleted: also what is damaged, by its number."""
    try:
        return named_snapshot(app, store, name)
    except DamagedError:
        if not name.isdecimal():
            raise
        return Snapshot("damaged", ClusterInfo(""), {}, id=int(name))


def _confirmed(snapshots: Sequence[Snapshot]) -> bool:
    """Ask on the terminal, not on stdin: a script must say ``--yes``."""
    if not sys.stdin.isatty():
        raise UsageError("delete asks before it deletes: without a terminal, give --yes")
    for each in snapshots:
        notes = f" ({each.notes})" if each.notes else ""
        click.echo(f"{each.id}: {each.timestamp} {each.cluster.context}{notes}", err=True)
    return click.confirm("Delete for good?", err=True)
