"""An HTTPS proxy in front of a real API server that breaks what it is told to break.

It has the real server's own certificate, so a client that trusts the cluster trusts it. Everything
that no fault matches passes through as it comes, watches too; upgraded connections do not.
"""

from __future__ import annotations

import http.client
import ssl
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cluster.faults import Action, Fault
from cluster.kubeconfig import vary
from cluster.server import Cluster
from cluster.wire import Exchange, Request, Upstream, interrupt

_UPSTREAM_SECONDS = 120
_JOIN_SECONDS = 10


class Proxy:
    """A running proxy; a context manager.

    Args:
        cluster: The real server.
        faults: What goes wrong; nothing by default.
        latency: Seconds by which every request is held up.
        certificate: `server`, or `expired` for a TLS certificate of yesterday, or PEM files of a
            certificate and its key.
        context: The context's name in its kubeconfigs; by default the cluster's.

    Attributes:
        requests: What was asked so far, in the order of arrival.
        most_at_once: The largest number of requests that were under way at one time.
        kubeconfig: The administrator's, leading here.
        port: Where it listens.
        url: `https://127.0.0.1:PORT`.
    """

    def __init__(
        self,
        cluster: Cluster,
        *faults: Fault,
        latency: float = 0.0,
        certificate: str | tuple[Path, Path] = "server",
        context: str | None = None,
    ) -> None:
        self.latency = latency
        self.requests: list[Request] = []
        self.most_at_once = 0
        self._at_once = 0
        self._armed: list[_Armed] = []
        self._lock = threading.Lock()
        self._cluster = cluster
        self._context = context
        self._server = _Server(self, cluster, certificate)
        self.port = self._server.server_port
        self.url = f"https://127.0.0.1:{self.port}"
        self.kubeconfig = self.kubeconfig_for("admin")
        self.inject(*faults)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def kubeconfig_for(self, user: str) -> Path:
        """The kubeconfig of one of the cluster's users, leading here."""
        out = self._cluster.folder / f"proxy-{self.port}-{user}.kubeconfig"
        given = self._cluster.kubeconfig_for(user)
        return vary(given, out, context=self._context, cluster={"server": self.url})

    def inject(self, *faults: Fault) -> None:
        """Adds faults, behind those that are there; each counts its requests from now on."""
        self._armed += [_Armed(fault) for fault in faults]

    def heal(self) -> None:
        """Takes all faults away."""
        self._armed = []

    def counts(self) -> Counter[str]:
        """How often each path was asked for, whatever the method and the query."""
        return Counter(request.path for request in list(self.requests))

    def stop(self) -> None:
        """Ends the proxy and all that waits in it; twice does no harm.

        Raises:
            Exception: the first one that came out of a fault's action.
        """
        self._server.stop()
        self._thread.join()
        if self._server.errors:
            raise self._server.errors.pop(0)

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @contextmanager
    def arrival(self, request: Request) -> Iterator[tuple[Action, int]]:
        """Registers a request; gives what is to be done with it, and its number for that fault."""
        with self._lock:
            self.requests.append(request)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            chosen = self._choose(request)
        try:
            yield chosen
        finally:
            with self._lock:
                self._at_once -= 1

    def _choose(self, request: Request) -> tuple[Action, int]:
        chosen: tuple[Action, int] = (Exchange.forward, 0)
        for armed in reversed(self._armed):
            if armed.fault.match(request):
                armed.matched += 1
                if armed.fault.hits(armed.matched):
                    chosen = (armed.fault.action, armed.matched)
        return chosen


@dataclass
class _Armed:
    fault: Fault
    matched: int = 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, proxy: Proxy, cluster: Cluster, certificate: str | tuple[Path, Path]
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proxy = proxy
        self.stopping = threading.Event()
        self.errors: list[Exception] = []
        self.handlers: dict[_Handler, threading.Thread] = {}
        self._upstream = urlsplit(cluster.url)
        self._to_clients = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if isinstance(certificate, str):
            certificate = cluster.folder / f"{certificate}.crt", cluster.folder / "server.key"
        self._to_clients.load_cert_chain(*certificate)
        self._to_server = ssl.create_default_context(cafile=cluster.folder / "ca.crt")

    def get_request(self) -> tuple[ssl.SSLSocket, Any]:
        # The handshake is the handler's: a client that stalls in it must not stop the others.
        sock, address = self.socket.accept()
        tls = self._to_clients.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return tls, address

    def connect(self) -> http.client.HTTPSConnection:
        host, port = self._upstream.hostname or "", self._upstream.port
        return http.client.HTTPSConnection(
            host, port, context=self._to_server, timeout=_UPSTREAM_SECONDS
        )

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keeps what is a mistake of ours; a broken wire is what this is all about."""
        error = sys.exc_info()[1]
        wire = isinstance(error, OSError | http.client.IncompleteRead) or self.stopping.is_set()
        if isinstance(error, Exception) and not wire:
            self.errors.append(error)

    def stop(self) -> None:
        if self.stopping.is_set():
            return
        self.stopping.set()
        self.shutdown()
        self.server_close()
        for handler, thread in list(self.handlers.items()):
            handler.interrupt()
            thread.join(_JOIN_SECONDS)


class _Handler(BaseHTTPRequestHandler):
    """One client connection, and the requests on it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server
    request: ssl.SSLSocket

    def setup(self) -> None:
        super().setup()
        self.upstream = Upstream(self.server.connect)
        self.server.handlers[self] = threading.current_thread()

    def handle(self) -> None:
        self.request.do_handshake()
        super().handle()

    def finish(self) -> None:
        self.server.handlers.pop(self, None)
        self.upstream.close()
        super().finish()

    def interrupt(self) -> None:
        interrupt(self.request)
        self.upstream.interrupt()

    def _pass_on(self) -> None:
        path, _, query = self.path.partition("?")
        request = Request(self.command, path, query)
        exchange = Exchange(self, request, self.upstream, self.server.stopping)
        proxy = self.server.proxy
        with proxy.arrival(request) as (action, exchange.nth):
            if proxy.latency:
                exchange.wait(proxy.latency)
            action(exchange)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: tests look at `Proxy.requests`."""
