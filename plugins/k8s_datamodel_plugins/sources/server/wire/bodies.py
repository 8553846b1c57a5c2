"""Read the body of an answer, bounded in bytes on the wire, in unpacked bytes, and in time."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeAlias

from k8s_datamodel_plugins.sources.server.wire.faults import RequestError
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits

_PIECE = 1 << 20
# For zlib's inflateInit2: detect a gzip or zlib header.
_ANY_HEADER = 32 + zlib.MAX_WBITS
_PACKED = ("gzip", "x-gzip", "deflate")

Unpack: TypeAlias = Callable[[bytes], Iterator[bytes]]
"""Unpacks bytes from the wire, never more than ``_PIECE`` at a time."""


class Deadline:
    """When one answer must be there as a whole; its time begins to run."""

    def __init__(self, limits: Limits) -> None:
        self._seconds = limits.request_timeout
        self._end = time.monotonic() + self._seconds

    def check(self) -> None:
        """Raise a RequestError if the time is over."""
        if time.monotonic() > self._end:
            raise RequestError(f"the answer took more than {self._seconds:g} s")


def whole(read: Callable[[int], bytes], encoding: str, limits: Limits, deadline: Deadline) -> bytes:
    """The whole body of an answer; ``read`` returns the next bytes, at most as many as requested.

    Checks the time after each piece, because a trickle never times out. Raises RequestError if the
    body is too large or too slow, or if its encoding is not supported.
    """
    unpack = _unpacking(encoding.strip().lower())
    body, wire = bytearray(), 0
    while piece := read(_PIECE):
        wire += len(piece)
        for part in unpack(piece):
            body += part
            _bounded(max(wire, len(body)), limits)
        _bounded(wire, limits)
        deadline.check()
    return bytes(body)


def _bounded(size: int, limits: Limits) -> None:
    if size > limits.answer_bytes:
        raise RequestError(
            f"the answer is larger than {limits.answer_bytes} bytes "
            "(K8S_DATAMODEL_ANSWER_BYTES allows more)"
        )


def _unpacking(encoding: str) -> Unpack:
    if encoding in ("", "identity"):
        return lambda piece: iter((piece,))
    if encoding in _PACKED:
        return partial(_inflated, zlib.decompressobj(_ANY_HEADER))
    raise RequestError(f"the answer is packed as {encoding}, which was not asked for")


def _inflated(inflate: Any, piece: bytes) -> Iterator[bytes]:
    while not inflate.eof:
        try:
            part = inflate.decompress(piece, _PIECE)
        except zlib.error as error:
            raise RequestError("the answer is damaged: it cannot be unpacked") from error
        if part:
            yield part
        piece = inflate.unconsumed_tail
        if not piece and len(part) < _PIECE:
            return
