"""What a store holds of the cluster of a moment from before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import click

from k8s_datamodel.base.errors import DatabaseNotFoundError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.contracts.stores import Store
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.naming.missing_names import baselines_of
from k8s_datamodel.naming.snapshot_names import newest_first
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.stored_moments import StoredMoment, of_one_cluster
from k8s_datamodel.types.resource_types import ResourceType


@dataclass(frozen=True, slots=True)
class Earlier:
    """The snapshots of a cluster from before a moment, of as much of it. Fields may be added.

    Attributes:
        last: the newest of them; None if there is none.
        baseline: the newest of them that the user gave a name; None if none has one.
        name: of the baseline; empty if there is none.
    """

    last: Moment | None = None
    baseline: Moment | None = None
    name: str = ""


@contextmanager
def earlier_moments(ctx: click.Context, moment: Moment) -> Iterator[Earlier]:
    """What is stored from before a moment; use it before this is left, which closes it.

    It is that of the moment's own store, or of the user's database for what was read now. Raises
    StorageError.
    """
    with ExitStack() as stack:
        store = store_of_past(ctx.ensure_object(App), moment, stack)
        yield Earlier() if store is None else _earlier(store, moment)


def store_of_past(app: App, moment: Moment, stack: ExitStack) -> Store | None:
    """The store that holds what was before a moment; None if there is none. The stack closes it."""
    if isinstance(moment, StoredMoment) and moment.number:
        return moment.store
    try:
        return stack.enter_context(app.store())
    except DatabaseNotFoundError:  # nothing was ever stored
        return None


def _earlier(store: Store, moment: Moment) -> Earlier:
    names = {number: name for name, number in baselines_of(store).items()}
    last: Snapshot | None = None
    baseline: Snapshot | None = None
    for each in _before(store, moment):
        last = last or each
        if each.id in names:
            baseline = each
            break
        if not names:
            break
    return Earlier(
        _opened(store, last, moment.types) if last else None,
        _opened(store, baseline, moment.types) if baseline else None,
        names[baseline.id] if baseline else "",
    )


def _before(store: Store, moment: Moment) -> Iterator[Snapshot]:
    """The snapshots of a moment's cluster and namespace before it, the newest first."""
    passed = moment.number is None
    cluster = moment.cluster()
    for each in newest_first(store):
        alike = each.namespace_filter == moment.namespace
        if passed and alike and of_one_cluster(each.cluster, cluster):
            yield each
        passed = passed or each.id == moment.number


def _opened(store: Store, snapshot: Snapshot, types: Sequence[ResourceType]) -> StoredMoment:
    return StoredMoment.of(store, snapshot, types)
