"""Commands that join ``crd``: ``get``, ``groups``, ``diagram`` and ``export-all``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from k8s_datamodel.api import Column, Moment, Page, Row, Rows, Text, UsageError
from k8s_datamodel.commands import (
    OutputPath,
    allow_incomplete_option,
    file_option,
    filter_options,
    format_of,
    get_command,
    matching,
    opened,
    output_option,
    reads,
    say,
    snapshot_option,
    tell_misses,
    write_page,
)
from k8s_datamodel_plugins.crds import TYPE
from k8s_datamodel_plugins.crds import diagram as drawing
from k8s_datamodel_plugins.crds import markdown as md
from k8s_datamodel_plugins.crds import properties as props
from k8s_datamodel_plugins.crds.groups import COLUMNS, SORTS, group_rows, ordered
from k8s_datamodel_plugins.object_parts import mapping, text
from k8s_datamodel_plugins.texts_on_disk import Key, TextsOnDisk

_MERMAID = ("mermaid", (".mmd", ".mermaid", ".md"))
_MARKDOWN = ("markdown", (".md", ".markdown"))
_CLASS = (
    Column("group", show="table", description="API group"),
    Column("kind", show="table", description="Kind"),
    Column("version", show="wide", description="Version whose schema it is"),
    Column("path", title="Class", show="table", description="Empty for the kind itself"),
    Column("many", "boolean", show="wide", description="A list or a map holds several"),
    Column("members", "list", title="Properties", show="table", description="Name and type"),
)
_PROPERTY = (
    Column("crd", title="CRD", show="table", description="Name of the CRD"),
    Column("version", show="wide", description="Version whose schema it is"),
    *props.COLUMNS,
)


@click.command("groups", epilog="Example: k8s-datamodel crd groups --sort-by instances")
@click.option(
    "--sort-by",
    type=click.Choice(SORTS),
    default="name",
    show_default=True,
    help="By name, or the most CRDs or instances first.",
)
@output_option()
@snapshot_option()
@allow_incomplete_option()
@reads("cluster")
@click.pass_context
def groups(ctx: click.Context, /, sort_by: str, output: str, snapshot: str | None) -> None:
    """List API groups with their number of CRDs and of instances."""
    with opened(ctx, [TYPE.name], snapshot) as moment:
        rows = group_rows(moment.rows(TYPE.name))
        if moment.counts.get(TYPE.name) is None:  # a list that broke off: there may be more
            rows = [{**row, "crds": None, "instances": None} for row in rows]
        write_page(ctx, Page([Rows(COLUMNS, ordered(rows, sort_by), "API groups")]), output)
    unknown = sum(row["uncounted"] for row in rows)
    if unknown:
        say(ctx, f"Instances of {unknown} CRDs are unknown: crd list -o wide.")


def _max_depth_option(default: int, text: str) -> Callable[[Any], Any]:
    kind = click.IntRange(min=0)
    return click.option("--max-depth", type=kind, default=default, show_default=True, help=text)


@click.command(
    "diagram",
    epilog="Example: k8s-datamodel crd diagram --group '*.example.com' --file schemas.mmd",
)
@filter_options(TYPE)
@_max_depth_option(1, "Levels of nested objects that become classes; 1: spec and status, 0: none.")
@output_option(own=_MERMAID[0])
@file_option()
@snapshot_option()
@allow_incomplete_option()
@reads("cluster")
@click.pass_context
def diagram(
    ctx: click.Context,
    /,
    output: str | None,
    file: str | None,
    max_depth: int,
    snapshot: str | None,
    **filters: Any,
) -> None:
    """Draw the schemas as a Mermaid class diagram, by API group."""
    output = output or format_of(ctx, file, *_MERMAID)
    with opened(ctx, [TYPE.name], snapshot) as moment:
        test = matching(TYPE, filters)
        wanted = filter(test, moment.rows(TYPE.name, objects=True))
        kinds = (drawing.kind_of(row, max_depth) for row in wanted)
        if output != "mermaid":
            write_page(ctx, Page([Rows(_CLASS, _classes(kinds), "Classes")]), output, file)
        elif why := _draw(ctx, kinds, file):
            hint = "--group, --kind or --max-depth narrow it, or raise maxTextSize and maxEdges"
            say(ctx, f"The diagram has {why} unless told otherwise: {hint}.")
    tell_misses(ctx, TYPE, test)


def _classes(kinds: Iterable[drawing.Kind]) -> Iterator[dict[str, Any]]:
    for kind in kinds:
        for each in kind.classes:
            yield {
                "group": kind.group,
                "kind": kind.name,
                "version": kind.version,
                "path": each.path,
                "many": each.many,
                "members": [f"{member.name}: {member.type}" for member in each.members],
            }


def _draw(ctx: click.Context, kinds: Iterable[drawing.Kind], file: str | None) -> str:
    """Write the diagram; why Mermaid would not draw it, or nothing."""
    picture = drawing.Drawing()
    with TextsOnDisk() as texts:
        for kind in kinds:
            boxes, relations = picture.draw(kind)
            texts.add((kind.group, kind.name, "boxes"), boxes)
            texts.add((kind.group, kind.name, "relations"), relations)
        write_page(ctx, Page([Text(picture.diagram(_drawn_groups(texts)))]), file=file)
    return picture.too_large


def _drawn_groups(texts: TextsOnDisk) -> Iterator[tuple[str, Iterator[str], Iterator[str]]]:
    for group, found in groupby(texts, key=lambda key: key[0]):
        keys = list(found)
        yield group, _texts_of(texts, keys, "boxes"), _texts_of(texts, keys, "relations")


def _texts_of(texts: TextsOnDisk, keys: Iterable[Key], what: str) -> Iterator[str]:
    for key in keys:
        if key[-1] == what:
            yield from texts.texts(key)


@click.command("export-all", epilog="Example: k8s-datamodel crd export-all --file crds.md")
@filter_options(TYPE)
@_max_depth_option(3, "The last level of nested properties, 1 for spec; 0: all levels.")
@click.option(
    "--required-only",
    is_flag=True,
    help="Only properties that are required where their parent is given.",
)
@output_option(own=_MARKDOWN[0])
@file_option()
@click.option(
    "--directory",
    type=OutputPath(path_type=Path, file_okay=False),
    help="Write README.md and a file for each API group into this folder.",
)
@snapshot_option()
@allow_incomplete_option()
@reads("cluster")
@click.pass_context
def export_all(
    ctx: click.Context,
    /,
    output: str | None,
    file: str | None,
    directory: Path | None,
    max_depth: int,
    required_only: bool,
    snapshot: str | None,
    **filters: Any,
) -> None:
    """Document the CRDs in Markdown: contents, then each group's CRDs with properties."""
    output = output or format_of(ctx, file, *_MARKDOWN)
    if directory and (file or output != "markdown"):
        raise UsageError("--directory cannot be used with --file")
    depth = md.Depth(max_depth or None, required_only)
    with opened(ctx, [TYPE.name], snapshot) as moment:
        test = matching(TYPE, filters)
        wanted = filter(test, moment.rows(TYPE.name, objects=True))
        if output != "markdown":
            listed = Rows(_PROPERTY, _properties(wanted, depth), "Properties")
            write_page(ctx, Page([listed]), output, file)
            tell_misses(ctx, TYPE, test)
            return
        with TextsOnDisk() as texts:
            for row in wanted:
                key = (_text(row, "group_name"), _text(row, "kind"), _text(row, "name"))
                texts.add(key, md.crd_section(row, depth))
            about = _about(moment, len(texts), depth)
            if directory:
                _write_files(ctx, directory, texts, about)
            else:
                write_page(ctx, Page([Text(_document(texts, about))]), file=file)
    tell_misses(ctx, TYPE, test)


