"""Open one moment: read now, stored now, or stored before; a command may open several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from k8s_datamodel.base.errors import OvertakenError
from k8s_datamodel.base.stopwatch import Stage
from k8s_datamodel.cli.frame.app import App, Task
from k8s_datamodel.cli.frame.settings import Place
from k8s_datamodel.data.timings import OPEN
from k8s_datamodel.types.resource_types import ResourceType

if TYPE_CHECKING:
    from k8s_datamodel.data.asked import Asked
    from k8s_datamodel.reading.run_moments import RunMoment
    from k8s_datamodel.reading.stored_moments import StoredMoment
    from k8s_datamodel.reading.storing import StoreOptions


@contextmanager
def read_now(
    app: App,
    types: Sequence[ResourceType],
    task: Task | None = None,
    asked: Asked | None = None,
    place: Place | None = None,
) -> Iterator[RunMoment]:
    """What a run reads of a place, a task's cluster, or what the settings name.

    Raises SourceError, UsageError.
    """
    from k8s_datamodel.reading.run_moments import RunMoment  # noqa: PLC0415 - as in App.run

    location = place.location if place else app.settings.source
    with app.run(types, task, asked, place=place) as run:
        yield RunMoment.of(run, dump=bool(location) and task is None)


@contextmanager
def stored_now(
    app: App,
    types: Sequence[ResourceType],
    options: StoreOptions,
    task: Task | None = None,
    asked: Asked | None = None,
) -> Iterator[StoredMoment]:
    """The same, once it is a snapshot in the database of the settings.

    If somebody deletes meanwhile what the snapshot was to keep, everything is read, once more.
    Raises SourceError, StorageError, UsageError.
    """
    from k8s_datamodel.reading.stored_moments import StoredMoment  # noqa: PLC0415 - as in App.run
    from k8s_datamodel.reading.storing import store as store_snapshot  # noqa: PLC0415

    def stored(stack: ExitStack, options: StoreOptions) -> StoredMoment:
        with app.run(types, task, asked, storing=True) as run:
            with run.session.stopwatch.during(Stage(OPEN)):
                store = stack.enter_context(app.store(create=True))
            made = store_snapshot(run, store, options, app.stored.add)
        return StoredMoment.of(store, made, types)

    with ExitStack() as stack:
        try:
            moment = stored(stack, options)
        except OvertakenError:
            app.say("Another process deleted snapshots meanwhile: everything is read once more.")
            moment = stored(stack, replace(options, full=True))
        yield moment


@contextmanager
def collected_now(
    app: App,
    types: Sequence[ResourceType],
    options: StoreOptions,
    asked: Asked | None = None,
    place: Place | None = None,
) -> Iterator[StoredMoment]:
    """What is read now, whole and in order of identity, for as long as this is open.

    It waits in a database of its own until all is there, so that memory holds no cluster. Raises
    SourceError, StorageError, UsageError.
    """
    from k8s_datamodel.reading.stored_moments import StoredMoment  # noqa: PLC0415 - as in App.run
    from k8s_datamodel.reading.storing import store as store_snapshot  # noqa: PLC0415

    with app.scratch() as store:
        with app.run(types, asked=asked, place=place) as run:
            made = store_snapshot(run, store, options)
        yield StoredMoment.of(store, made, types, scratch=True)


@contextmanager
def stored_before(
    app: App, types: Sequence[ResourceType], name: str, *, database: str | None = None
) -> Iterator[StoredMoment]:
    """The snapshot of a name, in a database or in that of the settings.

    Raises UsageError, StorageError.
    """
    from k8s_datamodel.cli.moments.named_snapshots import named_snapshot  # noqa: PLC0415 - as in App.run
    from k8s_datamodel.reading.stored_moments import StoredMoment  # noqa: PLC0415

    with closing(app.open_store(database)) if database else app.store() as store:
        yield StoredMoment.of(store, named_snapshot(app, store, name, told=False), types)
