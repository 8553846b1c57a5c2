"""Keep connections to one API server, and send requests on them."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future
from typing import TypeAlias
from urllib.parse import quote, urlsplit

import urllib3
from kubernetes.client import Configuration
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, InsecureRequestWarning, LocationValueError
from urllib3.util import parse_url

from k8s_datamodel.api import SourceError
from k8s_datamodel_plugins.sources.server.background import in_background
from k8s_datamodel_plugins.sources.server.wire import answers, proxies, tls
from k8s_datamodel_plugins.sources.server.wire.answers import Answer
from k8s_datamodel_plugins.sources.server.wire.bodies import Deadline
from k8s_datamodel_plugins.sources.server.wire.broken import broken
from k8s_datamodel_plugins.sources.server.wire.openers import Opener
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits

Headers: TypeAlias = Iterable[tuple[str, str]]
"""Names and values; a name may occur twice."""

_PORTS = {"http": 80, "https": 443}
# RFC 3986, 3.3 and 3.4: what a path and a query consist of; the rest is escaped.
_OF_TARGETS = "!$%&'()*+,-./:;=?@_~"
_TARGET = re.compile(rf"[A-Za-z0-9{re.escape(_OF_TARGETS)}]*")
_ZONE = re.compile(r"%[^\]]*")


class Connections:
    """Connections to one API server, one for each request in flight; ``get`` is thread-safe.

    Raises SourceError if the server's URL is invalid, its proxy is not supported, or a certificate
    is unusable. The environment's proxy is read here.
    """

    def __init__(self, configuration: Configuration, proxy_url: str | None, limits: Limits) -> None:
        self.url: str = configuration.host
        self._limits = limits
        self._lock = threading.Lock()
        self._idle: list[_Connection] = []
        self._coming: deque[Future[_Connection]] = deque()
        self._open = 0
        self._closed = False
        try:
            self._proxy = proxies.choose(self.url, proxy_url)
            self._opener = _opener(configuration, self._proxy, limits)
            self._root = _escaped(urlsplit(self.url).path)
        except (LocationValueError, ValueError) as error:
            raise SourceError(f"the URL is not valid: {error}") from None
        host = _host(self.url)
        self._always: Headers = (("Host", host), ("Accept-Encoding", "identity"))
        if self._proxy and self.url.startswith("http:"):
            self._root = (
                f"http://{host}{self._root}"  # RFC 9112, 3.2.2: to a proxy in absolute form
            )
            self._always = (*self._always, *self._proxy.headers.items())

    def get(self, target: str, headers: Headers, silence: float) -> Answer:
        """Send one request to a path and query below the server's URL; follow no redirect.

        The answer counts as lost after ``silence`` seconds without a byte. Raises RequestError if
        there is no answer, or if it is incomplete or too large, and ValueError for headers that
        would be more than headers.
        """
        request = _request(self._root + _escaped(target), (*self._always, *headers))
        deadline = Deadline(self._limits)
        try:
            connection = self._take()
            try:
                connection.send(request, silence)
                answer, reusable = answers.read(connection.receive, self._limits, deadline)
            except BaseException:
                self._discard(connection)
                raise
        except HTTPError as error:
            raise broken(error, self._proxy.url if self._proxy else "") from error
        self._give_back(connection, reusable)
        return answer

    def ahead(self, wanted: int) -> None:
        """Open connections in the background until there are so many.

        One takes several round trips to open, for which the requests to come would wait.
        """
        with self._lock:
            more = 0 if self._closed else max(0, wanted - self._open)
            self._open += more
            self._coming.extend(in_background(self._new) for _ in range(more))

    def close(self) -> None:
        """Close all connections; one in use is closed when its request is done."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            self._discard(connection)
        while self._coming:
            self._coming.popleft().add_done_callback(_close)

    def _take(self) -> _Connection:
        """The connection that was used last, if the server still keeps it, or else a new one."""
        while (connection := self._last_used() or self._next_coming()) is not None:
            if connection.is_quiet():
                return connection
            self._discard(connection)
        with self._lock:
            self._open += 1
        try:
            return self._new()
        except BaseException:
            self._forget()
            raise

    def _last_used(self) -> _Connection | None:
        try:
            return self._idle.pop()
        except IndexError:  # also where another thread took it
            return None

    def _next_coming(self) -> _Connection | None:
        """One that is opened ahead, when it is open; whoever finds none opens one, and may fail."""
        try:
            coming = self._coming.popleft()
        except IndexError:
            return None
        try:
            return coming.result()
        except HTTPError:
            self._forget()
            return self._next_coming()

    def _new(self) -> _Connection:
        return _Connection(self._opener)

    def _give_back(self, connection: _Connection, reusable: bool) -> None:
        with self._lock:
            if reusable and not self._closed:
                self._idle.append(connection)
                return
        self._discard(connection)

    def _discard(self, connection: _Connection) -> None:
        self._forget()
        connection.close()

    def _forget(self) -> None:
        with self._lock:
            self._open -= 1