def _text(row: Row, name: str) -> str:
    return str(row.get(name) or "")


def _properties(rows: Iterable[Row], depth: md.Depth) -> Iterator[dict[str, Any]]:
    for row in rows:
        crd, version = mapping(row.get("spec")), text(row.get("version"))
        for each in props.rows_of(crd, version, depth.max_depth, depth.required_only):
            yield {"crd": row.get("name"), "version": version, **each}


def _about(moment: Moment, number: int, depth: md.Depth) -> list[str]:
    cluster = moment.cluster()
    version = f", Kubernetes {cluster.version}" if cluster.version else ""
    known = moment.counts.get(TYPE.name) is not None
    part = "" if known else " Not all CRDs could be read: there may be more."
    return [
        f"{number} CRDs of {cluster.context}{version}.{part}",
        f"{depth.words} Required means: where its parent is given. [] stands for the items of a "
        "list, {} for the values of a map.",
    ]


def _document(texts: TextsOnDisk, about: list[str]) -> Iterator[str]:
    yield md.front("Custom resource definitions", about, md.contents(texts, {}))
    for group, keys in groupby(texts, key=lambda key: key[0]):
        yield from _group(texts, group, keys)


def _group(texts: TextsOnDisk, group: str, keys: Iterable[Key]) -> Iterator[str]:
    yield md.group_heading(group)
    for key in keys:
        yield from texts.texts(key)


def _write_files(ctx: click.Context, directory: Path, texts: TextsOnDisk, about: list[str]) -> None:
    """One file for each group, and ``README.md`` with the contents."""
    if not directory.parent.is_dir():
        raise UsageError(f"{directory}: there is no folder {directory.parent}")
    directory.mkdir(mode=0o700, exist_ok=True)
    files = _file_names(key[0] for key in texts)
    for group, keys in groupby(texts, key=lambda key: key[0]):
        page = Page([Text(_group(texts, group, keys))])
        write_page(ctx, page, file=str(directory / files[group]))
    front = md.front("Custom resource definitions", about, md.contents(texts, files))
    write_page(ctx, Page([Text([front])]), file=str(directory / "README.md"))


def _file_names(groups: Iterable[str]) -> dict[str, str]:
    """A file name for each API group, plain and distinct whatever a group is called."""
    names: dict[str, str] = {}
    taken = {"readme"}
    for group in groups:
        plain = re.sub(r"[^a-z0-9.-]+", "-", group.lower()).strip(".-") or "no-group"
        name, number = plain, 1
        while group not in names and name in taken:
            number += 1
            name = f"{plain}-{number}"
        taken.add(names.setdefault(group, f"{name}.md").removesuffix(".md"))
    return names


def _properties_option(name: str, text: str, **attributes: Any) -> Callable[[Any], Any]:
    return click.option(f"--{name}", help=f"With --properties: {text}", **attributes)


def _shown(options: Mapping[str, Any]) -> Callable[[Row], Rows] | None:
    """The properties of the CRD if the user wants them."""
    limits = {name: options[name] for name in ("max_depth", "required_only", "api_version")}
    if options["properties"]:
        return partial(props.listing, **limits)
    for name, value in limits.items():
        if value not in (None, False):
            raise UsageError(f"--{name.replace('_', '-')} goes with --properties")
    return None


get = get_command(
    TYPE,
    [
        click.option("--properties", is_flag=True, help="List the properties of the schema."),
        _properties_option("max-depth", "the last level, 1 for spec.", type=click.IntRange(min=0)),
        _properties_option(
            "required-only", "what is required where its parent is given.", is_flag=True
        ),
        _properties_option("api-version", "version of the CRD. [default: storage version]"),
    ],
    _shown,
)
