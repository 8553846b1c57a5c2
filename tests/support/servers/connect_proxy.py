"""An HTTP proxy on loopback, as companies have them: CONNECT, absolute URLs, perhaps a password."""

from __future__ import annotations

import http.client
import select
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_SECONDS = 30


class ConnectProxy:
    """A running proxy; a context manager.

    Args:
        authorization: the ``Proxy-Authorization`` that it demands; none by default.
        refuses: the status with which it answers every request instead.
        certificate: PEM files of a certificate and its key, for TLS to the proxy itself.

    Attributes:
        url: where it listens.
        asked: the targets of the requests so far.
    """

    def __init__(
        self,
        *,
        authorization: str | None = None,
        refuses: int | None = None,
        certificate: tuple[Path, Path] | None = None,
    ) -> None:
        self.asked: list[str] = []
        self.authorization = authorization
        self.refuses = refuses
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.proxy = self
        if certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(*certificate)
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> ConnectProxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    proxy: ConnectProxy

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: clients end connections as they like."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_CONNECT(self) -> None:
        if not self._lets_through():
            return
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), _SECONDS) as upstream:
            self.send_response(200)
            self.end_headers()
            self._carry(upstream)
        self.close_connection = True

    def do_GET(self) -> None:
        if not self._lets_through():
            return
        target = urlsplit(self.path)
        upstream = http.client.HTTPConnection(target.hostname or "", target.port, timeout=_SECONDS)
        headers = {k: v for k, v in self.headers.items() if k.lower() != "proxy-authorization"}
        upstream.request("GET", target._replace(scheme="", netloc="").geturl(), headers=headers)
        answer = upstream.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers.get("Content-Type", ""))
        self._end(body)
        upstream.close()

    def _lets_through(self) -> bool:
        proxy = self.server.proxy
        proxy.asked.append(self.path)
        given = self.headers.get("Proxy-Authorization")
        wrong = proxy.authorization is not None and given != proxy.authorization
        if code := 407 if wrong else proxy.refuses:
            self.send_response(code)
            self._end(b"")
        return not code

    def _end(self, body: bytes) -> None:
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _carry(self, upstream: socket.socket) -> None:
        ends = {self.connection: upstream, upstream: self.connection}
        while True:
            waiting = isinstance(self.connection, ssl.SSLSocket) and self.connection.pending()
            ready = [self.connection] if waiting else select.select([*ends], [], [], _SECONDS)[0]
            for end in ready:
                data = end.recv(65536)
                if not data:
                    return
                ends[end].sendall(data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: tests look at ``ConnectProxy.asked``."""
