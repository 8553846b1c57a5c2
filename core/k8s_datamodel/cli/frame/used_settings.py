"""Which options a command has a use for; it refuses the others where they were typed.

What an environment variable says is for all commands, so it is not refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
from click.core import ParameterSource
from click.decorators import FC

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.naming.moment_names import At, Latest, Live, Location, readings

_SERVERS = ("kubeconfig", "max_in_flight", "max_per_second")
_NAMESPACES = ("namespace", "all_namespaces")
_READING = ("context", *_NAMESPACES, "source", "cluster_name", *_SERVERS)
CHOOSING = (*_READING, "db_path")
"""The global options that say what is read, and where; all others are for every command."""

_OF_WORDS = ("context", *_NAMESPACES, *_SERVERS, "db_path")
_WORDS = "its moments say what is read: name a path or live:CONTEXT as a moment"

_ATTRIBUTE = "_k8s_datamodel_reads"


class _Use(NamedTuple):
    """What a kind of commands uses, and what to say of the rest."""

    options: Sequence[str]
    text: str


_KINDS: Mapping[str, _Use] = {
    "cluster": _Use(_READING, "it reads a cluster or a dump"),
    "stored": _Use(CHOOSING, "it reads a cluster or a dump"),
    "matrix": _Use(CHOOSING, "it reads stored snapshots"),
    "moments": _Use(_OF_WORDS, _WORDS),
    "compared": _Use(_OF_WORDS, _WORDS),
    "report": _Use(CHOOSING, _WORDS),
    "history": _Use(("context", *_NAMESPACES, "db_path"), "it reads stored snapshots"),
    "snapshots": _Use(("context", "db_path"), "it reads stored snapshots"),
    "database": _Use(("db_path",), "it is about the database"),
    "nothing": _Use((), "it reads neither a cluster nor a database"),
}


_SHOWN: Mapping[str, tuple[Sequence[str], str]] = {
    "include_specs": (
        ("table", "plain", "wide", "name"),
        "complete objects are in json, yaml and csv",
    ),
    "ledger": (("name",), "name writes names only"),
    "columns": (("name",), "name writes names only"),
    "fold": (("json", "yaml", "name"), "it is for tables and csv"),
}
"""Options of commands that some formats would ignore: the formats, and what to say."""


def using_option(name: str, uses: Sequence[str], **attributes: Any) -> Callable[[FC], FC]:
    """An option of a command beside which it has a use for more global options, see ``reads``.

    Args:
        name: of the option.
        uses: names of global options, such as ``db-path``.
        attributes: those of ``click.option``.
    """
    names = [each.replace("-", "_") for each in uses]
    return click.option(name, cls=_UsingOption, uses=names, **attributes)


class _UsingOption(click.Option):
    def __init__(self, *names: Any, uses: Sequence[str], **attributes: Any) -> None:
        super().__init__(*names, **attributes)
        self.uses = uses


def reads(kind: str, *, but: Sequence[str] = (), why: str = "") -> Callable[[FC], FC]:
    """Say what a command reads, so that it refuses the global options that it would ignore.

    Without this a command takes all. Write it below ``click.command``.

    ``cluster`` is what the global options name, read now, or what ``--snapshot`` names; ``stored``
    the same, with a use for the database in any case. ``moments`` is what words name; ``compared``
    the same, of which ``--namespace`` chooses; ``report`` the same, or else what the global options
    name; ``matrix`` is either, which the command sees to. ``snapshots`` are stored ones, of which
    ``--context`` may choose; ``history`` the same, of which ``--namespace`` chooses. ``database``
    is all of a database.

    Args:
        kind: one of these, or ``nothing``.
        but: options of this kind that the command ignores still, without ``--``.
        why: what to say of the options that are refused; empty for what is said of the kind.
    """

    def decorate(function: FC) -> FC:
        names = tuple(each.replace("-", "_") for each in but)
        setattr(function, _ATTRIBUTE, (kind, names, why or _KINDS[kind].text))
        return function

    return decorate


def refuse_unused(ctx: click.Context) -> None:
    """Raise UsageError if an option was typed that the command would ignore.

    Call it once it is known what ``--snapshot`` means. Of the command's own options it knows those
    that an output format would ignore.
    """
    app, declared = ctx.ensure_object(App), getattr(ctx.command.callback, _ATTRIBUTE, None)
    if declared is None:
        return
    _of_formats(ctx)
    typed = [each for each in CHOOSING if each in app.typed]
    if not typed:
        return
    kind, but, why = declared
    more = [name for option in _given(ctx) for name in option.uses]
    used = {*_KINDS[kind].options, *more} - {*but}
    for name in typed:
        if name not in used and not (kind == "cluster" and name == "db_path"):
            raise _refused(ctx, name, why)
    if kind in ("cluster", "stored"):
        _of_place(ctx, app, typed, used)
    if kind in ("moments", "compared", "report"):
        _of_words(ctx, typed, more)
    if kind == "moments" and not more:
        _of_namespaces(ctx, typed)


def _given(ctx: click.Context) -> Iterator[_UsingOption]:
    for param in ctx.command.get_params(ctx):
        if isinstance(param, _UsingOption) and ctx.params.get(str(param.name)):
            yield param


def _of_formats(ctx: click.Context) -> None:
    output = ctx.params.get("output")
    for name, (formats, why) in _SHOWN.items():
        typed = ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if typed and ctx.params.get(name) and output in formats:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option} cannot be used with --output {output}: {why}")


def _of_place(ctx: click.Context, app: App, typed: Sequence[str], used: set[str]) -> None:
    """Refuse what has no meaning for the one place that is read: a server, a path or a snapshot."""
    if any((ctx.meta.get("k8s_datamodel.contexts") or {}).values()):
        typed = [each for each in typed if each == "db_path"]
    snapshot, path = ctx.params.get("snapshot"), _path(app.settings.source or "")
    for name in typed:
        if snapshot and name in _SERVERS:
            raise _refused(ctx, name, "--snapshot reads what is stored")
        if name == "db_path" and not snapshot and name not in used:
            raise _refused(ctx, name, f"it reads {path or 'a cluster'}{_instead(ctx)}")
        if path and not snapshot and name in _SERVERS:
            raise _refused(ctx, name, f"it is for API servers, and {path} is read")


def _instead(ctx: click.Context) -> str:
    """The options of a command with which it uses a database."""
    params = ctx.command.get_params(ctx)
    storing = [e.opts[0] for e in params if isinstance(e, _UsingOption) and "db_path" in e.uses]
    options = [each.opts[0] for each in params if each.name == "snapshot"] + storing
    return f"; the database is for {', '.join(options)}" if options else ""


def _path(location: str) -> str:
    return "" if "://" in location else location


def _of_words(ctx: click.Context, typed: Sequence[str], more: Sequence[str]) -> None:
    """Refuse what is for API servers, or for what is read now, if no moment is of that kind."""
    words = list(_words(ctx))
    if words and "context" in typed and "context" not in more and not any(map(_of_any, words)):
        raise _refused(ctx, "context", "each moment is of the one cluster that it names")
    words = words or [ctx.ensure_object(App).settings.source or ""]
    for name in typed:
        if name in _SERVERS and name not in more and not any(map(_may_be_server, words)):
            raise _refused(ctx, name, "it is for API servers, and no moment is live")


def _of_namespaces(ctx: click.Context, typed: Sequence[str]) -> None:
    """Refuse a namespace if what it would filter is stored: that is taken whole."""
    met = ctx.params.get("against")
    words = list(_words(ctx)) if met is None else [met]
    for name in typed:
        if name in _NAMESPACES and not any(map(_may_be_read, words)):
            raise _refused(ctx, name, "it chooses what to read now, and the moment is stored")


def _words(ctx: click.Context) -> Iterator[str]:
    """The words that name moments."""
    for param in ctx.command.params:
        if param.type.name == "snapshot" or param.name == "against":
            value = ctx.params.get(str(param.name))
            yield from value if isinstance(value, tuple) else [str(value)]


def _of_any(word: str) -> bool:
    """Whether the cluster of a word is not in it, as of ``latest``, ``@TIME`` and ``live``."""
    return "://" in word or any(
        isinstance(each, Latest | At) or each == Live() for each in readings(word)
    )


def _may_be_server(word: str) -> bool:
    """Whether a word names a live cluster, or what a plugin's source opens."""
    return "://" in word or any(isinstance(each, Live) for each in readings(word))


def _may_be_read(word: str) -> bool:
    """The same, or a path."""
    path = any(isinstance(each, Location) for each in readings(word)) or Path(word).exists()
    return path or _may_be_server(word)


def _refused(ctx: click.Context, name: str, why: str) -> UsageError:
    option, command = f"--{name.replace('_', '-')}", " ".join(ctx.command_path.split()[1:])
    instead = ""
    if name == "context" and any(e.name == "cluster_context" for e in ctx.command.params):
        instead = "; --cluster-context chooses snapshots"
    return UsageError(f"{option} cannot be used with {command}: {why}{instead}")
