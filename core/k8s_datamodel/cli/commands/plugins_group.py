"""``plugins``: what is installed, and what is wrong with it.

Prints by itself, as formatters are plugins too: it works when every plugin is broken.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from k8s_datamodel.base.errors import PluginError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.params.options import Command, TextType
from k8s_datamodel.plugins import config
from k8s_datamodel.plugins.host import Plugin
from k8s_datamodel.plugins.registry import Registry

HEADINGS = ("NAME", "DISTRIBUTION", "VERSION", "KIND", "STATE", "RAW", "WHY")
"""RAW: which objects its types read as they are, credentials included."""

FAULTY = ("broken", "incompatible", "duplicate")
"""States that ``check`` reports as faults."""


class PluginName(TextType):
    """Name of a plugin, or ``distribution/name``."""

    name = "plugin"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Names of all plugins, found by metadata."""
        names = sorted({plugin.name for plugin in ctx.ensure_object(App).host.plugins})
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@click.pass_context
def _list(ctx: click.Context, /, output: str, no_load: bool) -> None:
    app = ctx.ensure_object(App)
    plugins = app.host.plugins if no_load else app.loaded().plugins
    rows = [_row(plugin, None if no_load else app.loaded()) for plugin in plugins]
    if output == "json":
        click.echo(json.dumps(rows, indent=2))
        return
    for line in _aligned([HEADINGS, *map(_cells, rows)]):
        click.echo(line)


@click.pass_context
def _check(ctx: click.Context, /) -> None:
    app = ctx.ensure_object(App)
    registry = app.loaded()
    faulty = 0
    for plugin in registry.plugins:
        faults = _faults(app, plugin)
        faulty += bool(faults)
        state = "ok" if plugin.state == "active" and not faults else plugin.state
        click.echo(f"{plugin.path}: {state} ({plugin.seconds * 1000:.0f} ms)")
        for fault in faults:
            click.echo(f"  {fault}")
    if faulty:
        verb = "is" if faulty == 1 else "are"
        app.complain(f"{faulty} of {len(registry.plugins)} plugins {verb} faulty")
        ctx.exit(1)


def _faults(app: App, plugin: Plugin) -> list[str]:
    """What is wrong with a plugin, each with its file and line where known."""
    if plugin.state in FAULTY:
        where = f"{plugin.location}: " if plugin.file else ""
        return [f"{where}{plugin.reason}"]
    if plugin.state == "disabled":
        return []
    unloadable = app.loaded().unloadable(plugin)
    return [*unloadable, plugin.reason] if plugin.reason else list(unloadable)


@click.pass_context
def _docs(ctx: click.Context, /, name: str) -> None:
    from k8s_datamodel.cli.reference import page  # noqa: PLC0415 - imported at each start

    app = ctx.ensure_object(App)
    plugin = app.host.find(name)
    (plugin,) = [each for each in app.loaded().plugins if each.path == plugin.path]
    if plugin.state != "active":
        raise PluginError(f"plugin {plugin.name} is {plugin.state}: {plugin.reason}")
    click.echo(page(ctx.find_root(), app.loaded(), plugin))


@click.pass_context
def _disable(ctx: click.Context, /, name: str) -> None:
    app = ctx.ensure_object(App)
    app.host.find(name)
    changed = config.disable(name)
    app.say(f"{name} is disabled." if changed else f"{name} was disabled before.")


@click.pass_context
def _enable(ctx: click.Context, /, name: str) -> None:
    app = ctx.ensure_object(App)
    changed = config.enable(name)
    if not changed:
        app.host.find(name)
    app.say(f"{name} is enabled." if changed else f"{name} was not disabled.")


@click.pass_context
def _new(ctx: click.Context, /, name: str, kind: str) -> None:
    from k8s_datamodel.plugins import scaffold  # noqa: PLC0415 - this module is imported at each start

    folder = scaffold.write(name, kind, Path())
    ctx.ensure_object(App).say(f"{folder}: install it with `pip install -e {folder}`.")


def _row(plugin: Plugin, registry: Registry | None) -> dict[str, Any]:
    """A plugin as JSON shows it; without a registry nobody asked what it offers."""
    return {
        "name": plugin.name,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "kind": plugin.kind,
        "state": plugin.state,
        "raw": registry and registry.raw_reads(plugin),
        "stores": registry and registry.capabilities(plugin),
        "why": plugin.reason,
        "module": plugin.value,
        "location": plugin.location,
    }


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    values = (row[key] for key in ("name", "distribution", "version", "kind", "state"))
    return (*(value or "-" for value in values), ",".join(row["raw"] or ()) or "-", row["why"])


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADINGS))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _name_argument() -> click.Argument:
    return click.Argument(["name"], type=PluginName())


COMMANDS: dict[str, click.Command] = {
    "list": Command(
        "list",
        callback=_list,
        params=[
            click.Option(
                ["-o", "--output"],
                type=click.Choice(["table", "json"]),
                default="table",
                show_default=True,
                help="Output format.",
            ),
            click.Option(["--no-load"], is_flag=True, help="By metadata only; import nothing."),
        ],
        help="List plugins with their states.",
        epilog="Example: k8s-datamodel plugins list --output json",
    ),
    "check": Command(
        "check",
        callback=_check,
        help="Load every plugin and everything it names; report each fault with file and line.",
        epilog="Example: k8s-datamodel plugins check",
    ),
    "docs": Command(
        "docs",
        callback=_docs,
        params=[_name_argument()],
        help="Print a reference of what a plugin adds, in Markdown: columns, commands, options.",
        epilog="Example: k8s-datamodel plugins docs NAME",
    ),
    "disable": Command(
        "disable",
        callback=_disable,
        params=[_name_argument()],
        help="Do not load a plugin any more.",
        epilog="Example: k8s-datamodel plugins disable NAME",
    ),
    "enable": Command(
        "enable",
        callback=_enable,
        params=[_name_argument()],
        help="Load a plugin again.",
        epilog="Example: k8s-datamodel plugins enable NAME",
    ),
    "new": Command(
        "new",
        callback=_new,
        params=[
            click.Argument(["name"]),
            click.Option(
                ["--kind"],
                type=click.Choice(["resource-type", "backend", "formatter"]),
                default="resource-type",
                show_default=True,
                help="What the plugin adds.",
            ),
        ],
        help="Write a small package to start a plugin from, into a new folder.",
        epilog="Example: k8s-datamodel plugins new certificates --kind resource-type",
    ),
}
"""The commands of the group, by name."""
