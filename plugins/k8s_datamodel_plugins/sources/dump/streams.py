"""Streams that decompress what they are given, by content, and stop at bombs."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, Protocol, cast

from k8s_datamodel_plugins.sources.dump.limits import (
    CHUNK,
    MAX_DECOMPRESSOR_BYTES,
    MAX_EXPANDED_BYTES,
    MAX_FILE_BYTES,
    MAX_RATIO,
    MIB,
    Unreadable,
)

BROKEN = (
    *(Unreadable, OSError, EOFError, ValueError, NotImplementedError),
    *(RecursionError, MemoryError),
    *(zlib.error, lzma.LZMAError, zipfile.BadZipFile, struct.error),
)
"""What reading a broken, cut-off or malicious stream raises."""

ZIP = b"PK\x03\x04"
_ZSTANDARD = b"\x28\xb5\x2f\xfd"


class Readable(Protocol):
    """The one thing that is asked of a stream."""

    def read(self, size: int, /) -> bytes:
        """Up to so many bytes; none at the end."""


class Buffered(Readable, Protocol):
    """What ``io.BufferedReader`` does."""

    def peek(self, size: int, /) -> bytes:
        """Some of the next bytes, usually more than asked for, which remain to be read."""


def buffered(stream: io.RawIOBase) -> Buffered:
    """A stream that can be peeked into."""
    return cast(Buffered, io.BufferedReader(stream, CHUNK))


class Guard:
    """Counts what is read and what becomes of it.

    Attributes:
        compressed: bytes read so far.
        expanded: bytes made of them.
    """

    def __init__(self, compressed: int = 0) -> None:
        self.compressed = compressed
        self.expanded = 0

    def expand(self, size: int) -> None:
        """Count expanded bytes. Raises Unreadable when no honest archive would have so many."""
        self.expanded += size
        suspicious = self.expanded > MAX_FILE_BYTES
        if suspicious and self.expanded > MAX_RATIO * self.compressed:
            raise Unreadable(f"expands to more than {MAX_RATIO} times its size")
        if self.expanded > MAX_EXPANDED_BYTES:
            raise Unreadable(f"expands to more than {MAX_EXPANDED_BYTES // MIB} MiB")


class Limited(io.RawIOBase):
    """So many bytes of a stream, filling each buffer however small the pieces of a pipe are.

    Args:
        stream: read from where it is.
        left: bytes that it may give; None for all. Fewer than that raise EOFError.
        count: told of each size that was read.
    """

    def __init__(
        self,
        stream: Readable,
        left: int | None = None,
        count: Callable[[int], None] = lambda size: None,
    ) -> None:
        self._stream = stream
        self._left = left
        self._count = count

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer; how much of it was filled."""
        wanted = len(buffer) if self._left is None else min(len(buffer), self._left)
        size = 0
        while size < wanted and (piece := self._stream.read(wanted - size)):
            buffer[size : size + len(piece)] = piece
            size += len(piece)
        if self._left is not None:
            if size < wanted:
                raise EOFError("the file ends early")
            self._left -= size
        self._count(size)
        return size


class _Xz:
    """``lzma.LZMAFile`` with a bound on memory, which that one lacks."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._decompressor: lzma.LZMADecompressor | None = None
        self._rest = b""

    def read(self, size: int, /) -> bytes:
        while True:
            if self._decompressor is None:
                self._rest = self._rest or self._stream.read(CHUNK)
                if not self._rest.strip(b"\0"):
                    return b""
                self._decompressor = lzma.LZMADecompressor(memlimit=MAX_DECOMPRESSOR_BYTES)
            data = self._step(self._decompressor, size)
            if data:
                return data

    def _step(self, decompressor: lzma.LZMADecompressor, size: int) -> bytes:
        piece, self._rest = self._rest, b""
        if decompressor.needs_input and not piece:
            piece = self._stream.read(CHUNK)
            if not piece:
                raise EOFError("the file ends early")
        data = decompressor.decompress(piece, size)
        if decompressor.eof:
            self._rest, self._decompressor = decompressor.unused_data, None
        return data


_OPENERS: tuple[tuple[bytes, Callable[[Any], Readable]], ...] = (
    (b"\x1f\x8b", lambda stream: gzip.GzipFile(fileobj=stream, mode="rb")),
    (b"BZh", lambda stream: cast(Readable, bz2.BZ2File(stream, "rb"))),
    (b"\xfd7zXZ\x00", _Xz),
)


def expanded(stream: Readable) -> Buffered:
    """A stream of what another holds, decompressed if it is gzip, bzip2 or xz.

    Raises:
        Unreadable: it is compressed in another way. Reading may raise any of ``BROKEN``.
    """
    guard = Guard()

    def count(size: int) -> None:
        guard.compressed += size

    counted = buffered(Limited(stream, count=count))
    head = counted.peek(6)
    if head.startswith(_ZSTANDARD):
        raise Unreadable("Zstandard is not supported: decompress it first")
    for magic, opener in _OPENERS:
        if head.startswith(magic):
            return guarded(opener(counted), guard)
    return counted


def guarded(stream: Readable, guard: Guard) -> Buffered:
    """A stream of expanded bytes that are counted."""
    return buffered(Limited(stream, count=guard.expand))


def is_compressed(head: bytes) -> bool:
    """Whether bytes begin as ``expanded`` can decompress them."""
    return any(head.startswith(magic) for magic, _ in _OPENERS)


def read_all(stream: Readable) -> bytearray:
    """The rest of a stream. Raises Unreadable when it is larger than a file may be."""
    data = bytearray()
    while piece := stream.read(CHUNK * 16):
        data += piece
        if len(data) > MAX_FILE_BYTES:
            raise Unreadable(f"larger than {MAX_FILE_BYTES // MIB} MiB")
    return data
