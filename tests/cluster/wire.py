"""One request on its way through the proxy, and what an action of a fault can do with it."""

from __future__ import annotations

import http.client
import json
import os
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode

# RFC 9110, 7.6.1: these concern one connection and are not passed on. The length is set anew.
_NOT_PASSED_ON = {
    *("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"),
    *("content-length", "host"),
}
_PIECE = 65536
_NO_BODY = (204, 304)

UNKNOWN = -1
"""As the length that an answer's head declares: none, the body comes in chunks."""

# Linger on, for no time at all: closing then sends RST instead of FIN.
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)

Connect = Callable[[], http.client.HTTPSConnection]


class Request(NamedTuple):
    """What was asked: method, path, and the query as it stood in the URL."""

    method: str
    path: str
    query: str

    def param(self, name: str) -> str | None:
        """A parameter of the query, decoded; None if it is not there."""
        values = parse_qs(self.query, keep_blank_values=True).get(name)
        return values[0] if values else None

    def without(self, name: str) -> Request:
        """The same without a parameter of the query."""
        kept = parse_qs(self.query, keep_blank_values=True)
        kept.pop(name, None)
        return self._replace(query=urlencode(kept, doseq=True))


@dataclass(frozen=True)
class Reply:
    """A whole answer of the real server."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; raises ValueError."""
        document: dict[str, Any] = json.loads(self.body)
        return document


class Upstream:
    """The connection to the real server on which one client's requests go on."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._connection = connect()

    def send(
        self, request: Request, headers: dict[str, str], body: bytes | None
    ) -> http.client.HTTPResponse:
        """The answer to a request, its body not read yet; raises ConnectionError."""
        try:
            return self._ask(request, headers, body)
        except ConnectionError:
            # The server may close a connection that was idle for long.
            self._connection.close()
            self._connection = self._connect()
            return self._ask(request, headers, body)

    def _ask(
        self, request: Request, headers: dict[str, str], body: bytes | None
    ) -> http.client.HTTPResponse:
        target = request.path + (f"?{request.query}" if request.query else "")
        self._connection.request(request.method, target, body, headers)
        return self._connection.getresponse()

    def interrupt(self) -> None:
        """Ends what is being read in another thread."""
        if self._connection.sock is not None:
            interrupt(self._connection.sock)

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()


def interrupt(sock: socket.socket) -> None:
    """Makes the reads and writes of another thread on a socket end at once.

    Not by TLS's own method, which takes the session away under the other thread.
    """
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster


class Exchange:
    """A request that waits for its answer.

    Attributes:
        request: What the client asked.
        nth: Which of the requests this is that the fault matches, from 1.
    """

    def __init__(
        self,
        handler: BaseHTTPRequestHandler,
        request: Request,
        upstream: Upstream,
        stopping: threading.Event,
    ) -> None:
        self.request = request
        self.nth = 0
        self._handler = handler
        self._upstream = upstream
        self._stopping = stopping
        length = int(handler.headers.get("Content-Length") or 0)
        self._body = handler.rfile.read(length) if length else None

    def forward(self) -> None:
        """Hands on the real server's answer, piece by piece as it comes."""
        response = self._upstream.send(self.request, self._headers(), self._body)
        length = response.headers.get("Content-Length")
        self._head(response.status, dict(response.headers.items()), length)
        if self.request.method == "HEAD" or response.status in _NO_BODY:
            response.read()
            return
        while piece := response.read1(_PIECE):
            chunk = piece if length is not None else b"%x\r\n%b\r\n" % (len(piece), piece)
            self.write(chunk)
        if length is None:
            self.write(b"0\r\n\r\n")
        response.close()  # read1 does not notice the end, and the connection would stay taken

    def fetch(self, request: Request | None = None) -> Reply:
        """The real server's whole answer to this request, or to another one, uncompressed."""
        headers = {k: v for k, v in self._headers().items() if k.lower() != "accept-encoding"}
        response = self._upstream.send(request or self.request, headers, self._body)
        return Reply(response.status, dict(response.headers.items()), response.read())

    def answer(
        self, status: int, headers: dict[str, str], body: bytes, *, declared: int | None = None
    ) -> None:
        """Sends an answer; `declared` is the length that its head claims, if not the true one."""
        length = len(body) if declared is None else declared
        self._head(status, headers, None if length == UNKNOWN else str(length))
        self.write(body)

    def write(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self._handler.wfile.write(data)

    def wait(self, seconds: float | None = None) -> bool:
        """Holds the client up, for ever by default; True if the proxy was stopped meanwhile."""
        return self._stopping.wait(seconds)

    def hang_up(self) -> None:
        """Closes the connection after what was sent, as a server that ends does (FIN)."""
        self._handler.close_connection = True

    def reset(self) -> None:
        """Throws the connection away, as a crashed load balancer does (RST)."""
        self._handler.close_connection = True
        sock = self._handler.connection
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        os.close(sock.detach())

    def _headers(self) -> dict[str, str]:
        given = self._handler.headers.items()
        return {name: value for name, value in given if name.lower() not in _NOT_PASSED_ON}

    def _head(self, status: int, headers: dict[str, str], length: str | None) -> None:
        handler = self._handler
        handler.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in _NOT_PASSED_ON:
                handler.send_header(name, value)
        if length is not None:
            handler.send_header("Content-Length", length)
        elif status not in _NO_BODY:
            handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
