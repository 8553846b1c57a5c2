"""Detect what a file is by name and first bytes, and turn it into text and documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, Literal

from k8s_datamodel_plugins.sources.dump.bounds import Unreadable
from k8s_datamodel_plugins.sources.dump.files import streams, tar
from k8s_datamodel_plugins.sources.dump.values import jsons, packing, yamls

Sort = Literal["manifest", "archive", "other"]
"""What to do with a file: read it, report it as an archive, skip it."""

HEAD = 4096
"""How many bytes are examined to detect what a file is."""

_MANIFESTS = frozenset((".yaml", ".yml", ".json", ".jsonl", ".ndjson"))
_COMPRESSED = frozenset((".gz", ".xz", ".bz2"))
_ARCHIVES = frozenset((".tar", ".tgz", ".txz", ".tbz2", ".zip"))
_POINTER = b"version https://git-lfs.github.com/spec/"
_FORKS = "._"  # added by macOS for each file in a tar
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_ASCII = frozenset(b"\t\n\r") | frozenset(range(0x20, 0x7F))
_FIRST_LINE = re.compile(r"(?:- )?(?:apiVersion|kind|metadata|items|spec|data|status|rules)\s*:")
_VERSIONED = re.compile(r"""^[ -]{0,4}["']?apiVersion["']?\s*:""", re.MULTILINE)
_TEMPLATE = re.compile(r"\{\{|\{%")
_JSON = re.compile(r"""\s*(?:\[\s*){0,3}(?:\{\s*)?["}\]]""")  # {a: b} is YAML, {{ .a }} a template


def sort(path: str, head: bytes) -> Sort:
    """What to do with a file of several, by its name and its first ``HEAD`` bytes."""
    name = PurePosixPath(path)
    suffix = name.suffix.lower()
    if name.name.startswith(_FORKS):
        return "other"
    if streams.is_compressed(head):
        inner = PurePosixPath(name.stem).suffix.lower()
        if inner in _MANIFESTS and suffix in _COMPRESSED:
            return "manifest"
        return "archive" if {inner, suffix} & _ARCHIVES else "other"
    if tar.is_tar(head) or head.startswith(streams.ZIP):
        return "archive"
    if suffix in _MANIFESTS:
        return "manifest"
    return "manifest" if suffix != ".log" and _like_manifest(head) else "other"


def is_named_manifest(path: str) -> bool:
    """Whether a file's name, which is all that is known of it, says that it holds objects."""
    name = PurePosixPath(path.lower())
    if name.suffix in _COMPRESSED:
        name = name.with_suffix("")
    return name.suffix in _MANIFESTS and not name.name.startswith(_FORKS)


def is_pointer(head: bytes) -> bool:
    """Whether a file stands for one that Git LFS keeps elsewhere, by its first bytes."""
    return head.startswith(_POINTER)


def is_binary(head: bytes) -> bool:
    """Whether the first bytes of a file are not text."""
    return 0 in head and _encoding(head[:4]) == "utf-8"


def text(data: bytes | bytearray) -> str:
    """A file's text in UTF-8, or in UTF-16 or UTF-32 by mark or zeros. Raises Unreadable."""
    try:
        return data.decode(_encoding(data[:4]))
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise Unreadable("not text in UTF-8 or UTF-16", line) from fault


def documents(content: str) -> Iterator[tuple[Any, int] | Unreadable]:
    """The documents of a file with their lines; the text shows whether it is YAML or JSON.

    Elements of lists at a document's root are packed. A fault is yielded in the place of an
    unreadable document; the other documents remain.
    """
    json_like = _JSON.match(content)
    found = _json(content) if json_like else yamls.documents(content, packing.take)
    for document in found:
        yield _explained(document, content) if isinstance(document, Unreadable) else document


def _encoding(start: bytes | bytearray) -> str:
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    if len(start) > 1 and not start[0] and start[1] in _ASCII:
        return "utf-16-be"
    if len(start) > 1 and start[0] in _ASCII and not start[1]:
        return "utf-16-le"
    return "utf-8"


def _like_manifest(head: bytes) -> bool:
    if is_binary(head):
        return False
    start = head.decode(_encoding(head[:4]), "ignore")
    lines = (line.rstrip() for line in start.lstrip("\ufeff").splitlines())
    first = next((line for line in lines if line and line[0] not in "#%" and line != "---"), "")
    if first[:1] in ("{", "["):
        return '"apiVersion"' in start and '"kind"' in start
    return bool(_FIRST_LINE.match(first) and _VERSIONED.search(start))


def _json(content: str) -> Iterator[tuple[Any, int] | Unreadable]:
    """JSON, or YAML documents after a first one in JSON."""
    for document in jsons.documents(content, packing.take):
        if isinstance(document, Unreadable):
            yield from _behind(content, document)
        else:
            yield document


def _behind(content: str, fault: Unreadable) -> Iterator[tuple[Any, int] | Unreadable]:
    lines = fault.line - 1
    rest = content.split("\n", lines)[lines]
    if not rest.startswith("---"):
        yield fault
        return
    for document in yamls.documents(rest, packing.take):
        if isinstance(document, Unreadable):
            document.line += lines
            yield document
        else:
            yield document[0], document[1] + lines


def _explained(fault: Unreadable, content: str) -> Unreadable:
    template = _TEMPLATE.search(content)
    if not template:
        return fault
    line = content.count("\n", 0, template.start()) + 1
    reason = f"{fault.args[0]}; {template[0]} in line {line} looks like a template"
    return Unreadable(reason, fault.line)
