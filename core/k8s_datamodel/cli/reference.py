"""References in Markdown of the commands, and of what a plugin adds."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

import click

from k8s_datamodel.contracts.specs import (
    CommandSpec,
    EvidenceSpec,
    FormatterSpec,
    SourceSpec,
    StorageSpec,
    capabilities,
)
from k8s_datamodel.data.columns import Column
from k8s_datamodel.plugins.finders import Plugin
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.types.resource_types import ItemColumn, ResourceType


def page(root: click.Context, registry: Registry, plugin: Plugin) -> str:
    """What an active plugin adds: types with their columns, commands, formats, and so on."""
    specs = registry.specs_of(plugin)
    parts = [f"# {plugin.name}\n", f"A plugin of k8s-datamodel, from {plugin.origin}.\n"]
    for spec in specs:
        if isinstance(spec, ResourceType):
            parts += _type(spec)
    parts += _others(specs)
    own = {spec.command for spec in specs if isinstance(spec, ResourceType)}
    added = {(s.group, s.name) for s in specs if isinstance(s, CommandSpec)}
    for ctx in walk(root):
        names = ctx.command_path.split()[1:]
        group, name = (names[0], names[1]) if len(names) > 1 else ("", names[0])
        if names[0] in own or (group, name) in added:
            parts.append(command(ctx))
    return "\n".join(parts)


def _type(spec: ResourceType) -> Iterator[str]:
    yield f"## {spec.plural}\n"
    yield f"{spec.description or spec.plural}.\n"
    only = spec.name.replace("_", "-")
    yield (
        f"Relation in SQL and key in documents: `{spec.name}`. "
        f"Count in `inventory_snapshots`: `{spec.count}`. "
        f"Options: `--no-{spec.skip}`, `--{only}-only`.\n"
    )
    yield from _columns(spec.columns)
    for relation in spec.relations:
        names = ", ".join(f"`{name}`" for name in ("snapshot_id", *_names(relation.columns)))
        yield f"\nRelation in SQL: `{relation.name}` ({names}). {relation.description}."
    for derived in spec.derived:
        others = " and ".join(f"`{name}`" for name in derived.types) or "no other type"
        yield f"\nComputed when rows are shown, from {others} and earlier snapshots"
        yield f"(`list --{derived.flag}`, `get`), never stored. {derived.description}\n"
        yield from _columns(derived.columns)
    for deferred in spec.deferred:
        names = ", ".join(f"`{name}`" for name in deferred.columns)
        others = " and ".join(f"`{name}`" for name in deferred.types) or "the whole run"
        yield f"\nFilled by a run that stores, from {others}: {names}."
        yield f"`{deferred.why}` says why the others are null."
    yield "\nIt reads:\n"
    for read in spec.reads:
        limits = ", ".join(filter(None, (read.label_selector, read.field_selector)))
        notes = f" with {limits}" if limits else ""
        raw = ", as they are, credentials included" if read.raw else ""
        yield f"- `{read.resource.name}`{notes}{' (optional)' if read.optional else ''}{raw}"
    yield ""


def _names(columns: Iterable[ItemColumn]) -> Iterator[str]:
    return (column.name for column in columns)


def _columns(columns: Sequence[Column]) -> Iterator[str]:
    yield "| column | in documents | type | shown | filter | meaning |\n|---|---|---|---|---|---|"
    for column in columns:
        cells = (
            f"`{column.name}`",
            f"`{column.key}`",
            column.type,
            column.show,
            f"`--{column.filter}`" if column.filter else "-",
            column.description or "-",
        )
        yield f"| {' | '.join(map(_cell, cells))} |"


_Described: TypeAlias = FormatterSpec | StorageSpec | SourceSpec | EvidenceSpec


def _others(specs: Sequence[object]) -> Iterator[str]:
    headings: tuple[tuple[type[_Described], str, str], ...] = (
        (FormatterSpec, "Output formats", "--output {0.name}"),
        (StorageSpec, "Storage backends", "--db-path {0.scheme}://..."),
        (SourceSpec, "Sources", "--source {0.scheme}://..."),
        (EvidenceSpec, "Evidence", "{0.name} for {0.type}"),
    )
    for kind, heading, option in headings:
        found = [spec for spec in specs if isinstance(spec, kind)]
        if found:
            yield f"## {heading}\n"
            for spec in found:
                can = sorted(capabilities(spec)) if isinstance(spec, StorageSpec) else ()
                more = f"; beyond storing and showing: {', '.join(can)}" if can else ""
                yield f"- `{option.format(spec)}`: {spec.description or '-'}{more}"
            yield ""


def walk(ctx: click.Context) -> Iterator[click.Context]:
    """The contexts of all commands below one, groups before what is in them."""
    if not isinstance(ctx.command, click.Group):
        return
    for name in ctx.command.list_commands(ctx):
        command = ctx.command.get_command(ctx, name)
        if command is not None and not command.hidden:
            with click.Context(command, info_name=name, parent=ctx) as inner:
                yield inner
                yield from walk(inner)


def command(ctx: click.Context) -> str:
    """A section on one command or group: help, usage, options, example."""
    depth = 2 if ctx.parent is not None and ctx.parent.parent is None else 3
    described = ctx.command
    parts = [f"{'#' * depth} {ctx.command_path}\n", f"{_unwrapped(described.help or '')}\n"]
    if not isinstance(described, click.Group):
        usage = " ".join([ctx.command_path, *described.collect_usage_pieces(ctx)])
        parts.append(f"```text\n{usage}\n```\n")
    if rows := option_rows(ctx, described.params):
        parts.append(f"| option | meaning |\n|---|---|\n{rows}")
    if described.epilog:
        parts.append(f"{_example(described.epilog)}\n")
    return "\n".join(parts)


def option_rows(ctx: click.Context, params: Sequence[click.Parameter]) -> str:
    """Rows of a table of options, one for each that help shows."""
    # Newer versions of click give arguments records, too: the usage line has those.
    options = (param for param in params if isinstance(param, click.Option))
    records = [record for option in options if (record := option.get_help_record(ctx))]
    return "".join(f"| `{_cell(name)}` | {_cell(text)} |\n" for name, text in records)


def _unwrapped(text: str) -> str:
    """Text with a line for each paragraph, but for those that click leaves as they are."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(p if "\b" in p else " ".join(p.split()) for p in paragraphs)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _example(epilog: str) -> str:
    said, _, command = epilog.partition(": ")
    return f"{said}: `{' '.join(command.split())}`"
