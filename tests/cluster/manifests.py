"""Manifests as objects, read by the tests' own parser.

It shares no code with the product on purpose: what the product makes of a file is compared with
what comes out here.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import yaml

from cluster.api import Object

_SUFFIXES = (".yaml", ".yml", ".json")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as kubectl reads it: dates are strings, a bare `=` is a string, `1e+09` is a number."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: str(node.value))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?[0-9][0-9.]*[eE][-+]?[0-9]+$"),
    list("-+0123456789"),
)


def read(path: Path, unreadable: list[str] | None = None) -> list[Object]:
    """The objects of a file, of a folder, or of a tar archive, in the order of the file names.

    Args:
        path: Manifests end in .yaml, .yml or .json; other files are passed over.
        unreadable: Collects the names of files that are neither YAML nor JSON.

    Raises:
        ValueError: such a file was met, and there is no list for its name.
    """
    return [obj for name, text in _files(path) for obj in _parsed(name, text, unreadable)]


def _parsed(name: str, text: str, unreadable: list[str] | None) -> list[Object]:
    try:
        return parse(text)
    except ValueError as error:
        if unreadable is None:
            raise ValueError(f"{name}: {error}") from error
        unreadable.append(name)
        return []


def parse(text: str) -> list[Object]:
    """The objects of a YAML stream or a JSON text, lists of any form opened; raises ValueError."""
    try:
        documents = [json.loads(text)]
    except ValueError:
        try:
            documents = list(yaml.load_all(text, _Loader))
        except yaml.YAMLError as error:
            raise ValueError(str(error)) from error
    return [obj for document in documents for obj in _opened(document)]


def _files(path: Path) -> Iterator[tuple[str, str]]:
    if path.is_dir():
        names = [file for file in sorted(path.rglob("*")) if _is_manifest(file)]
        for file in names:
            yield str(file.relative_to(path)), file.read_text(errors="replace")
    elif tarfile.is_tarfile(path):
        with tarfile.open(path) as archive:
            members = [m for m in archive if m.isfile() and m.name.endswith(_SUFFIXES)]
            for member in sorted(members, key=lambda m: m.name):
                content = archive.extractfile(member)
                assert content is not None
                yield member.name, content.read().decode(errors="replace")
    else:
        yield path.name, path.read_text(errors="replace")


def _is_manifest(file: Path) -> bool:
    return file.suffix in _SUFFIXES and file.is_file()  # dumps have folders named x.json


def _opened(document: Any) -> Iterator[Object]:
    """The objects in a document: itself, a List's items, a bare array's; nothing else is one.

    Items of a typed list (`DeploymentList`) may lack their kind and version, which it then gives.
    """
    if isinstance(document, list):
        for item in document:
            yield from _opened(item)
    elif _is_list(document):
        kind = str(document.get("kind", "")).removesuffix("List")
        given = {"apiVersion": document.get("apiVersion"), "kind": kind} if kind else {}
        for item in document["items"] or []:
            yield from _opened({**given, **item} if isinstance(item, dict) else item)
    elif (
        isinstance(document, dict)
        and document.get("apiVersion")
        and document.get("kind")
        and isinstance(document.get("metadata"), dict)
    ):
        yield document


def _is_list(document: Any) -> bool:
    if not isinstance(document, dict) or "items" not in document:
        return False
    items, kind = document["items"], str(document.get("kind", "List"))
    return (items is None or isinstance(items, list)) and kind.endswith("List")
