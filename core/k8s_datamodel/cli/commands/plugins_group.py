"""``plugins``: what is installed, and what is wrong with it.

Prints by itself, as formatters are plugins too: it works when every plugin is broken.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from k8s_datamodel.base.errors import PluginError
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.frame.used_settings import reads
from k8s_datamodel.cli.params.candidates import Completed
from k8s_datamodel.plugins import config
from k8s_datamodel.plugins.finders import Plugin
from k8s_datamodel.plugins.registry import Registry

HEADINGS = ("NAME", "DISTRIBUTION", "VERSION", "KIND", "STATE", "RAW", "WHY")
"""RAW: which objects its types read as they are, credentials included."""

FAULTY = ("broken", "incompatible", "duplicate")
"""States that ``check`` reports as faults."""


def _names(ctx: click.Context, _: str) -> list[str]:
    """Names of all plugins, by metadata; ``distribution/name`` is a name, too."""
    return sorted({plugin.name for plugin in ctx.ensure_object(App).host.plugins})


_NAME = click.argument("name", type=Completed("plugin", _names))
GROUP = click.Group("plugins")


@GROUP.command("list", epilog="Example: k8s-datamodel plugins list --output json")
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="Output format.",
)
@click.option("--no-load", is_flag=True, help="By metadata only; import nothing.")
@click.pass_obj
@reads("nothing")
def _list(app: App, /, output: str, no_load: bool) -> None:
    """List plugins with their states.

    RAW names the objects that a plugin's types read as they are, credentials included. Below the
    table is a line for each storage backend: what it can do beyond storing and showing.
    """
    plugins = app.host.plugins if no_load else app.loaded().plugins
    rows = [_row(plugin, None if no_load else app.loaded()) for plugin in plugins]
    if output == "json":
        click.echo(json.dumps(rows, indent=2))
        return
    for line in [*_aligned([HEADINGS, *map(_cells, rows)]), *_capabilities(rows)]:
        click.echo(line)


@GROUP.command("check", epilog="Example: k8s-datamodel plugins check")
@reads("nothing")
@click.pass_context
def _check(ctx: click.Context, /) -> None:
    """Load every plugin and everything it names; report each fault with file and line."""
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
        app.missing.failed = True


def _faults(app: App, plugin: Plugin) -> list[str]:
    """What is wrong with a plugin, each with its file and line where known."""
    if plugin.state in FAULTY:
        where = f"{plugin.location}: " if plugin.file else ""
        return [f"{where}{plugin.reason}"]
    if plugin.state == "disabled":
        return []
    faults = [*app.loaded().unloadable(plugin), *app.loaded().unasked(plugin)]
    return [*faults, plugin.reason] if plugin.reason else faults


@GROUP.command("docs", epilog="Example: k8s-datamodel plugins docs NAME")
@_NAME
@reads("nothing")
@click.pass_context
def _docs(ctx: click.Context, /, name: str) -> None:
    """Print a reference of what a plugin adds, in Markdown: columns, commands, options."""
    from k8s_datamodel.cli.reference import page  # noqa: PLC0415 - imported at each start

    app = ctx.ensure_object(App)
    plugin = app.host.find(name)
    (plugin,) = [each for each in app.loaded().plugins if each.path == plugin.path]
    if plugin.state != "active":
        raise PluginError(f"plugin {plugin.name} is {plugin.state}: {plugin.reason}")
    click.echo(page(ctx.find_root(), app.loaded(), plugin))


@GROUP.command("disable", epilog="Example: k8s-datamodel plugins disable NAME")
@_NAME
@click.pass_obj
@reads("nothing")
def _disable(app: App, /, name: str) -> None:
    """Do not load a plugin any more."""
    app.host.find(name)
    changed = config.disable(name)
    app.say(f"{name} is disabled." if changed else f"{name} was disabled before.")


@GROUP.command("enable", epilog="Example: k8s-datamodel plugins enable NAME")
@_NAME
@click.pass_obj
@reads("nothing")
def _enable(app: App, /, name: str) -> None:
    """Load a plugin again."""
    changed = config.enable(name)
    if not changed:
        app.host.find(name)
    app.say(f"{name} is enabled." if changed else f"{name} was not disabled.")


@GROUP.command("new", epilog="Example: k8s-datamodel plugins new certificates --kind resource-type")
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice(["resource-type", "backend", "formatter", "source", "command"]),
    default="resource-type",
    show_default=True,
    help="What the plugin adds.",
)
@click.pass_obj
@reads("nothing")
def _new(app: App, /, name: str, kind: str) -> None:
    """Write a small package to start a plugin from, into a new folder."""
    from k8s_datamodel.plugins import scaffold  # noqa: PLC0415 - this module is imported at each start

    folder = scaffold.write(name, kind, Path())
    app.say(f"{folder}: install it with `pip install -e {folder}`.")


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


def _capabilities(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each backend, after an empty one."""
    stores = [each for row in rows for each in (row["stores"] or {}).items()]
    lines = [f"{scheme}:// can {', '.join(names) or 'store and show'}" for scheme, names in stores]
    return ["", *lines] if lines else []


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADINGS))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
