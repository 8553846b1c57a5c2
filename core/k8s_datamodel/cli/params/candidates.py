"""Types of values with completion from files, the database, or a cluster."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.moments.moment_openers import read_now, stored_before
from k8s_datamodel.cli.params.row_names import display_name
from k8s_datamodel.data.objects import Resource
from k8s_datamodel.types.resource_types import ResourceType

if TYPE_CHECKING:
    from k8s_datamodel.data.objects import Row

SECONDS = 5.0
"""After which a shell gets no answer rather than a late one."""

SECONDS_VARIABLE = "K8S_DATAMODEL_COMPLETION_SECONDS"
"""Environment variable with another number."""

CLUSTER_SHARE = 0.5
"""Of the time for an answer, what a cluster may take to name its namespaces."""

_NAMESPACES = Resource("", "v1", "namespaces", "Namespace", namespaced=False)

Texts = Callable[[click.Context, str], Iterable[str | CompletionItem]]
"""What a value may be, given the context of the command and what was typed of it."""


def seconds() -> float:
    """How long an answer may take."""
    try:
        return float(os.environ.get(SECONDS_VARIABLE, SECONDS))
    except ValueError:
        return SECONDS


class Completed(click.types.StringParamType):
    """Text with completion."""

    def __init__(self, name: str, texts: Texts) -> None:
        self.name = name
        self._texts = texts

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Those of the texts that begin so, each once."""
        found = {}
        for each in self._texts(ctx, incomplete):
            item = CompletionItem(each) if isinstance(each, str) else each
            found[item.value] = item
        return [item for value, item in found.items() if value.startswith(incomplete)]


def named(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A value that is typed and empty is refused: so an option's callback.

    It is what a script means whose variable is not set, and neither the default nor everything.
    Raises UsageError.
    """
    if value == "":
        raise UsageError(f"{parameter.opts[-1]} is empty, and names nothing: leave it out")
    return value


def contexts(ctx: click.Context, _: str) -> Iterable[str]:
    """Of the kubeconfig."""
    return ctx.ensure_object(App).opening.contexts()


def several_contexts(ctx: click.Context, typed: str) -> Iterable[str]:
    """Of the kubeconfig, behind those that stand there already."""
    given, comma, _ = typed.rpartition(",")
    left = (name for name in contexts(ctx, typed) if name not in given.split(","))
    return (f"{given}{comma}{name}" for name in left)


def stored_contexts(ctx: click.Context, _: str) -> Iterator[str]:
    """Of the snapshots in the database."""
    with ctx.ensure_object(App).store() as store:
        yield from sorted({each.cluster.context for each in store.snapshots()})


def snapshots(ctx: click.Context, typed: str) -> Iterator[CompletionItem]:
    """``latest``, baselines, and the numbers with when and of what the snapshots were taken.

    ``CONTEXT:latest`` comes once a context is begun: else there would be too many.
    """
    yield CompletionItem("latest")
    with ctx.ensure_object(App).store() as store:
        for name, number in getattr(store, "baselines", dict)().items():
            yield CompletionItem(name, help=f"snapshot {number}")
        stored = store.snapshots()
        if typed:
            for context in sorted({each.cluster.context for each in stored}):
                yield CompletionItem(f"{context}:latest", help="its newest snapshot")
        for each in stored:
            yield CompletionItem(str(each.id), help=f"{each.timestamp} {each.cluster.context}")


def namespaces(ctx: click.Context, _: str) -> Iterable[str]:
    """Of the source; of the stored snapshot where one is named, or where no source answers."""
    app = ctx.ensure_object(App)
    live = [] if ctx.params.get("snapshot") else _within_time(lambda: list(_listed(app)))
    return live or _stored_namespaces(ctx, app)


def _listed(app: App) -> Iterator[str]:
    from k8s_datamodel.contracts.sources import ListRequest  # noqa: PLC0415 - few values need it

    opening = app.opening
    with closing(opening.source(opening.request([_NAMESPACES]))) as source:
        for chunk in source.list(ListRequest(_NAMESPACES)):
            for item in chunk:
                yield str(item["metadata"]["name"])


def _within_time(read: Callable[[], list[str]]) -> list[str]:
    """What a function gives; nothing when it fails or takes too long."""
    found: list[str] = []

    def run() -> None:
        try:
            found.extend(read())
        except Exception:  # a shell shows no errors while somebody types
            found.clear()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds() * CLUSTER_SHARE)
    return [] if thread.is_alive() else found


def _stored_namespaces(ctx: click.Context, app: App) -> list[str]:
    types = [each for each in app.registry.types if "namespace" in each.identity]
    rows = _stored_rows(ctx, types)
    return sorted({str(row["namespace"]) for row in rows if row.get("namespace")})


def names_of(resource_type: ResourceType) -> Texts:
    """Names of a type's rows; with their namespace where the name alone means several.

    And wherever what was typed is no name's beginning, for it may be a namespace's.
    """

    def texts(ctx: click.Context, typed: str) -> list[str]:
        rows = list(_rows(ctx, resource_type))
        times = Counter(str(row.get("name")) for row in rows)
        alone = [name for name, number in times.items() if number == 1]
        full = not any(name.startswith(typed) for name in alone)
        return sorted(
            display_name(resource_type, row)
            if full or times[str(row.get("name"))] > 1
            else str(row.get("name"))
            for row in rows
        )

    return texts


def values_of(resource_type: ResourceType, column: str) -> Texts:
    """Values of a type's column."""
    return lambda ctx, _: sorted(
        {str(row[column]) for row in _rows(ctx, resource_type) if row.get(column) is not None}
    )


def _rows(ctx: click.Context, resource_type: ResourceType) -> Iterator[Row]:
    """Of a dump if ``--source`` says so, else of the snapshot that is named, else of the newest."""
    source = ctx.ensure_object(App).settings.source and not ctx.params.get("snapshot")
    if not source:
        yield from _stored_rows(ctx, [resource_type])
        return
    with read_now(ctx.ensure_object(App), [resource_type]) as moment:
        yield from moment.rows(resource_type.name)


def _stored_rows(ctx: click.Context, types: Sequence[ResourceType]) -> Iterator[Row]:
    name = ctx.params.get("snapshot") or "latest"
    with stored_before(ctx.ensure_object(App), types, name) as moment:
        for each in types:
            yield from moment.rows(each.name)
