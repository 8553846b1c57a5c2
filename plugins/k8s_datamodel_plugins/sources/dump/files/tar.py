"""Read tar archives from a stream: ustar, pax and GNU's long names.

The standard library's reader takes a broken header for the end of the archive, holds headers of any
size in memory, and can be made to recurse. This reader reports every broken archive and writes
nothing. Format: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import NamedTuple

from k8s_datamodel_plugins.sources.dump.bounds import CHUNK, MAX_HEADER_BYTES, Unreadable
from k8s_datamodel_plugins.sources.dump.files.streams import Limited

BLOCK = 512
_FILE = b"0\x007"
_LINK = b"12"
_FOLDER = b"5D"
_LONG_NAME = b"L"
_EXTENDED = b"xX"
_PASSED_OVER = b"gKVM"  # global pax headers, long targets of links, labels, continuations
_SPARSE = b"S"
_NO_END = "it ends without its end mark, so files may be missing"

SPARSE = "a sparse file is not read"
"""Refusal of a file whose content is lost; other refused entries have no content."""


class Entry(NamedTuple):
    """A file of an archive; its body can be read until the next entry is taken.

    The refusal says why it is not a plain file; empty if it is.
    """

    path: str
    body: io.BufferedReader
    modified: float | None
    refusal: str


def is_tar(head: bytes) -> bool:
    """Whether bytes begin a tar, by the checksum of the first header."""
    return len(head) >= BLOCK and bool(head[0]) and _sound(head[:BLOCK])


def entries(stream: io.BufferedReader) -> Iterator[Entry]:
    """The files and links of an archive, without folders.

    Archives may be concatenated, as by ``cat``.

    Raises:
        Unreadable: a header is broken, the end mark is missing, or other data follow it.
        EOFError: the archive ends within a file.
    """
    extended: dict[str, str] = {}
    while header := _header(stream):
        if not _sound(header):
            raise Unreadable("a header is damaged")
        kind, size = header[156:157], _number(header[124:136])
        if kind in _LONG_NAME:
            extended["path"] = _text(_short(stream, size))
        elif kind in _EXTENDED:
            extended |= _records(_short(stream, size))
        elif kind in _PASSED_OVER:
            _pass(stream, size)
        else:
            yield from _entry(stream, header, extended)
            extended = {}


def _entry(stream: io.BufferedReader, header: bytes, extended: dict[str, str]) -> Iterator[Entry]:
    kind = header[156:157]
    size = _decimal(extended.get("size"), _number(header[124:136]))
    sparse = kind in _SPARSE or any(key.startswith("GNU.sparse") for key in extended)
    if kind in _SPARSE:
        _pass_maps(stream, header)
    if kind in _LINK:
        size = 0
    raw = Limited(stream, size)
    body: io.BufferedReader = io.BufferedReader(raw, CHUNK)
    if kind not in _FOLDER:
        modified = _number(header[136:148]) or None
        yield Entry(_path(header, extended), body, modified, _refusal(kind, sparse))
    while raw.read(CHUNK):
        pass
    stream.read(-size % BLOCK)


def _refusal(kind: bytes, sparse: bool) -> str:
    if kind in _LINK:
        return "a link is not followed"
    if sparse:
        return SPARSE
    return "" if kind in _FILE else "neither a file nor a folder"


def _header(stream: io.BufferedReader) -> bytes:
    """The next header; empty at the end of all archives."""
    ended = False
    while not any(block := stream.read(BLOCK)):
        if len(block) < BLOCK:
            if not ended:
                raise Unreadable(_NO_END)
            return b""
        ended = True
    if ended and not (len(block) == BLOCK and _sound(block)):
        raise Unreadable("what stands behind its end is no part of it")
    if len(block) < BLOCK:
        raise Unreadable(_NO_END)
    return block


def _sound(header: bytes) -> bool:
    """Whether a header's checksum is right; old tars summed signed characters."""
    try:
        expected = _number(header[148:156])
    except Unreadable:
        return False
    summed = header[:148] + b" " * 8 + header[156:]
    unsigned = sum(summed)
    return expected in (unsigned, unsigned - 256 * sum(byte > 127 for byte in summed))  # noqa: PLR2004


def _number(field: bytes) -> int:
    """Octal digits, or GNU's binary form for larger numbers."""
    if field[0] & 0x80:
        return int.from_bytes(field, "big") & (1 << (8 * len(field) - 8)) - 1
    digits = field.split(b"\0")[0].strip()
    try:
        return int(digits, 8) if digits else 0
    except ValueError:
        raise Unreadable("a header is damaged") from None


def _decimal(value: str | None, default: int) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 20 else default  # noqa: PLR2004


def _path(header: bytes, extended: dict[str, str]) -> str:
    path = extended.get("path")
    if path is None:
        path = _text(header[:100])
        prefix = _text(header[345:500]) if header[257:263] == b"ustar\0" else ""
        path = f"{prefix}/{path}" if prefix else path
    return path.removeprefix("./")


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode("utf-8", "replace")


def _short(stream: io.BufferedReader, size: int) -> bytes:
    if size > MAX_HEADER_BYTES:
        raise Unreadable("a header is larger than any archiver writes")
    data = stream.read(size + -size % BLOCK)
    if len(data) < size:
        raise EOFError("the file ends early")
    return data[:size]


def _records(data: bytes) -> dict[str, str]:
    """Records of a pax header: lines ``LENGTH KEY=VALUE``, where the length is the whole line's."""
    found: dict[str, str] = {}
    while data:
        length = data.partition(b" ")[0]
        size = int(length) if length.isdigit() and len(length) < 9 else 0  # noqa: PLR2004
        record = data[len(length) + 1 : size]
        if not record.endswith(b"\n"):
            raise Unreadable("an extended header is damaged")
        key, _, value = record[:-1].partition(b"=")
        found[_text(key)] = _text(value)
        data = data[size:]
    return found


def _pass(stream: io.BufferedReader, size: int) -> None:
    raw = Limited(stream, size + -size % BLOCK)
    while raw.read(CHUNK):
        pass


def _pass_maps(stream: io.BufferedReader, header: bytes) -> None:
    """Skip the map of a GNU sparse file, which continues while a flag is set."""
    more = header[482]
    while more:
        block = stream.read(BLOCK)
        if len(block) < BLOCK:
            raise Unreadable(_NO_END)
        more = block[504]
