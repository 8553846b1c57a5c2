"""Decompress streams by their content, and stop at decompression bombs."""

from __future__ import annotations

import bz2
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, Protocol

from k8s_datamodel_plugins.sources.dump.bounds import (
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
"""Exceptions from a broken, truncated or malicious stream.

``zipfile`` raises NotImplementedError for a compression that it does not know.
"""

ZIP = b"PK\x03\x04"
_ZSTANDARD = b"\x28\xb5\x2f\xfd"


class Readable(Protocol):
    """The only method that a stream needs."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


class Guard:
    """Counts the compressed bytes that were read and the bytes expanded from them."""

    def __init__(self, compressed: int = 0) -> None:
        self.compressed = compressed
        self.expanded = 0

    def expand(self, size: int) -> None:
        """Count expanded bytes. Raises Unreadable if no real archive would have so many."""
        self.expanded += size
        suspicious = self.expanded > MAX_FILE_BYTES
        if suspicious and self.expanded > MAX_RATIO * self.compressed:
            raise Unreadable(f"expands to more than {MAX_RATIO} times its size")
        if self.expanded > MAX_EXPANDED_BYTES:
            raise Unreadable(f"expands to more than {MAX_EXPANDED_BYTES // MIB} MiB")


class Limited(io.RawIOBase):
    """The next bytes of a stream; fills each buffer, however small a pipe's pieces are.

    It ends after ``left`` bytes, None for all; a shorter stream raises EOFError. ``count`` is
    called with each size that was read.
    """

    def __init__(
        self,
        stream: Readable,
        left: int | None = None,
        count: Callable[[int], None] = lambda size: None,
    ) -> None:
        self.stream = stream
        self._left = left
        self._count = count

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer and return how many bytes were filled."""
        wanted = len(buffer) if self._left is None else min(len(buffer), self._left)
        size = 0
        while size < wanted and (piece := self.stream.read(wanted - size)):
            buffer[size : size + len(piece)] = piece
            size += len(piece)
        if self._left is not None:
            if size < wanted:
                raise EOFError("the file ends early")
            self._left -= size
        self._count(size)
        return size


class _Unpacking:
    """Decompresses part after part, each begun by ``magic``; keeps the bytes before a fault.

    ``start`` makes a decompressor for one part. ``fault`` says why the stream ended early.
    """

    def __init__(self, stream: Readable, magic: bytes, start: Callable[[], Any]) -> None:
        self.fault: BaseException | None = None
        self._stream = stream
        self._magic = magic
        self._start = start
        self._decompressor: Any = None
        self._rest = b""
        self._full = False

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end, which may be early."""
        try:
            while self.fault is None and self._begun():
                data = self._step(min(size, CHUNK))
                if data:
                    return data
        except BROKEN as fault:
            self.fault = fault
        return b""

    def _begun(self) -> bool:
        """Whether there is a part to read after the padding of the one before."""
        if self._decompressor is not None:
            return True
        self._rest = self._rest.lstrip(b"\0")
        while len(self._rest) < len(self._magic) and (piece := self._stream.read(CHUNK)):
            self._rest = (self._rest + piece).lstrip(b"\0")
        if not self._rest:
            return False
        if not self._rest.startswith(self._magic):
            raise Unreadable("what stands behind its end is no part of it")
        self._decompressor = self._start()
        return True

    def _step(self, size: int) -> bytes:
        piece, self._rest = self._rest, b""
        if not piece and not self._full:
            piece = self._stream.read(CHUNK)
            if not piece:
                raise EOFError("the file ends early")
        data: bytes = self._decompressor.decompress(piece, size)
        self._full = len(data) == size
        self._rest = getattr(self._decompressor, "unconsumed_tail", b"")  # as zlib reports it
        if self._decompressor.eof:
            self._rest = self._decompressor.unused_data
            self._decompressor, self._full = None, False
        return data


_WITH_GZIP_HEADER = 31
_OPENERS: tuple[tuple[bytes, Callable[[], Any]], ...] = (
    (b"\x1f\x8b", lambda: zlib.decompressobj(_WITH_GZIP_HEADER)),
    (b"BZh", bz2.BZ2Decompressor),
    # ``lzma.LZMAFile`` has no bound on memory.
    (b"\xfd7zXZ\x00", lambda: lzma.LZMADecompressor(memlimit=MAX_DECOMPRESSOR_BYTES)),
)


def expanded(stream: Readable) -> io.BufferedReader:
    """The stream, decompressed if it is gzip, bzip2 or xz.

    Raises Unreadable for other compressions. Reading may raise any of ``BROKEN``.
    """
    guard = Guard()

    def count(size: int) -> None:
        guard.compressed += size

    counted: io.BufferedReader = io.BufferedReader(Limited(stream, count=count), CHUNK)
    head = counted.peek(6)
    if head.startswith(_ZSTANDARD):
        raise Unreadable("Zstandard is not supported: decompress it first")
    for magic, start in _OPENERS:
        if head.startswith(magic):
            return guarded(_Unpacking(counted, magic, start), guard)
    return counted


def fault_of(stream: io.BufferedReader) -> BaseException | None:
    """Why a stream of ``expanded`` ended early, if it did."""
    source = stream.raw.stream if isinstance(stream.raw, Limited) else None
    return source.fault if isinstance(source, _Unpacking) else None


def guarded(stream: Readable, guard: Guard) -> io.BufferedReader:
    """A stream of expanded bytes with a guard."""
    return io.BufferedReader(Limited(stream, count=guard.expand), CHUNK)


def is_compressed(head: bytes) -> bool:
    """Whether ``expanded`` can decompress a stream that begins like this."""
    return any(head.startswith(magic) for magic, _ in _OPENERS)


def read_all(stream: Readable) -> bytearray:
    """The rest of a stream. Raises Unreadable if it is larger than a file may be."""
    data = bytearray()
    while piece := stream.read(CHUNK * 16):
        data += piece
        if len(data) > MAX_FILE_BYTES:
            raise Unreadable(f"larger than {MAX_FILE_BYTES // MIB} MiB")
    return data
