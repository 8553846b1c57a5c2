"""Connections to one server: kept, dropped, closed; and the ways they are opened."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import BadStatusLine, RemoteDisconnected
from http.client import IncompleteRead as BrokenOff
from pathlib import Path
from typing import Any

import pytest
from kubernetes.client import Configuration
from urllib3.exceptions import IncompleteRead, ProtocolError

from k8s_datamodel.api import SourceError
from k8s_datamodel_plugins.sources.server.wire import answers
from k8s_datamodel_plugins.sources.server.wire.broken import broken
from k8s_datamodel_plugins.sources.server.wire.connections import Connections
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError
from k8s_datamodel_plugins.sources.server.wire.openers import Opener
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits
from support.live_source import until
from support.servers.authorities import Authority, make_authority
from support.servers.connect_proxy import ConnectProxy
from support.servers.raw import END, HOLD, RawServer

LIMITS = Limits(request_timeout=20, connect_timeout=20)
SILENCE = 20
PLAIN = (("Accept", "application/json"),)
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
AUTHORIZATION = "Basic dXNlcjpwYXNz"


def connect(url: str, proxy: str | None = None, **settings: Any) -> Connections:
    configuration = Configuration(host=url)
    for name, value in settings.items():
        setattr(configuration, name, value)
    return Connections(configuration, proxy, LIMITS)


def ask(connections: Connections, target: str = "/x") -> bytes:
    return connections.get(target, PLAIN, SILENCE).body


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer([[GOOD]]) as started:
        yield started


def test_one_connection_serves_many_requests(server: RawServer) -> None:
    connections = connect(server.url)
    assert [ask(connections) for _ in range(5)] == [b"hi"] * 5
    connections.close()
    assert server.connections == 1


def test_a_connection_that_the_server_closed_meanwhile_is_not_used(server: RawServer) -> None:
    connections = connect(server.url)
    ask(connections)
    server.close_connections()
    assert ask(connections) == b"hi"
    connections.close()
    assert (server.connections, len(server.requests)) == (2, 2)


def test_bytes_that_come_later_make_a_connection_useless() -> None:
    late = threading.Event()
    with RawServer([[GOOD, late.wait, b"HTTP/1.1 500 Fake\r\n\r\n"], [GOOD]]) as server:
        connections = connect(server.url)
        assert ask(connections) == b"hi"
        late.set()
        until(lambda: server.sent == 2)
        assert ask(connections) == b"hi"
        connections.close()
    assert server.connections == 2


def test_each_request_at_one_time_has_a_connection_of_its_own() -> None:
    together = threading.Barrier(4)
    with RawServer([[together.wait, GOOD]]) as server:
        connections = connect(server.url)
        with ThreadPoolExecutor(4) as pool:
            for _ in range(3):
                assert set(pool.map(lambda _: ask(connections), range(4))) == {b"hi"}
        connections.close()
    assert (server.connections, len(server.requests)) == (4, 12)


def test_a_connection_in_use_is_closed_when_its_request_is_done() -> None:
    going = threading.Event()
    with RawServer([[going.wait, GOOD]]) as server:
        connections = connect(server.url)
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(ask, connections)
            until(lambda: bool(server.requests))
            connections.close()
            going.set()
            assert answer.result() == b"hi"
        until(lambda: server.left == 1)


def test_what_is_opened_ahead_serves_the_requests_to_come() -> None:
    together = threading.Barrier(3)
    with RawServer([[GOOD], [lambda: together.wait(SILENCE), GOOD]]) as server:
        connections = connect(server.url)
        assert ask(connections) == b"hi"
        for _ in range(2):  # no more than are wanted, whoever else asks for them
            connections.ahead(3)
        until(lambda: server.connections == 3)
        with ThreadPoolExecutor(3) as pool:
            assert set(pool.map(lambda _: ask(connections), range(3))) == {b"hi"}
        connections.close()
        until(lambda: server.left == 3)
    assert (server.connections, len(server.requests)) == (3, 4)


def test_a_request_waits_for_a_connection_that_is_opened_ahead(
    server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections = connect(server.url)
    going, opening = threading.Event(), Opener.open

    def slow(opener: Opener) -> Any:
        assert going.wait(SILENCE)
        return opening(opener)

    with monkeypatch.context() as patched, ThreadPoolExecutor(1) as pool:
        patched.setattr(Opener, "open", slow)
        connections.ahead(1)
        answer = pool.submit(ask, connections)
        going.set()
        assert answer.result() == b"hi"
    connections.close()
    assert server.connections == 1


def test_what_was_opened_ahead_is_closed_also_unused(server: RawServer) -> None:
    connections = connect(server.url)
    connections.ahead(2)
    until(lambda: server.connections == 2)
    connections.close()
    until(lambda: server.left == 2)
    connections.ahead(2)
    assert server.connections == 2


def test_where_opening_ahead_fails_a_request_opens_its_own(
    server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections = connect(server.url)
    failed = threading.Semaphore(0)

    def fails(_: Opener) -> Any:
        failed.release()
        raise ProtocolError("no way")

    with monkeypatch.context() as patched:
        patched.setattr(Opener, "open", fails)
        connections.ahead(2)
        for _ in range(2):
            assert failed.acquire(timeout=SILENCE)
        with pytest.raises(RequestError):
            ask(connections)
    assert ask(connections) == b"hi"
    connections.close()
    assert server.connections == 1


@pytest.mark.parametrize("where", ["send", "receive"])
def test_after_an_interrupt_no_half_used_connection_is_left(
    server: RawServer, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    connections = connect(server.url)
    ask(connections)
    with monkeypatch.context() as patched:

        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        if where == "receive":
            patched.setattr(answers.bodies, "whole", interrupted)
        else:
            patched.setattr(answers, "read", interrupted)
        with pytest.raises(KeyboardInterrupt):
            ask(connections)
    assert ask(connections) == b"hi"
    connections.close()
    assert server.connections == 2


TARGETS = {
    "/apis/a.b/v1/x?limit=1&continue=a%2Fb": b"/apis/a.b/v1/x?limit=1&continue=a%2Fb",
    "/a b": b"/a%20b",
    "/a\r\nHost: other\r\n\r\n": b"/a%0D%0AHost:%20other%0D%0A%0D%0A",
    "/caf\xe9": b"/caf%C3%A9",
    "/a#b": b"/a%23b",
    '/"<>\\^`{|}[]': b"/%22%3C%3E%5C%5E%60%7B%7C%7D%5B%5D",
    "/\0": b"/%00",
}


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_is_one_word_of_the_first_line(server: RawServer, target: str) -> None:
    connections = connect(f"{server.url}/root")
    ask(connections, target)
    connections.close()
    (request,) = server.requests
    lines = request.split(b"\r\n")
    assert lines[0] == b"GET /root" + TARGETS[target] + b" HTTP/1.1"
    assert lines[1] == b"Host: " + server.url.removeprefix("http://").encode()
    assert lines[2:] == [b"Accept-Encoding: identity", b"Accept: application/json", b"", b""]


@pytest.mark.parametrize("header", ["a\r\nX: y", "a\nX: y", "a\r", "a\0"])
@pytest.mark.parametrize("of_name", [True, False])
def test_a_header_with_a_line_break_is_not_sent(
    server: RawServer, header: str, of_name: bool
) -> None:
    connections = connect(server.url)
    headers = ((header, "x") if of_name else ("X", header),)
    with pytest.raises(ValueError, match="line break"):
        connections.get("/x", headers, SILENCE)
    connections.close()
    assert server.requests == []


@pytest.mark.parametrize("url", ["https://", "ftp://server", "https://server:x"])
def test_a_url_of_no_server_is_said(url: str) -> None:
    with pytest.raises(SourceError, match="the URL is not valid"):
        connect(url)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> tuple[Path, Path]:
    return authority.sign("server", "IP:127.0.0.1,DNS:cluster.example")


def test_tls_and_what_it_leaves_over(authority: Authority, certificate: tuple[Path, Path]) -> None:
    with RawServer([[GOOD + GOOD], [GOOD]], certificate=certificate) as server:
        connections = connect(server.url, ssl_ca_cert=str(authority.certificate))
        assert [ask(connections) for _ in range(3)] == [b"hi"] * 3
        server.close_connections()
        assert ask(connections) == b"hi"
        connections.close()
    assert server.connections == 3


def test_tls_is_verified(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    other = make_authority(tmp_path)
    with RawServer([[GOOD]], certificate=certificate) as server:
        connections = connect(server.url, ssl_ca_cert=str(other.certificate))
        with pytest.raises(RequestError, match="TLS: the server's certificate") as caught:
            ask(connections)
        assert not caught.value.transient
    assert server.requests == []


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("proxied", [True, False])
def test_where_nobody_listens_the_connection_is_refused(scheme: str, proxied: bool) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{deaf.getsockname()[1]}"
        proxy = f"http://{address}" if proxied else None
        connections = connect(f"{scheme}://{address}", proxy)
        with pytest.raises(RequestError) as caught:
            ask(connections)
        connections.close()
    who = f"the proxy http://{address} cannot be reached: " if proxied else ""
    assert caught.value.reason == f"{who}connection refused"
    assert caught.value.transient


# Whether the server speaks TLS, and whether the proxy does.
WAYS = [(server, proxy) for server in (False, True) for proxy in (False, True)]


@pytest.mark.parametrize(("server_tls", "proxy_tls"), WAYS)
@pytest.mark.parametrize("number", [1, 3])
def test_ways_through_a_proxy(
    authority: Authority,
    certificate: tuple[Path, Path],
    server_tls: bool,
    proxy_tls: bool,
    number: int,
) -> None:
    mine = certificate if proxy_tls else None
    with (
        RawServer([[GOOD]], certificate=certificate if server_tls else None) as server,
        ConnectProxy(certificate=mine, authorization=AUTHORIZATION) as proxy,
    ):
        url = proxy.url.replace("//", "//user:pass@")
        connections = connect(server.url, url, ssl_ca_cert=str(authority.certificate))
        assert [ask(connections) for _ in range(number)] == [b"hi"] * number
        connections.close()
    if server_tls:  # one tunnel for all; the proxy's password goes no further
        assert proxy.asked == [server.url.removeprefix("https://")]
        assert server.connections == 1
    else:
        assert proxy.asked == [f"{server.url}/x"] * number
    assert all(b"proxy-authorization" not in request.lower() for request in server.requests)


@pytest.mark.parametrize(("server_tls", "proxy_tls"), WAYS)
def test_a_proxy_that_wants_a_password_says_407(
    authority: Authority, certificate: tuple[Path, Path], server_tls: bool, proxy_tls: bool
) -> None:
    mine = certificate if proxy_tls else None
    scheme = "https" if server_tls else "http"
    with ConnectProxy(certificate=mine, authorization=AUTHORIZATION) as proxy:
        connections = connect(
            f"{scheme}://cluster.invalid", proxy.url, ssl_ca_cert=str(authority.certificate)
        )
        if server_tls:
            words = f"the proxy {proxy.url} does not let us through: .*407"
            with pytest.raises(RequestError, match=words) as caught:
                ask(connections)
            assert caught.value.transient
        else:
            assert connections.get("/x", PLAIN, SILENCE).status == 407
        connections.close()


NO_PROXIES = {
    "it closes": ([END], "the connection broke: the server closed it without an answer"),
    "it speaks no HTTP": ([b"SSH-2.0\r\n\r\n", END], "the answer is not valid HTTP/1.1: SSH-2.0"),
    "it is silent": ([HOLD], "the answer did not come in time"),
}


@pytest.mark.parametrize("case", NO_PROXIES)
def test_what_is_no_proxy_is_no_way(case: str) -> None:
    pieces, words = NO_PROXIES[case]
    with RawServer([pieces]) as nothing:
        url = nothing.url.replace("//", "//user:secret@")
        limits = Limits(connect_timeout=0.1 if HOLD in pieces else 20)
        connections = Connections(Configuration(host="https://cluster.invalid"), url, limits)
        with pytest.raises(RequestError) as caught:
            ask(connections)
        connections.close()
    assert words in caught.value.reason
    assert "secret" not in caught.value.reason


def test_the_certificate_may_have_the_name_that_is_configured(
    authority: Authority, certificate: tuple[Path, Path]
) -> None:
    with RawServer([[GOOD]], certificate=certificate) as server, ConnectProxy() as proxy:
        for name, through in (("cluster.example", None), ("cluster.example", proxy.url)):
            settings = {"ssl_ca_cert": str(authority.certificate), "tls_server_name": name}
            connections = connect(server.url, through, **settings)
            assert ask(connections) == b"hi"
            connections.close()
        wrong = connect(server.url, **{**settings, "tls_server_name": "other.example"})
        with pytest.raises(RequestError, match="for another name"):
            ask(wrong)
        wrong.close()
    assert server.names == ["cluster.example", "cluster.example", "other.example"]


def test_only_http_1_1_is_offered(
    authority: Authority, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("urllib3.util.ssl_.ALPN_PROTOCOLS", ["h2", "http/1.1"])
    with RawServer([[GOOD]], certificate=certificate) as server:
        connections = connect(server.url, ssl_ca_cert=str(authority.certificate))
        assert ask(connections) == b"hi"
        connections.close()
    assert server.protocols == ["http/1.1"]


# The server's URL, and how it is called: in a request, and in one for a tunnel.
NAMES = {
    "https://cluster.example": ("cluster.example", "cluster.example:443"),
    "https://cluster.example:443": ("cluster.example", "cluster.example:443"),
    "https://Cluster.Example:6443": ("cluster.example:6443", "cluster.example:6443"),
    "https://user:pass@cluster.example:80": ("cluster.example:80", "cluster.example:80"),
    "https://[2001:DB8::1]": ("[2001:db8::1]", "[2001:db8::1]:443"),
    "https://[2001:db8::1]:6443": ("[2001:db8::1]:6443", "[2001:db8::1]:6443"),
    "http://cluster.example": ("cluster.example", ""),
    "http://cluster.example:80": ("cluster.example", ""),
    "http://cluster.example:443": ("cluster.example:443", ""),
    "http://[2001:db8::1]:8080": ("[2001:db8::1]:8080", ""),
}


@pytest.mark.parametrize("url", NAMES)
def test_the_server_is_called_by_its_name(url: str) -> None:
    host, tunnel = NAMES[url]
    with RawServer([[b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", END]]) as proxy:
        connections = connect(url, proxy.url)
        if tunnel:
            with pytest.raises(RequestError, match=r"does not let us through: .*403"):
                ask(connections)
        else:
            assert connections.get("/x", PLAIN, SILENCE).status == 403
        connections.close()
    (request,) = proxy.requests
    lines = request.decode().split("\r\n")
    if tunnel:
        assert lines[0].startswith(f"CONNECT {tunnel} HTTP/1.")
    else:
        assert lines[:2] == [f"GET http://{host}/x HTTP/1.1", f"Host: {host}"]


@pytest.mark.parametrize("errors", [1, 2])
def test_an_error_that_causes_itself_is_told(errors: int) -> None:
    circle = [ProtocolError(f"fault {number}") for number in range(errors)]
    for number, each in enumerate(circle):
        each.__cause__ = circle[(number + 1) % errors]
    assert broken(circle[0]).reason == "the connection broke: fault 0"


SAYS = {
    "no answer": (
        ProtocolError("Connection aborted.", RemoteDisconnected("Remote end closed connection")),
        "the server closed it without an answer",
    ),
    "half an answer": (IncompleteRead(2, 1_000), "the server closed it after 2 bytes of 1,002"),
    "half an answer, as urllib3 wraps it": (
        ProtocolError("Connection broken: IncompleteRead(2 bytes read)", BrokenOff(b"hi", 8)),
        "the server closed it after 2 bytes of 10",
    ),
    "chunks": (
        ProtocolError("Connection broken", BrokenOff(bytes(1_234))),
        "the server closed it after 1,234 bytes",
    ),
    "a reset": (
        ProtocolError("Connection aborted.", ConnectionResetError(104, "Connection reset by peer")),
        "connection reset by peer",
    ),
    "no HTTP": (
        ProtocolError("Connection aborted.", BadStatusLine("SSH-2.0-OpenSSH")),
        "the answer is not valid HTTP/1.1: SSH-2.0-OpenSSH",
    ),
    "another one": (ProtocolError("no way", "at all"), "no way"),
    "nothing": (ProtocolError(), "nobody says how"),
}


@pytest.mark.parametrize("case", SAYS)
def test_how_a_connection_broke_is_told_in_words(case: str) -> None:
    error, words = SAYS[case]
    assert broken(error).reason == f"the connection broke: {words}"
    assert broken(error).transient


def greet(listener: socket.socket) -> None:
    """Speak first, as many protocols do, until the client closes."""
    made, _ = listener.accept()
    with made:
        made.sendall(b"SSH-2.0-OpenSSH\r\n")
        while made.recv(1 << 16):
            pass


def test_a_server_that_speaks_no_tls_is_told_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor() as pool:
        pool.submit(greet, listener)
        connections = connect(f"https://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(RequestError, match=r"^the connection broke: TLS: [a-z0-9 ]+$"):
            ask(connections)
        connections.close()


def test_a_connection_that_is_reset_before_tls_begins_leaves_no_socket_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No server does this on demand: TLS begins as soon as the connection stands."""
    connected: list[int] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def connect_and_reset(*_: Any, **__: Any) -> socket.socket:
        made = socket.create_connection(listener.getsockname())
        accepted, _ = listener.accept()
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        accepted.close()
        connected.append(made.fileno())
        return made

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect_and_reset)
    with listener:
        connections = connect(f"https://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(RequestError, match=r"^the connection broke: connection reset by peer$"):
            ask(connections)
        connections.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(connected[0])
