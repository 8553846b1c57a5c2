"""``--contexts`` and the like: the clusters of one command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Any

import click
from click.decorators import FC

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.fleet import PARALLEL, Fleet
from k8s_datamodel.cli.params.candidates import Completed, several_contexts
from k8s_datamodel.cli.params.options import together

_META = "k8s_datamodel.contexts"


def contexts_options() -> Callable[[FC], FC]:
    """``--contexts``, ``--all-contexts`` and ``--parallel``; ``several`` tells what was given."""
    return together(
        click.option(
            "--contexts",
            type=Completed("contexts", several_contexts),
            multiple=True,
            expose_value=False,
            callback=_keep,
            metavar="NAME,...",
            help="Of these contexts of the kubeconfig; * and ? match, repeat for more.",
        ),
        click.option(
            "--all-contexts",
            is_flag=True,
            expose_value=False,
            callback=_keep,
            help="Of every context of the kubeconfig.",
        ),
        click.option(
            "--parallel",
            type=click.IntRange(min=1),
            expose_value=False,
            callback=_keep,
            metavar="N",
            help=f"Read so many contexts at once. [default: {PARALLEL}]",
        ),
    )


def _keep(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    ctx.meta.setdefault(_META, {})[parameter.name] = value


def several(ctx: click.Context, snapshot: str | None = None) -> Fleet | None:
    """The contexts that the user named, or None for the one that the global options name.

    Args:
        ctx: of a command that has ``contexts_options``.
        snapshot: ``--snapshot``, with which they do not go.

    Raises:
        UsageError: options that contradict each other, or a context that is not there.
        SourceError: the kubeconfig cannot be read.
    """
    given = ctx.meta.get(_META, {})
    names, every, parallel = (given.get(key) for key in ("contexts", "all_contexts", "parallel"))
    if not (names or every):
        if parallel:
            raise UsageError("--parallel goes with --contexts or --all-contexts")
        return None
    app = ctx.ensure_object(App)
    option = "--contexts" if names else "--all-contexts"
    _check(app, option, snapshot)
    if names and every:
        raise UsageError("give --contexts or --all-contexts, not both")
    there = app.opening.contexts()
    patterns = [part.strip() for text in names or () for part in text.split(",") if part.strip()]
    return Fleet(app, list(there) if every else chosen(patterns, there), parallel or PARALLEL)


def _check(app: App, option: str, snapshot: str | None) -> None:
    for other in ("context", "source", "cluster_name"):
        if other in app.typed:
            raise UsageError(f"{option} cannot be used with --{other.replace('_', '-')}")
    if snapshot:
        raise UsageError(f"{option} reads clusters; it cannot be used with --snapshot")


def chosen(patterns: Sequence[str], there: Sequence[str]) -> list[str]:
    """The contexts that patterns mean, each once, in their order. Raises UsageError."""
    found: dict[str, None] = {}
    for pattern in patterns:
        exact = [pattern] if pattern in there else []
        matching = exact or [name for name in there if fnmatchcase(name, pattern)]
        if not matching:
            names = ", ".join(there) or "none"
            raise UsageError(f"--contexts: there is no context {pattern!r}; there are {names}")
        found.update(dict.fromkeys(matching))
    if not found:
        raise UsageError("--contexts names no context")
    return list(found)
