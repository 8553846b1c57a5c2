"""Class diagrams of CRDs' schemas, in Mermaid's language.

What is written is understood by Mermaid 10.9 and later. Identifiers hold letters, digits and
``_`` only, always one ``_``, so none is a word of the language; in texts everything else than
letters, digits and a few signs is written as a numeric entity (``#40;``), as Mermaid's manual has
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from k8s_datamodel.api import Row
from k8s_datamodel_plugins.crds.schemas import Property, properties, schema_of
from k8s_datamodel_plugins.object_parts import mapping, text

_MOST_CHARACTERS = 50_000
"""Mermaid draws no larger text unless its ``maxTextSize`` is raised."""

_MOST_EDGES = 500
"""Mermaid draws no more relations unless its ``maxEdges`` is raised."""

_LONGEST = 120
_OF_ALL = ("apiVersion", "kind", "metadata")
_ANNOTATION = re.compile(r"[A-Za-z0-9./-]+")
_OTHER = re.compile(r"[^A-Za-z0-9_]+")
_ESCAPED = re.compile(r"[^\w ,./:\[\]-]|^[ \[\]:./-]|\b_|_\b|_(?=_)", re.ASCII)
_ESCAPED_IN_LABEL = re.compile(r"[^\w./-]|^[./-]|\b_|_\b|_(?=_)", re.ASCII)  # no "direction LR"


@dataclass(frozen=True, slots=True)
class Class:
    """One box of a diagram: a kind, or an object nested in it.

    Attributes:
        name: empty for the kind itself, else of the property that holds the object.
        path: the same as a path, see ``Property``.
        above: path of the class that it is a part of.
        many: there may be several in one of these: the property is a list or a map.
    """

    name: str
    path: str
    above: str
    many: bool
    members: tuple[Property, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is drawn of one CRD: the kind itself first, parents before parts."""

    group: str
    version: str
    name: str
    classes: tuple[Class, ...]


def kind_of(row: Row, max_depth: int) -> Kind:
    """The classes of a CRD, from the schema of its storage version.

    Args:
        row: of the type ``crds``, with ``spec``.
        max_depth: levels of nested objects that become classes; 0 for the kind alone, 1 with its
            ``spec`` and ``status``.
    """
    crd, version = mapping(row.get("spec")), text(row.get("version"))
    spec = mapping(crd.get("spec"))
    name = str(mapping(spec.get("names")).get("kind") or "")
    top = Class("", "", "", False, tuple(properties(schema_of(crd, version))))
    classes = [top]
    waiting = _parts(top, max_depth)[::-1]
    while waiting:
        found = waiting.pop()
        classes.append(found)
        waiting += _parts(found, max_depth)[::-1]
    return Kind(str(spec.get("group") or ""), version or "", name, tuple(classes))


def _parts(whole: Class, max_depth: int) -> list[Class]:
    return [
        Class(each.name, each.path, whole.path, bool(each.suffix), tuple(each.children()))
        for each in whole.members
        if each.nested and each.depth <= max_depth
    ]


@dataclass(slots=True)
class Drawing:
    """One diagram's text, made kind by kind and put together at the end.

    Attributes:
        edges: relations so far.
        characters: of what was put together so far.
    """

    edges: int = 0
    characters: int = 0
    _names: dict[str, int] = field(default_factory=dict)

    def draw(self, kind: Kind) -> tuple[str, str]:
        """The boxes of a kind, which stand in its group's namespace, and what relates them."""
        identifiers: dict[str, str] = {}
        boxes: list[str] = []
        relations: list[str] = []
        for each in kind.classes:
            identifier = self._identifier(f"{kind.name}_{kind.group}_{each.path}")
            identifiers[each.path] = identifier
            boxes += _box(kind, each, identifier)
            if each.path:
                many = ' "*"' if each.many else ""
                ends = f"{identifiers[each.above]} *--{many} {identifier}"
                relations.append(f"  {ends} : {escaped(each.name, label=True)}\n")
        self.edges += len(relations)
        return "".join(boxes), "".join(relations)

    def diagram(self, groups: Iterable[tuple[str, Iterable[str], Iterable[str]]]) -> Iterator[str]:
        """The whole text: of each group its name, its boxes and its relations."""
        for piece in self._diagram(groups):
            self.characters += len(piece)
            yield piece

    @property
    def too_large(self) -> str:
        """Why Mermaid would not draw it as it comes; empty when it would."""
        if self.characters > _MOST_CHARACTERS:
            return f"{self.characters:,} characters, and Mermaid draws {_MOST_CHARACTERS:,}"
        if self.edges > _MOST_EDGES:
            return f"{self.edges:,} relations, and Mermaid draws {_MOST_EDGES:,}"
        return ""

    def _diagram(self, groups: Iterable[tuple[str, Iterable[str], Iterable[str]]]) -> Iterator[str]:
        yield "classDiagram\n  direction LR\n"
        for group, boxes, relations in groups:
            yield f"  namespace {self._identifier(group)} {{\n"
            yield from boxes
            yield "  }\n"
            yield from relations

    def _identifier(self, text: str) -> str:
        """A name that no other class or namespace has."""
        plain = _OTHER.sub("_", text).strip("_")[:_LONGEST]
        name = plain = plain if "_" in plain else f"{plain}_"
        while name.lower() in self._names:
            self._names[plain.lower()] += 1
            name = f"{plain}_{self._names[plain.lower()]}"
        self._names[name.lower()] = 1
        return name


def _box(kind: Kind, each: Class, identifier: str) -> Iterator[str]:
    title = f"{kind.name}.{each.path}" if each.path else kind.name
    yield f'    class {identifier}["{escaped(title)}"] {{\n'
    members = [member for member in each.members if each.path or member.name not in _OF_ALL]
    api_version = f"{kind.group}/{kind.version}"
    if not each.path and _ANNOTATION.fullmatch(api_version):
        yield f"      <<{api_version}>>\n"
    for member in members:
        required = ", required" if member.required else ""
        yield f"      {escaped(f'{member.name}: {member.type}{required}')}\n"
    if not members:
        yield "      unknown properties\n"
    yield "    }\n"


def escaped(text: str, *, label: bool = False) -> str:
    """Text such that Mermaid shows it and obeys nothing in it; a ``label`` is one of a relation."""
    shown = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    pattern = _ESCAPED_IN_LABEL if label else _ESCAPED
    return pattern.sub(lambda match: "".join(f"#{ord(char)};" for char in match.group()), shown)