def _close(opened: Future[_Connection]) -> None:
    """Close a connection that nobody needs any more, if it was opened at all."""
    if opened.exception() is None:
        opened.result().close()


class _Connection:
    """A connection that one request at a time is sent on; opened when it is made.

    Raises urllib3's exceptions.
    """

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._connection: HTTPConnection = opener.open()
        self._socket: socket.socket = self._connection.sock

    def send(self, request: bytes, silence: float) -> None:
        """Send a whole request; later no byte for so many seconds is an error."""
        try:
            self._socket.settimeout(silence)
            self._socket.sendall(request)
        except BrokenPipeError:
            return  # the server may have answered before it closed
        except OSError as error:
            raise self._opener.broken(error) from error

    def receive(self, size: int) -> bytes:
        """The next bytes; none if the server closed the connection."""
        try:
            return self._socket.recv(size)
        except OSError as error:
            raise self._opener.broken(error) from error

    def is_quiet(self) -> bool:
        """Whether the server neither closed it nor sent what nobody asked for."""
        try:
            self._socket.settimeout(0)
            self._socket.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        self._connection.close()


def _request(target: str, headers: Headers) -> bytes:
    """A GET as it is sent. Raises ValueError for a header with a line break in it."""
    lines = [f"GET {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
    request = "\r\n".join(lines)
    breaks = len(lines) - 1
    if request.count("\r") != breaks or request.count("\n") != breaks or "\0" in request:
        raise ValueError("a header contains a line break or a null byte")
    return request.encode("latin-1")


def _escaped(target: str) -> str:
    """A path and query as they are sent, with nothing in them that would end them."""
    return target if _TARGET.fullmatch(target) else quote(target, safe=_OF_TARGETS)


def _host(url: str) -> str:
    """The server as a request names it: without its usual port, or the zone of an address."""
    parts = parse_url(url)
    host = _ZONE.sub("", parts.host or "")
    usual = parts.port in (None, _PORTS.get(parts.scheme or ""))
    return host if usual else f"{host}:{parts.port}"


def _opener(configuration: Configuration, proxy: proxies.Proxy | None, limits: Limits) -> Opener:
    if not configuration.verify_ssl:
        # The kubeconfig asks for it, so no warning for each connection.
        urllib3.disable_warnings(InsecureRequestWarning)
    trust = _trust(configuration)
    # Go trusts a proxy by the same authorities, but does not show it the client's certificate.
    of_proxy = _trust(configuration) if proxy else trust
    if configuration.cert_file:
        tls.show(trust, configuration.cert_file, configuration.key_file)
    server_name = configuration.tls_server_name or None
    url = configuration.host
    return Opener(url, proxy, trust, of_proxy, server_name, limits.connect_timeout)


def _trust(configuration: Configuration) -> ssl.SSLContext:
    return tls.ssl_context(verify=configuration.verify_ssl, authority=configuration.ssl_ca_cert)
