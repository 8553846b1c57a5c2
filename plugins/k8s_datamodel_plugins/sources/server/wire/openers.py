"""Open connections to one server by urllib3: names, TLS, and the way through a proxy."""

from __future__ import annotations

import ssl
from http.client import HTTPException
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    HTTPError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util import parse_url

from k8s_datamodel_plugins.sources.server.wire.proxies import Proxy

_OF_WIRE = (OSError, HTTPError, HTTPException)


def manager(
    proxy: Proxy | None, trust: ssl.SSLContext, of_proxy: ssl.SSLContext
) -> urllib3.PoolManager:
    """urllib3's pools of connections, all through that proxy; ``of_proxy`` is for TLS to it."""
    if proxy is None:
        return urllib3.PoolManager(ssl_context=trust)
    return urllib3.ProxyManager(
        proxy.url, proxy_headers=proxy.headers, ssl_context=trust, proxy_ssl_context=of_proxy
    )


class Opener:
    """Opens connections to the server of a URL.

    Raises LocationValueError, of urllib3, for a URL that is not valid.

    Args:
        url: of the server.
        proxy: on the way to it, if any.
        trust: for TLS to the server.
        of_proxy: for TLS to the proxy.
        server_name: that the server's certificate must have; the URL's by default.
        seconds: until a connection must stand.
    """

    def __init__(
        self,
        url: str,
        proxy: Proxy | None,
        trust: ssl.SSLContext,
        of_proxy: ssl.SSLContext,
        server_name: str | None,
        seconds: float,
    ) -> None:
        # Requests never go through this pool: it knows what a connection of it would be like.
        self._pool = manager(proxy, trust, of_proxy).connection_from_url(url)
        self._url = parse_url(url)
        self._trust = trust
        self._server_name = server_name
        self._seconds = seconds

    def open(self) -> HTTPConnection:
        """A connection that stands, TLS included. Raises urllib3's exceptions."""
        connection = self._make()
        try:
            connection.connect()
        except _OF_WIRE as error:
            fault = self._fault(error, connection)
            connection.close()  # not earlier: it forgets whether it reached the proxy
            raise fault from (None if fault is error else error)
        except BaseException:
            connection.close()
            raise
        return connection

    def broken(self, error: Exception) -> HTTPError:
        """An error of a connection that stood, as urllib3's pools raise it."""
        known = self._known(error)
        return known if isinstance(known, HTTPError) else ProtocolError(known)

    def _make(self) -> HTTPConnection:
        pool, through = self._pool, self._pool.proxy
        host, port = (through.host, through.port) if through else (pool.host, pool.port)
        given: dict[str, Any] = {
            "timeout": self._seconds,
            "proxy": through,
            "proxy_config": pool.proxy_config,
        }
        if pool.scheme == "http":
            return HTTPConnection(str(host), port, **given)
        made = HTTPSConnection(
            str(host), port, ssl_context=self._trust, server_hostname=self._server_name, **given
        )
        if through and self._url.scheme == "https":
            made.set_tunnel(
                (self._url.host or "").lower(),
                pool.port,
                pool.proxy_headers,
                through.scheme or "http",
            )
        return made

    def _fault(self, error: Exception, connection: HTTPConnection) -> HTTPError:
        if connection.proxy is None or connection.has_connected_to_proxy:
            return self.broken(error)
        return ProxyError("Unable to connect to proxy", self._known(error))

    def _known(self, error: Exception) -> Exception:
        if isinstance(error, TimeoutError):
            return ReadTimeoutError(self._pool, self._url.url, "Read timed out.")
        return SSLError(error) if isinstance(error, ssl.SSLError) else error
