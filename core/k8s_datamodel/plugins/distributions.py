"""Read the entry points of installed distributions from their metadata.

``importlib.metadata`` can do the same, but its import costs more than everything else that a help
text needs. It serves only where distributions are not in folders.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from importlib.machinery import PathFinder
from typing import NamedTuple

from k8s_datamodel import PROJECT
from k8s_datamodel.types.foreign_texts import printable


class EntryPoint(NamedTuple):
    """An entry point of the group ``k8s_datamodel``, and the distribution that declares it."""

    name: str
    value: str  # module or module:attribute
    distribution: str  # normalised (PEP 503)
    version: str


def entry_points() -> Iterator[EntryPoint]:
    """The entry points of all distributions on ``sys.path``; the first of one name counts.

    A distribution with unreadable files is skipped.
    """
    seen: set[str] = set()
    for read in _readers():
        try:
            text = read("entry_points.txt") or ""
            if PROJECT not in text:
                continue
            distribution, version = _name_and_version(read("METADATA") or "")
        except (OSError, ValueError):
            continue
        if distribution not in seen:
            seen.add(distribution)
            for name, value in _pairs(text):
                yield EntryPoint(name, value, distribution, version)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Names and values in our section of an ``entry_points.txt``."""
    ours = False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            ours = line.strip("[]") == PROJECT
        elif ours and line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield name.strip(), value.strip()


def _name_and_version(metadata: str) -> tuple[str, str]:
    head = metadata.partition("\n\n")[0]
    name, version = (_header(head, key) for key in ("Name", "Version"))
    return re.sub(r"[-_.]+", "-", name).lower() or "(unknown)", version


def _header(head: str, key: str) -> str:
    match = re.search(rf"^{key}:[ \t]*(\S[^\r\n]*)$", head, re.MULTILINE | re.IGNORECASE)
    return printable(match[1]) if match else ""


def _readers() -> Iterator[Callable[[str], str | None]]:
    """For each distribution, a function that returns the text of one of its files, if any."""
    paths = [path for path in sys.path if isinstance(path, str)]
    if not all(map(_is_plain, paths)) or any(map(_finds_others, sys.meta_path)):
        from importlib.metadata import distributions  # noqa: PLC0415 - it is slow to import

        yield from (each.read_text for each in distributions())
        return
    for path in paths:
        with suppress(OSError):
            for name in os.listdir(path or "."):  # noqa: PTH208 - there are many
                if name.lower().endswith((".dist-info", ".egg-info")):
                    yield partial(_text, os.path.join(path, name))  # noqa: PTH118 - as above


def _is_plain(path: str) -> bool:
    """Whether a path is a folder of distributions or missing: no archive, no egg."""
    return not os.path.isfile(path) and not path.lower().endswith(".egg")  # noqa: PTH113


def _finds_others(finder: object) -> bool:
    return finder is not PathFinder and hasattr(finder, "find_distributions")


def _text(folder: str, name: str) -> str | None:
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as file:  # noqa: PTH118, PTH123
            return file.read()
    except FileNotFoundError:
        return None
