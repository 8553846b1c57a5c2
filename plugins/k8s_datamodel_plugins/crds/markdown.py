"""CRDs as a Markdown document: contents, then per API group each CRD with its properties.

Tables are those of GitHub Flavored Markdown. Anchors are HTML elements of our own, as every
renderer makes other ones of headings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from k8s_datamodel.api import Row
from k8s_datamodel_plugins.crds.properties import rows_of
from k8s_datamodel_plugins.object_parts import mapping, text

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~$&#])")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ANCHOR = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Depth:
    """How much of the schemas is written.

    Attributes:
        max_depth: the last level of properties, 1 for ``spec``; None for all.
        required_only: only what is required where its parent is given.
    """

    max_depth: int | None = None
    required_only: bool = False

    @property
    def words(self) -> str:
        """The same for the reader."""
        which = "Required properties" if self.required_only else "Properties"
        return f"{which} to depth {self.max_depth}." if self.max_depth else f"{which}: all."


def crd_section(row: Row, depth: Depth) -> str:
    """What the document says of one CRD, as a section of third level."""
    crd = mapping(row.get("spec"))
    kind, name, version = str(row.get("kind") or ""), str(row.get("name")), text(row.get("version"))
    lines = [
        f'<a id="{_anchor("crd", name)}"></a>',
        "",
        f"### {escaped(kind or name)}",
        "",
        *_facts(row),
        "",
        f"#### {escaped(kind or name)}: properties of {escaped(version or 'no version')}",
        "",
        *_properties(crd, version, depth),
        "",
        "",
    ]
    return "\n".join(lines)


def group_heading(group: str) -> str:
    """The heading of a group, a section of second level."""
    return f'<a id="{_anchor("group", group)}"></a>\n\n## {escaped(group or "no group")}\n\n'


def front(title: str, about: Iterable[str], contents: Iterable[str]) -> str:
    """The document's beginning: title, what it is about (a paragraph each), contents."""
    paragraphs = "".join(f"{escaped(each)}\n\n" for each in about)
    return f"# {escaped(title)}\n\n{paragraphs}## Contents\n\n{''.join(contents)}\n"


def contents(entries: Iterable[Sequence[str]], files: Mapping[str, str]) -> Iterator[str]:
    """The lines of the contents.

    Args:
        entries: group, kind and name of each CRD, sorted.
        files: by group the file that it is in, for links; none if all is in one file.
    """
    for group, members in groupby(entries, key=lambda entry: entry[0]):
        file = files.get(group, "")
        yield f"- [{escaped(group or 'no group')}]({file}#{_anchor('group', group)})\n"
        for _, kind, name in members:
            yield f"  - [{escaped(kind or name)}]({file}#{_anchor('crd', name)}): {escaped(name)}\n"


def _anchor(what: str, name: str) -> str:
    """The identifier that links go to."""
    return f"{what}-{_ANCHOR.sub('-', name)}"


def escaped(words: str) -> str:
    """Text as one line that Markdown shows as it is, also in the cell of a table."""
    line = " ".join(_UNPRINTABLE.sub(" ", words).split())
    return _SPECIAL.sub(r"\\\1", line)


def _facts(row: Row) -> Iterator[str]:
    yield "| Field | Value |"
    yield "| --- | --- |"
    for title, value in _values(row):
        yield f"| {title} | {escaped(value)} |"


def _values(row: Row) -> Iterator[tuple[str, str]]:
    yield "Name", str(row.get("name"))
    yield "API group", str(row.get("group_name") or "")
    yield "Storage version", str(row.get("version") or "")
    yield "Served versions", ", ".join(row.get("served_versions") or ())
    yield "Scope", str(row.get("scope") or "")
    yield "Short names", ", ".join(row.get("short_names") or ())
    yield "Instances", _instances(row)


def _instances(row: Row) -> str:
    count = row.get("instance_count")
    if count is not None:
        note = " (estimate)" if row.get("instance_count_method") == "estimate" else ""
        return f"{count}{note}"
    return f"unknown: {row.get('instance_count_reason') or 'not counted'}"


def _properties(crd: Any, version: str | None, depth: Depth) -> Iterator[str]:
    rows = rows_of(crd, version, depth.max_depth, depth.required_only)
    first = next(rows, None)
    if first is None:
        yield "None that the schema names."
        return
    yield "| Property | Type | Required | Description |"
    yield "| --- | --- | --- | --- |"
    yield _property(first)
    for row in rows:
        yield _property(row)


def _property(row: dict[str, Any]) -> str:
    required = "yes" if row["required"] else ""
    return f"| {escaped(row['path'])} | {escaped(row['type'])} | {required} | {_about(row)} |"


def _about(row: dict[str, Any]) -> str:
    enum = f"One of {', '.join(row['enum'])}." if row["enum"] else ""
    default = f"Default: {row['default_value']}." if row["default_value"] is not None else ""
    return escaped(" ".join(filter(None, (row["description"], enum, default))))
