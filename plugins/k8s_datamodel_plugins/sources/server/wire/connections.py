"""Send requests by urllib3: many to one API server, or one to any other HTTPS server."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

import urllib3
from kubernetes.client import Configuration
from urllib3.exceptions import HTTPError, InsecureRequestWarning, LocationValueError

from k8s_datamodel.api import SourceError
from k8s_datamodel_plugins.sources.server.wire import bodies, proxies, tls
from k8s_datamodel_plugins.sources.server.wire.broken import broken
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits

Headers: TypeAlias = Iterable[tuple[str, str]]
"""Names and values; a name may occur twice."""

_AS_IT_IS: Mapping[str, Any] = {
    "preload_content": False,
    "decode_content": False,
    "redirect": False,
    "retries": False,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of any status, with its whole body, unpacked and of bounded size."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connections:
    """Connections to one API server, one for each request in flight; ``get`` is thread-safe.

    Raises SourceError if the server's URL is invalid, its proxy is not supported, or a certificate
    is unusable. The environment's proxy is read here.
    """

    def __init__(self, configuration: Configuration, proxy_url: str | None, limits: Limits) -> None:
        self.url: str = configuration.host
        self._limits = limits
        try:
            self._proxy = proxies.choose(self.url, proxy_url)
            self._manager = _of_server(configuration, self._proxy, limits)
            # Directly to the server's pool: the manager would parse every URL again.
            self._pool = self._manager.connection_from_url(self.url)
            self._root = urlsplit(self.url).path
        except (LocationValueError, ValueError) as error:
            raise SourceError(f"the URL is not valid: {error}") from None
        if self._proxy and self.url.startswith("http:"):
            self._root = self.url  # RFC 9112, 3.2.2: to a proxy in absolute form

    def get(self, target: str, headers: Headers, silence: float) -> Answer:
        """Send one request to a path and query below the server's URL; follow no redirect.

        The answer counts as lost after ``silence`` seconds without a byte. Raises RequestError if
        there is no answer, or if it is incomplete or too large.
        """
        try:
            response = self._pool.urlopen(
                "GET",
                self._root + target,
                headers=urllib3.HTTPHeaderDict(headers),
                timeout=urllib3.Timeout(connect=self._limits.connect_timeout, read=silence),
                assert_same_host=False,
                **_AS_IT_IS,
            )
            return _answer(response, self._limits)
        except HTTPError as error:
            raise broken(error, self._proxy.url if self._proxy else "") from error

    def close(self) -> None:
        """Close all connections."""
        self._manager.clear()


def ask(
    method: Literal["GET", "POST"],
    url: str,
    trust: ssl.SSLContext,
    limits: Limits,
    *,
    headers: Headers = (),
    body: bytes | None = None,
) -> Answer:
    """Send one request to a server such as an issuer; the environment's proxy applies.

    Raises RequestError as ``Connections.get``, and SourceError if the proxy is not supported.
    """
    proxy = proxies.choose(url, None)
    with _manager(proxy, trust, trust) as manager:
        try:
            response = manager.request(
                method,
                url,
                headers=urllib3.HTTPHeaderDict(headers),
                body=body,
                timeout=urllib3.Timeout(connect=limits.connect_timeout, read=limits.open_timeout),
                **_AS_IT_IS,
            )
            return _answer(response, limits)
        except HTTPError as error:
            raise broken(error, proxy.url if proxy else "") from error


def _answer(response: urllib3.BaseHTTPResponse, limits: Limits) -> Answer:
    encoding = response.headers.get("Content-Encoding", "")
    try:
        body = bodies.whole(response.read1, encoding, limits)
    except BaseException:
        response.close()
        raise
    response.release_conn()
    return Answer(response.status, response.headers, body)


def _of_server(
    configuration: Configuration, proxy: proxies.Proxy | None, limits: Limits
) -> urllib3.PoolManager:
    if not configuration.verify_ssl:
        # The kubeconfig asks for it, so no warning for each connection.
        urllib3.disable_warnings(InsecureRequestWarning)
    trust = _trust(configuration)
    # Go trusts a proxy by the same authorities, but does not show it the client's certificate.
    of_proxy = _trust(configuration) if proxy else trust
    if configuration.cert_file:
        tls.show(trust, configuration.cert_file, configuration.key_file)
    # One more than in flight: a connection is returned shortly after its body was read.
    pool: dict[str, Any] = {"maxsize": limits.max_in_flight + 1}
    if configuration.tls_server_name:
        pool["server_hostname"] = configuration.tls_server_name
    return _manager(proxy, trust, of_proxy, **pool)


def _trust(configuration: Configuration) -> ssl.SSLContext:
    return tls.ssl_context(verify=configuration.verify_ssl, authority=configuration.ssl_ca_cert)


def _manager(
    proxy: proxies.Proxy | None, trust: ssl.SSLContext, of_proxy: ssl.SSLContext, **pool: Any
) -> urllib3.PoolManager:
    if proxy is None:
        return urllib3.PoolManager(ssl_context=trust, **pool)
    return urllib3.ProxyManager(
        proxy.url,
        proxy_headers=proxy.headers,
        ssl_context=trust,
        proxy_ssl_context=of_proxy,
        **pool,
    )
