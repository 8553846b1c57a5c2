"""A server on loopback that answers with the very bytes that a test gives it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

END = b""
"""In an answer: the server closes the connection here."""

HOLD = None
"""In an answer: the server says nothing more, and keeps the connection until it stops."""

Pieces: TypeAlias = Sequence[bytes | Callable[[], object] | None]
"""One answer, in the pieces in which it is sent; a function is called, and what follows waits."""


class RawServer:
    """A running server; a context manager.

    Args:
        answers: for the first request, the second, and so on, over all connections; the last one
            counts for all further ones.
        certificate: PEM files of a certificate and its key, for TLS.

    Attributes:
        url: where it listens.
        requests: what came, each as a whole.
        connections: how many were accepted.
        names: the server's, as clients called it in TLS.
        protocols: what was agreed on in TLS; HTTP/2 wherever a client offers it.
        sent: how many pieces were.
        left: how many connections clients closed.
    """

    def __init__(
        self, answers: Iterable[Pieces], *, certificate: tuple[Path, Path] | None = None
    ) -> None:
        self._answers = list(answers)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._tls: ssl.SSLContext | None = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*certificate)
            self._tls.set_alpn_protocols(["h2", "http/1.1"])
            self._tls.sni_callback = lambda _, name, __: self.names.append(name)
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://127.0.0.1:{self._listening.getsockname()[1]}"
        self.requests: list[bytes] = []
        self.connections = self.sent = self.left = 0
        self.protocols: list[str | None] = []
        self.names: list[str | None] = []
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def __enter__(self) -> RawServer:
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._listening, *self._open):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join()

    def close_connections(self) -> None:
        """Close all that are open, as a server does with those that were idle for long."""
        with self._lock:
            still, self._open = self._open, []
        for each in still:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(accepted,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, accepted: socket.socket) -> None:
        with contextlib.suppress(OSError), self._wrapped(accepted) as connection:
            if isinstance(connection, ssl.SSLSocket):
                self.protocols.append(connection.selected_alpn_protocol())
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._open.append(connection)
            while request := _request(connection):
                if not self._reply(connection, request):
                    return
            self.left += 1

    def _wrapped(self, accepted: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(accepted, server_side=True) if self._tls else accepted

    def _reply(self, connection: socket.socket, request: bytes) -> bool:
        """Whether the connection stays."""
        with self._lock:
            self.requests.append(request)
            answer = self._answers[min(len(self.requests), len(self._answers)) - 1]
        for piece in answer:
            if piece is HOLD:
                connection.recv(1)  # until this end, or the other one, closes it
                return False
            if piece == END:
                return False
            if callable(piece):
                piece()
                continue
            connection.sendall(piece)
            self.sent += 1
        return True


def _request(connection: socket.socket) -> bytes:
    """The next request, which has no body; empty if the client closed the connection."""
    request = b""
    while not request.endswith(b"\r\n\r\n"):
        data = connection.recv(65536)
        if not data:
            return b""
        request += data
    return request
