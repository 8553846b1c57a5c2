"""The body of an answer: whole, or refused before it takes memory that nobody has."""

from __future__ import annotations

import gzip
import itertools
import tracemalloc
import zlib
from collections.abc import Callable, Iterable

import pytest

from cluster import faults
from cluster.fixtures import MakeProxy
from cluster.server import Cluster
from k8s_datamodel_plugins.sources.server.wire import bodies
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits
from support.live_source import CONFIGMAPS, live, read

MILLION = 1_000_000
LIMITS = Limits(answer_bytes=3 * MILLION)
TEXT = b'{"kind": "List", "items": []}'


def reader(pieces: Iterable[bytes]) -> Callable[[int], bytes]:
    """As a response's ``read1``: a piece, or the part of it that was asked for."""
    rest = iter(pieces)
    left = b""

    def read(size: int) -> bytes:
        nonlocal left
        left = left or next(rest, b"")
        given, left = left[:size], left[size:]
        return given

    return read


def single(data: bytes) -> list[bytes]:
    return [bytes([byte]) for byte in data]


WHOLE: dict[str, tuple[str, Iterable[bytes], bytes]] = {
    "empty": ("", [], b""),
    "plain": ("", [TEXT], TEXT),
    "plain, in pieces": ("", single(TEXT), TEXT),
    "identity": ("identity", [TEXT], TEXT),
    "as large as may be": ("", [b"x" * 3 * MILLION], b"x" * 3 * MILLION),
    "gzip": ("gzip", [gzip.compress(TEXT)], TEXT),
    "gzip, in pieces": ("gzip", single(gzip.compress(TEXT)), TEXT),
    "gzip, by its old name": (" X-Gzip", [gzip.compress(TEXT)], TEXT),
    "gzip, large": ("gzip", [gzip.compress(bytes(3 * MILLION))], bytes(3 * MILLION)),
    "deflate": ("deflate", [zlib.compress(TEXT)], TEXT),
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_body_comes_whole(case: str) -> None:
    encoding, pieces, body = WHOLE[case]
    assert bodies.whole(reader(pieces), encoding, LIMITS, bodies.Deadline(LIMITS)) == body


def bomb(size: int) -> bytes:
    """Nothing but zeros, a thousandth of their size."""
    packer = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    zeros = bytes(MILLION)
    return b"".join(packer.compress(zeros) for _ in range(size // MILLION)) + packer.flush()


REFUSED: dict[str, tuple[str, Callable[[], Iterable[bytes]], str]] = {
    "a byte too many": ("", lambda: [b"x" * (3 * MILLION + 1)], "larger than 3000000 bytes"),
    "no end": ("", lambda: itertools.repeat(b"x" * 1000), "larger than 3000000 bytes"),
    "gzip that unfolds": ("gzip", lambda: [bomb(200 * MILLION)], "larger than 3000000 bytes"),
    "gzip without end": (
        "gzip",
        lambda: itertools.chain([gzip.compress(TEXT)], itertools.repeat(b"x" * 1000)),
        "larger than 3000000 bytes",
    ),
    "no gzip": ("gzip", lambda: [TEXT], "cannot be unpacked"),
    "brotli": ("br", lambda: [TEXT], "packed as br"),
    "packed twice": ("gzip, gzip", lambda: [TEXT], "packed as gzip, gzip"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_body_without_measure_is_refused_and_takes_no_memory(case: str) -> None:
    encoding, pieces, words = REFUSED[case]
    given = pieces()
    tracemalloc.start()
    try:
        with pytest.raises(RequestError, match=words):
            bodies.whole(reader(given), encoding, LIMITS, bodies.Deadline(LIMITS))
        assert tracemalloc.get_traced_memory()[1] < 4 * LIMITS.answer_bytes
    finally:
        tracemalloc.stop()


PIECE = 100_000


@pytest.mark.parametrize(
    ("headers", "piece"),
    [
        ({}, b" " * PIECE),
        ({"Content_Encoding": "gzip"}, gzip.compress(TEXT) + b" " * PIECE),
    ],
)
def test_an_answer_without_end_ends_the_read(
    cluster: Cluster,
    proxy: MakeProxy,
    monkeypatch: pytest.MonkeyPatch,
    headers: dict[str, str],
    piece: bytes,
) -> None:
    monkeypatch.setenv("K8S_DATAMODEL_ANSWER_BYTES", "2000000")
    endless = faults.Fault(faults.on(CONFIGMAPS.path), faults.flood(piece, **headers))
    front = proxy(cluster, endless)
    with live(front.kubeconfig) as source:
        objects, outcome = read(source, CONFIGMAPS)
    assert objects == []
    assert outcome.status == "failed"
    assert "larger than 2000000 bytes" in outcome.reason
    assert "K8S_DATAMODEL_ANSWER_BYTES" in outcome.reason
    assert front.counts()[CONFIGMAPS.path] == 1  # it would not be smaller the next time


def test_a_packed_answer_is_read_though_none_was_asked_for(
    cluster: Cluster, proxy: MakeProxy
) -> None:
    body = b'{"kind": "ConfigMapList", "metadata": {}, "items": []}'
    packed = faults.packed(gzip.compress(body), "gzip")
    front = proxy(cluster, faults.Fault(faults.on(CONFIGMAPS.path), packed))
    with live(front.kubeconfig) as source:
        assert read(source, CONFIGMAPS)[1].status == "complete"
