"""Answers of HTTP/1.1, good and bad, over connections to a server that sends them byte by byte."""

from __future__ import annotations

import gc
import gzip
import tracemalloc
import zlib
from typing import NamedTuple

import httptools
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kubernetes.client import Configuration
from urllib3.exceptions import HTTPError

from k8s_datamodel_plugins.sources.server.wire import answers, bodies
from k8s_datamodel_plugins.sources.server.wire.answers import Answer
from k8s_datamodel_plugins.sources.server.wire.connections import Connections
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits
from support.servers.raw import END, HOLD, Pieces, RawServer

LIMITS = Limits(request_timeout=20, connect_timeout=20, answer_bytes=100_000)
SILENCE = 20
PLAIN = (("Accept", "application/json"),)

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
TEXT = b'{"kind": "List", "items": []}'


def sized(body: bytes, *lines: bytes, status: bytes = b"200 OK") -> bytes:
    """An answer that says how long it is."""
    head = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *lines]
    return b"\r\n".join([*head, b"", body])


GOOD = sized(TEXT)


class Case(NamedTuple):
    """An answer, what is read of it, and whether the connection is used again."""

    pieces: Pieces
    body: bytes = TEXT
    status: int = 200
    kept: bool = True


READ: dict[str, Case] = {
    "by its length": Case([GOOD]),
    "empty": Case([sized(b"")], b""),
    "an answer with the length in another spelling": Case(
        [OK + b"cOnTent-LENGTH:0002\r\n\r\nhi"], b"hi"
    ),
    "no reason in the status line": Case([b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi"], b"hi"),
    "a status that nobody knows": Case([sized(b"", status=b"599 Odd")], b"", 599),
    "a redirect": Case([sized(b"", b"Location: /", status=b"302 Found")], b"", 302),
    "204 has no body": Case([b"HTTP/1.1 204 No Content\r\n\r\n"], b"", 204),
    "304 has no body, whatever its length": Case(
        [b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"], b"", 304
    ),
    "chunks": Case([CHUNKED + b"5\r\nhello\r\n3\r\n, y\r\n0\r\n\r\n"], b"hello, y"),
    "no chunk but the last": Case([CHUNKED + b"0\r\n\r\n"], b""),
    "chunks with extensions": Case([CHUNKED + b'2;a;b=c;d="e;f"\r\nhi\r\n0;last\r\n\r\n'], b"hi"),
    "chunks with trailers": Case(
        [CHUNKED + b"2\r\nhi\r\n0\r\nContent-Encoding: gzip\r\nX: y\r\n\r\n"], b"hi"
    ),
    "a chunk's size in capitals and with zeros": Case(
        [CHUNKED + b"00A\r\n0123456789\r\n000\r\n\r\n"], b"0123456789"
    ),
    "an interim answer first": Case([b"HTTP/1.1 100 Continue\r\n\r\n" + GOOD]),
    "interim answers first": Case(
        [
            b"HTTP/1.1 103 Early Hints\r\nContent-Encoding: br\r\n\r\n",
            b"HTTP/1.1 102 X\r\n\r\n",
            GOOD,
        ]
    ),
    "gzip": Case([sized(gzip.compress(TEXT), b"Content-Encoding: gzip")]),
    "deflate": Case([sized(zlib.compress(TEXT), b"Content-Encoding: deflate")]),
    "gzip in chunks": Case(
        [
            OK + b"Content-Encoding: gzip\r\nTransfer-Encoding: Chunked\r\n\r\n",
            b"%x\r\n%b\r\n0\r\n\r\n" % (len(gzip.compress(TEXT)), gzip.compress(TEXT)),
        ]
    ),
    "the server closes after it": Case([sized(TEXT, b"Connection: close")], kept=False),
    "the server closes, as one word of several": Case(
        [sized(TEXT, b"Connection: x, Close")], kept=False
    ),
    "as long as the connection": Case([OK + b"\r\n" + TEXT, END], kept=False),
    "as long as the connection, and empty": Case([OK + b"\r\n", END], b"", kept=False),
    "HTTP/1.0": Case([b"HTTP/1.0 200 OK\r\n\r\n" + TEXT, END], kept=False),
    "HTTP/1.0 with a length": Case([GOOD.replace(b"/1.1", b"/1.0")], kept=False),
    "HTTP/1.0 that stays": Case([sized(TEXT, b"Connection: keep-alive").replace(b"/1.1", b"/1.0")]),
    "an offer to speak something else": Case(
        [sized(TEXT, b"Upgrade: h2c", b"Connection: Upgrade")]
    ),
    "an answer that nobody asked for behind it": Case([GOOD + GOOD], kept=False),
    "a byte behind it": Case([GOOD + b"H"], kept=False),
    "a byte behind the length": Case([OK + b"Content-Length: 2\r\n\r\nhi!"], b"hi", kept=False),
    "an answer behind the chunks": Case(
        [CHUNKED + b"2\r\nhi\r\n0\r\n\r\n" + sized(b"other")], b"hi", kept=False
    ),
    "a body behind 204": Case(
        [b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nhi"], b"", 204, kept=False
    ),
    "something behind what is closed": Case(
        [sized(TEXT, b"Connection: close") + b"more"], kept=False
    ),
}


def get(server: RawServer, limits: Limits = LIMITS, silence: float = SILENCE) -> Answer:
    connections = connect(server, limits)
    try:
        return connections.get("/x", PLAIN, silence)
    finally:
        connections.close()


def connect(server: RawServer, limits: Limits = LIMITS) -> Connections:
    return Connections(Configuration(host=server.url), None, limits)


@pytest.mark.parametrize("case", READ)
def test_an_answer_is_read_and_the_connection_kept_or_not(case: str) -> None:
    pieces, body, status, kept = READ[case]
    with RawServer([pieces, [GOOD]]) as server:
        connections = connect(server)
        answer = connections.get("/x", PLAIN, SILENCE)
        assert (answer.status, answer.body) == (status, body)
        assert connections.get("/x", PLAIN, SILENCE).body == TEXT
        connections.close()
    assert server.connections == (1 if kept else 2)


INVALID = "not valid HTTP/1.1"
CLOSED = "the connection broke: the server closed it"

REFUSED: dict[str, tuple[Pieces, str]] = {
    "nothing": ([END], f"{CLOSED} without an answer"),
    "half a status line": ([b"HTTP/1.", END], f"{CLOSED} within its answer's head"),
    "half a head": ([OK + b"Content-Le", END], f"{CLOSED} within its answer's head"),
    "an interim answer only": (
        [b"HTTP/1.1 100 Continue\r\n\r\n", END],
        f"{CLOSED} within its answer's head",
    ),
    "no HTTP": ([b"SSH-2.0-OpenSSH\r\n"], INVALID),
    "HTTP/2": ([b"\0\0\x12\4\0\0\0\0\0\0"], INVALID),
    "a page without a head": ([b"<html>", END], INVALID),
    "a protocol that nobody asked for": (
        [b"HTTP/1.1 101 Go on\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
        "it changes the protocol",
    ),
    "shorter than it says": (
        [OK + b"Content-Length: 10\r\n\r\nhi", END],
        f"{CLOSED} after 2 bytes of 10",
    ),
    "two lengths": ([OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi"], INVALID),
    "a length twice": ([OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi"], INVALID),
    "lengths in a list": ([OK + b"Content-Length: 2, 2\r\n\r\nhi"], INVALID),
    "a negative length": ([OK + b"Content-Length: -2\r\n\r\nhi"], INVALID),
    "a length with a sign": ([OK + b"Content-Length: +2\r\n\r\nhi"], INVALID),
    "a length that no number holds": ([OK + b"Content-Length: %d\r\n\r\n" % 10**30], INVALID),
    "a length and chunks": (
        [OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"],
        INVALID,
    ),
    "chunks that break off": ([CHUNKED + b"5\r\nhi", END], f"{CLOSED} after 2 bytes"),
    "chunks without a last one": ([CHUNKED + b"2\r\nhi\r\n", END], f"{CLOSED} after 2 bytes"),
    "a last chunk that breaks off": ([CHUNKED + b"0\r\n", END], f"{CLOSED} after 0 bytes"),
    "a chunk longer than it says": ([CHUNKED + b"2\r\nhi!\r\n0\r\n\r\n"], INVALID),
    "a chunk of no number": ([CHUNKED + b"0x2\r\nhi\r\n0\r\n\r\n"], INVALID),
    "a chunk of a negative number": ([CHUNKED + b"-2\r\nhi\r\n0\r\n\r\n"], INVALID),
    "a chunk that no number holds": ([CHUNKED + b"f" * 17 + b"\r\nhi"], INVALID),
    "a coding that nobody asked for": (
        [OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
        "transferred as gzip, chunked",
    ),
    "a coding that only looks like chunks": (
        [OK + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", END],
        "transferred as xchunked",
    ),
    "a header on two lines": ([OK + b"X: a\r\n b\r\nContent-Length: 2\r\n\r\nhi"], INVALID),
    "lines that end in half a line break": ([b"HTTP/1.1 200 OK\nContent-Length: 2\n\nhi"], INVALID),
    "a blank before the colon": ([OK + b"Content-Length : 2\r\n\r\nhi"], INVALID),
    "a header without a name": ([OK + b": x\r\nContent-Length: 2\r\n\r\nhi"], INVALID),
    "a null byte in a header": ([OK + b"X: a\0b\r\nContent-Length: 2\r\n\r\nhi"], INVALID),
    "a status of two digits": ([b"HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nhi"], INVALID),
    "a long header": ([OK + b"X: " + b"x" * 600_000], "more than 262144 bytes of headers"),
    "many headers": ([OK + b"X: y\r\n" * 100_000], "more than 262144 bytes of headers"),
    "interim answers without end": (
        [b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000],
        "more than 262144 bytes of headers",
    ),
    "trailers without end": (
        [CHUNKED + b"2\r\nhi\r\n0\r\n" + b"X: y\r\n" * 100_000],
        "more than 262144 bytes of headers",
    ),
    "more than may be": ([sized(b"x" * 100_001)], "larger than 100000 bytes"),
    "chunks without end": (
        [CHUNKED + (b"1000\r\n" + bytes(4096) + b"\r\n") * 50],
        "larger than 100000 bytes",
    ),
    "a packing that nobody asked for": ([sized(TEXT, b"Content-Encoding: br")], "packed as br"),
    "packings in two headers": (
        [sized(TEXT, b"Content-Encoding: gzip", b"Content-Encoding: gzip")],
        "packed as gzip, gzip",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_answer_is_refused_and_its_connection_closed(case: str) -> None:
    pieces, words = REFUSED[case]
    with RawServer([pieces, [GOOD]]) as server:
        connections = connect(server)
        with pytest.raises(RequestError) as caught:
            connections.get("/x", PLAIN, SILENCE)
        assert words in caught.value.reason
        assert words == caught.value.reason or not words.startswith(CLOSED)
        assert "\n" not in caught.value.reason
        assert connections.get("/x", PLAIN, SILENCE).body == TEXT
        connections.close()
    assert server.connections == 2


@pytest.mark.parametrize(
    "pieces", [[HOLD], [b"HTTP/1.1 2", HOLD], [OK, HOLD], [GOOD[:-1], HOLD], [CHUNKED, HOLD]]
)
def test_silence_ends_the_request(pieces: Pieces) -> None:
    with RawServer([pieces]) as server, pytest.raises(RequestError, match="did not come in time"):
        get(server, silence=0.05)


def trickle(parts: list[bytes]) -> answers.Receive:
    """Gives a part at a time, and then a blank for ever."""
    rest = iter(parts)
    return lambda size: next(rest, None) or b" "


@pytest.mark.parametrize(
    "start",
    [
        [b"HTTP/1.1 200 OK\r\nX: "],
        [OK + b"\r\n"],
        [CHUNKED + b"fffff\r\n"],
        [CHUNKED + b"0\r\nX: "],
    ],
)
def test_a_trickle_ends_with_the_time_of_the_whole(start: list[bytes]) -> None:
    limits = Limits(request_timeout=0.02)
    with pytest.raises(RequestError, match=r"took more than 0\.02 s"):
        answers.read(trickle(start), limits, bodies.Deadline(limits))


def test_headers_of_no_case_and_joined() -> None:
    lines = (b"X: a ", b"Retry-After: 3", b"x:\tb", b"Latin: caf\xe9")
    with RawServer([[sized(b"", *lines)]]) as server:
        headers = get(server).headers
    assert (headers["x"], headers["X"]) == ("a, b", "a, b")
    assert headers.get("RETRY-AFTER") == "3"
    assert headers["latin"] == "caf\xe9"
    assert headers.get("Content-Type", "none") == "none"
    assert sorted(headers) == ["content-length", "latin", "retry-after", "x"]


def outcome(parts: list[bytes]) -> tuple[int, bytes, dict[str, str], bool] | str:
    """What becomes of an answer that comes in such parts before the connection is closed."""
    rest = iter(parts)
    try:
        answer, reusable = answers.read(
            lambda size: next(rest, b""), LIMITS, bodies.Deadline(LIMITS)
        )
    except (RequestError, HTTPError) as error:
        return str(error)
    return answer.status, answer.body, dict(answer.headers), reusable


def bytes_of(pieces: Pieces) -> bytes:
    return b"".join(piece for piece in pieces if isinstance(piece, bytes))


# What follows an answer is seen, or is noticed before the connection is used again.
WHOLE = [bytes_of(case.pieces) for name, case in READ.items() if "behind" not in name]


@pytest.mark.parametrize("number", range(len(WHOLE)))
def test_it_is_no_matter_where_an_answer_is_cut_in_two(number: int) -> None:
    data = WHOLE[number]
    expected = outcome([data])
    assert not isinstance(expected, str)
    for cut in range(1, len(data)):
        assert outcome([data[:cut], data[cut:]]) == expected, data[cut:]
    assert outcome([bytes([byte]) for byte in data]) == expected


def left_of(name: str, cut: int) -> None:
    """What is left of an answer that breaks off is no answer, unless nothing tells its end."""
    found = outcome([bytes_of(READ[name].pieces)[:cut]])
    if isinstance(found, str):
        return
    status, body, headers, reusable = found
    assert status == READ[name].status
    assert READ[name].body.startswith(body)
    framed = {"content-length", "transfer-encoding"} & set(headers)
    assert body == READ[name].body or not framed
    assert framed or status == 204 or not reusable


@pytest.mark.parametrize("name", READ)
def test_what_is_left_of_an_answer_that_breaks_off_is_no_answer(name: str) -> None:
    for cut in range(len(bytes_of(READ[name].pieces))):
        left_of(name, cut)


PARTS = st.lists(st.binary(max_size=40), max_size=5)
STARTS = st.sampled_from([b"", OK, CHUNKED, GOOD])


def nothing_else(parts: list[bytes], start: bytes) -> None:
    found = outcome([part for part in (start, *parts) if part])
    assert isinstance(found, str) or found[0] >= 200


@given(PARTS, STARTS)
@settings(max_examples=50, deadline=None)
def test_no_bytes_do_anything_else_than_to_be_refused(parts: list[bytes], start: bytes) -> None:
    nothing_else(parts, start)


@pytest.mark.soak
@given(PARTS, STARTS)
@settings(max_examples=3_000, deadline=None)
def test_nor_do_many_bytes(parts: list[bytes], start: bytes) -> None:
    nothing_else(parts, start)


CALLBACKS = ["message_begin", "header", "headers_complete", "body", "message_complete"]


@pytest.mark.parametrize("callback", CALLBACKS)
def test_an_interrupt_within_the_parser_is_an_interrupt(
    callback: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = httptools.HttpResponseParser

    def interrupted(*_: bytes) -> None:
        raise KeyboardInterrupt

    def make(parts: object) -> object:
        setattr(parts, f"on_{callback}", interrupted)
        return real(parts)

    monkeypatch.setattr(httptools, "HttpResponseParser", make)
    with RawServer([[GOOD]]) as server, pytest.raises(KeyboardInterrupt):
        get(server)


def test_an_answer_takes_little_more_memory_than_its_body() -> None:
    limits = Limits()
    body = b"x" * 8_000_000
    data = sized(body)
    pieces = [data[at : at + 65536] for at in range(0, len(data), 65536)]
    rest = iter(pieces)
    tracemalloc.start()
    try:
        answer, _ = answers.read(lambda size: next(rest, b""), limits, bodies.Deadline(limits))
        assert tracemalloc.get_traced_memory()[1] < 2.5 * len(body)
    finally:
        tracemalloc.stop()
    assert len(answer.body) == len(body)


def test_answers_do_not_wait_for_the_collector_of_cycles() -> None:
    gc.collect()
    gc.disable()
    try:
        for data in (GOOD, GOOD[:-1], OK + b"X\r\n\r\n"):
            outcome([data])
        left = [each for each in gc.get_objects() if type(each).__module__ == answers.__name__]
        assert left == []
    finally:
        gc.enable()
