"""Where a CRD and its fields stand in files, for who reads findings beside the text."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import yaml

from k8s_datamodel.api import AnyItem, AnyKey, Finding, parsed_path

_SUFFIXES = (".yaml", ".yml", ".json")
_LARGEST = 16 << 20  # bytes of a file that is looked into
_CRD = "CustomResourceDefinition"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class At:
    """A line of a file.

    Attributes:
        path: from the working directory, else the whole one.
        line: from 1.
        relative: the path is from the working directory.
    """

    path: str
    line: int
    relative: bool

    @property
    def uri(self) -> str:
        """The path as a URI, or a part of one."""
        return quote(self.path) if self.relative else Path(self.path).as_uri()


@dataclass(frozen=True, slots=True)
class _Definition:
    """A CRD in a file."""

    path: Path
    node: yaml.Node


class Places:
    """Finds findings in the files of a folder, or in one file; in nothing else."""

    def __init__(self, word: str) -> None:
        """Look at what the user named; nothing is read until a place is asked for.

        An empty word is no file: what was read is stdin, or not files.
        """
        self._root = Path(word).expanduser() if word else None

    def of(self, crd: str, finding: Finding) -> At | None:
        """Where the field of a finding stands, else what it is a part of, else the CRD."""
        found = self._definitions.get(crd)
        if found is None:
            return None
        node = found.node
        if finding.version:
            node = _version(node, finding.version.rpartition(" -> ")[2]) or node
            schema = _schema(node) or _schema(found.node)
            if finding.path is not None and schema:
                node = _field(schema, finding.path)
        else:
            node = _at(node, "metadata", "name") or node
        return _at_line(found.path, node.start_mark.line + 1)

    def whole(self) -> At:
        """What the user named: for what stands in none of its files, such as a removed CRD."""
        if self._root is None:
            return At("stdin", 1, True)
        if not self._root.exists():
            return At(self._root.as_posix(), 1, not self._root.is_absolute())
        return _at_line(self._root, 1)

    @cached_property
    def _definitions(self) -> Mapping[str, _Definition]:
        """The CRDs by name; of several with a name the last, as the source takes it."""
        return {name: found for path in self._files() for name, found in _crds(path)}

    def _files(self) -> Iterator[Path]:
        if self._root is None:
            return
        if self._root.is_file():
            yield self._root
        elif self._root.is_dir():
            for folder, folders, names in os.walk(self._root):
                folders.sort()
                paths = (Path(folder, name) for name in sorted(names))
                yield from (path for path in paths if path.suffix.lower() in _SUFFIXES)


def _at_line(path: Path, line: int) -> At:
    here, whole = Path.cwd(), path.resolve()
    relative = whole.is_relative_to(here)
    return At(whole.relative_to(here).as_posix() if relative else str(whole), line, relative)


def _crds(path: Path) -> Iterator[tuple[str, _Definition]]:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST or _CRD.encode() not in content:
            return
        for document in yaml.compose_all(content.decode(), Loader=_Loader):
            for node in _objects(document):
                kind, name = _at(node, "kind"), _at(node, "metadata", "name")
                if _text(kind) == _CRD and name is not None:
                    yield _text(name), _Definition(path, node)
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        return  # who reads the files says what is wrong with one


def _objects(document: yaml.Node | None) -> Iterator[yaml.Node]:
    """A document, or the items of a list."""
    items = _at(document, "items")
    if isinstance(items, yaml.SequenceNode):
        yield from items.value
    elif document is not None:
        yield document


def _at(node: yaml.Node | None, *keys: str) -> yaml.Node | None:
    """What keys lead to; None where there is nothing."""
    for wanted in keys:
        if not isinstance(node, yaml.MappingNode):
            return None
        node = next((value for key, value in node.value if _text(key) == wanted), None)
    return node


def _text(node: yaml.Node | None) -> str:
    return node.value if isinstance(node, yaml.ScalarNode) else ""


def _version(crd: yaml.Node, name: str) -> yaml.Node | None:
    versions = _at(crd, "spec", "versions")
    items = versions.value if isinstance(versions, yaml.SequenceNode) else ()
    return next((each for each in items if _text(_at(each, "name")) == name), None)


def _schema(node: yaml.Node) -> yaml.Node | None:
    """The schema of a version, or of all of a CRD in v1beta1."""
    return _at(node, "schema", "openAPIV3Schema") or _at(
        node, "spec", "validation", "openAPIV3Schema"
    )


def _field(schema: yaml.Node, path: str) -> yaml.Node:
    """The nearest key on the way to a field."""
    nearest = node = schema
    for step in parsed_path(path):
        keys = _keys(step)
        parent: yaml.Node | None = node
        for key in keys[:-1]:
            parent = _at(parent, key)
        found = _at(parent, keys[-1])
        if found is None:
            break
        nearest, node = _key(parent, keys[-1]) or found, found
    return nearest


def _keys(step: object) -> tuple[str, ...]:
    """Keys of the schema for a step of an object's path."""
    if isinstance(step, AnyKey):
        return ("additionalProperties",)
    return ("items",) if isinstance(step, AnyItem) else ("properties", str(step))


def _key(node: yaml.Node | None, wanted: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((key for key, _ in node.value if _text(key) == wanted), None)
