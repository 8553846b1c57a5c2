"""``database baseline`` and ``database note``: what users say of stored snapshots."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import click

from k8s_datamodel.base.errors import StorageError, UsageError
from k8s_datamodel.base.near_names import hint
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.output import write_page
from k8s_datamodel.cli.frame.used_settings import reads
from k8s_datamodel.cli.moments.named_snapshots import named_snapshot
from k8s_datamodel.cli.params.candidates import Completed
from k8s_datamodel.cli.params.options import output_option
from k8s_datamodel.cli.params.snapshot_options import SNAPSHOT, cluster_option
from k8s_datamodel.contracts.stores import Store
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.pages import Page, Rows
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.naming.missing_names import baselines_of
from k8s_datamodel.naming.moment_names import readings
from k8s_datamodel.naming.snapshot_ranges import ends_of

GROUP = click.Group("database")

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_SUFFIX = re.compile(r"\.[A-Za-z]\w*")
_COLUMNS = (
    Column("name", show="table"),
    Column("snapshot", "integer", show="table"),
    Column("timestamp", show="table"),
    Column("cluster_context", title="Cluster", show="table"),
    Column("notes", show="table"),
)


def check_name(name: str) -> str:
    """The name of a baseline. Raises UsageError if it cannot be one, or means another moment."""
    if readings(name) or ends_of(name) or name.startswith("latest"):
        raise UsageError(f"{name!r} cannot name a baseline: it names something else already")
    if not _NAME.fullmatch(name) or _SUFFIX.search(name[-6:]):
        raise UsageError(
            f"{name!r} cannot name a baseline: use letters, digits, _, - and ., "
            "at most 100, and no suffix of a file"
        )
    return name


def _names(ctx: click.Context, _: str) -> Iterable[str]:
    with ctx.ensure_object(App).store(needs="baselines") as store:
        return list(store.baselines())


@GROUP.group(
    "baseline",
    help="Name snapshots; what has a name is never cleaned up.",
    epilog="Example: k8s-datamodel database baseline list",
)
def _baseline() -> None:
    pass


@_baseline.command(
    "set",
    help="Give a snapshot a name, the latest unless told otherwise. A name that is there moves.",
    epilog="Example: k8s-datamodel database baseline set before-upgrade 1",
)
@click.argument("name", type=Completed("name", _names))
@click.argument("snapshot", type=SNAPSHOT, default="latest")
@cluster_option()
@reads("snapshots")
@click.pass_context
def _set(ctx: click.Context, /, name: str, snapshot: str, cluster_context: str | None) -> None:
    app = ctx.ensure_object(App)
    check_name(name)
    with app.store(needs="baselines") as store:
        found = named_snapshot(app, store, snapshot, cluster_context)
        before = store.set_baseline(name, found.id)
    moved = f"; it was snapshot {before} before" if before not in (None, found.id) else ""
    app.say(f"Baseline {name} is snapshot {found.id}{moved}.")


@_baseline.command("unset", epilog="Example: k8s-datamodel database baseline unset NAME")
@click.argument("name", type=Completed("name", _names))
@reads("database")
@click.pass_context
def _unset(ctx: click.Context, /, name: str) -> None:
    """Take a name away; the snapshot stays, until it is deleted or cleaned up."""
    app = ctx.ensure_object(App)
    with app.store(needs="baselines") as store:
        if not store.unset_baseline(name):
            near = hint(name, store.baselines())
            raise StorageError(
                f"there is no baseline {name}{near}; `k8s-datamodel database baseline list` shows "
                "them"
            )
    app.say(f"{name} names no snapshot any more.")


@_baseline.command("list", epilog="Example: k8s-datamodel database baseline list")
@output_option()
@reads("database")
@click.pass_context
def _list(ctx: click.Context, /, output: str) -> None:
    """List the named snapshots."""
    app = ctx.ensure_object(App)
    with app.store(needs="baselines") as store:
        named = [(name, store.snapshot(number)) for name, number in store.baselines().items()]
    write_page(ctx, Page([Rows(_COLUMNS, [_row(*each) for each in named], "Baselines")]), output)


def _row(name: str, snapshot: Snapshot) -> Mapping[str, object]:
    return {
        "name": name,
        "snapshot": snapshot.id,
        "timestamp": snapshot.timestamp,
        "cluster_context": snapshot.cluster.context,
        "notes": snapshot.notes,
    }


@GROUP.command(
    "note",
    help="Replace the notes of a snapshot, or add to them.",
    epilog="Example: k8s-datamodel database note 1 'before the upgrade'",
)
@click.argument("snapshot", type=SNAPSHOT)
@click.argument("text")
@click.option("--append", is_flag=True, help="Add to the notes that are there.")
@cluster_option()
@reads("snapshots")
@click.pass_context
def _note(
    ctx: click.Context, /, snapshot: str, text: str, append: bool, cluster_context: str | None
) -> None:
    app = ctx.ensure_object(App)
    with app.store(needs="note") as store:
        found = named_snapshot(app, store, snapshot, cluster_context)
        store.note(found.id, text, append=append)
    app.say(f"Noted on snapshot {found.id}.")


def baseline_names(store: Store) -> Mapping[int, str]:
    """A name of each snapshot that has one; none in a store without baselines."""
    return {number: name for name, number in baselines_of(store).items()}
