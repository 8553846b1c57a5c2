"""Connections through the ``kubernetes`` package, which uses ``urllib3``."""

from __future__ import annotations

import ssl
from urllib.parse import urlsplit

import urllib3
from kubernetes.client import ApiClient, Configuration
from urllib3.exceptions import HTTPError, InsecureRequestWarning, LocationValueError

from k8s_datamodel.api import SourceError
from k8s_datamodel_plugins.sources.server.wire import bodies, proxies, tls
from k8s_datamodel_plugins.sources.server.wire.broken import broken
from k8s_datamodel_plugins.sources.server.wire.connections import Answer, Headers
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits


class PooledConnections:
    """A ``connections.Connections`` with one connection for each request in flight.

    Raises SourceError if the server's URL is invalid, its proxy is not supported, or a certificate
    is unusable. The environment's proxy is read here.
    """

    def __init__(self, configuration: Configuration, proxy_url: str | None, limits: Limits) -> None:
        self.url: str = configuration.host
        self._limits = limits
        try:
            self._proxy = proxies.choose(self.url, proxy_url)
            self._manager = _manager(configuration, self._proxy, limits)
            # Directly to the server's pool: the manager would parse every URL again.
            self._pool = self._manager.connection_from_url(self.url)
            self._root = urlsplit(self.url).path
        except (LocationValueError, ValueError) as error:
            raise SourceError(f"the URL is not valid: {error}") from None
        if self._proxy and self.url.startswith("http:"):
            self._root = self.url  # RFC 9112, 3.2.2: to a proxy in absolute form

    def get(self, target: str, headers: Headers, silence: float) -> Answer:
        """Send one request; see ``connections.Connections``."""
        try:
            response = self._pool.urlopen(
                "GET",
                self._root + target,
                headers=urllib3.HTTPHeaderDict(headers),
                timeout=urllib3.Timeout(connect=self._limits.connect_timeout, read=silence),
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
                redirect=False,
                retries=False,
            )
            return Answer(response.status, response.headers, self._body(response))
        except HTTPError as error:
            raise broken(error, self._proxy.url if self._proxy else "") from error

    def _body(self, response: urllib3.BaseHTTPResponse) -> bytes:
        encoding = response.headers.get("Content-Encoding", "")
        try:
            body = bodies.whole(response.read1, encoding, self._limits)
        except BaseException:
            response.close()
            raise
        response.release_conn()
        return body

    def close(self) -> None:
        """Close all connections."""
        self._manager.clear()


def _manager(
    configuration: Configuration, proxy: proxies.Proxy | None, limits: Limits
) -> urllib3.PoolManager:
    """The kubernetes package's pool manager, with a proxy and TLS of our choice.

    The package's releases differ in when they use a proxy, and Python's in what they require of a
    certificate.
    """
    configuration.proxy = proxy.url if proxy else None
    configuration.no_proxy = ""
    configuration.proxy_headers = proxy.headers if proxy else None
    # One more than in flight: a connection is returned a moment after its body was read.
    configuration.connection_pool_maxsize = limits.parallel + 1
    if not configuration.verify_ssl:
        # The kubeconfig asks for it, so no warning for each connection.
        urllib3.disable_warnings(InsecureRequestWarning)
    made = _context(configuration)
    if configuration.cert_file:
        tls.show(made, configuration.cert_file, configuration.key_file)
    manager: urllib3.PoolManager = ApiClient(configuration).rest_client.pool_manager
    given = manager.connection_pool_kw
    given["ssl_context"] = made
    for replaced in ("ca_certs", "ca_cert_data", "cert_file", "key_file"):
        given.pop(replaced, None)
    if isinstance(manager, urllib3.ProxyManager) and manager.proxy_config:
        # Go trusts a proxy by the same authorities, but does not show it the client's certificate.
        given["_proxy_config"] = manager.proxy_config = manager.proxy_config._replace(
            ssl_context=_context(configuration)
        )
    return manager


def _context(configuration: Configuration) -> ssl.SSLContext:
    return tls.context(
        verify=configuration.verify_ssl,
        authority=configuration.ssl_ca_cert,
        authority_data=getattr(configuration, "ca_cert_data", None),
    )
