"""Send one request to any HTTPS server, such as an issuer of tokens, and close the connection."""

from __future__ import annotations

import ssl
from typing import Literal

import urllib3
from urllib3.exceptions import HTTPError

from k8s_datamodel_plugins.sources.server.wire import bodies, proxies
from k8s_datamodel_plugins.sources.server.wire.broken import broken
from k8s_datamodel_plugins.sources.server.wire.connections import Answer, Headers
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits


def ask(
    method: Literal["GET", "POST"],
    url: str,
    trust: ssl.SSLContext,
    limits: Limits,
    *,
    headers: Headers = (),
    body: bytes | None = None,
) -> Answer:
    """Send one request, without following a redirect; the environment's proxy applies.

    Raises RequestError without a complete answer of bounded size, and SourceError if the proxy is
    not supported.
    """
    proxy = proxies.choose(url, None)
    with _manager(proxy, trust) as manager:
        try:
            response = manager.request(
                method,
                url,
                headers=urllib3.HTTPHeaderDict(headers),
                body=body,
                timeout=urllib3.Timeout(connect=limits.connect_timeout, read=limits.open_timeout),
                preload_content=False,
                decode_content=False,
                redirect=False,
                retries=False,
            )
            try:
                encoding = response.headers.get("Content-Encoding", "")
                content = bodies.whole(response.read1, encoding, limits)
            finally:
                response.close()
        except HTTPError as error:
            raise broken(error, proxy.url if proxy else "") from error
        return Answer(response.status, response.headers, content)


def _manager(proxy: proxies.Proxy | None, trust: ssl.SSLContext) -> urllib3.PoolManager:
    if proxy is None:
        return urllib3.PoolManager(ssl_context=trust)
    return urllib3.ProxyManager(
        proxy.url, proxy_headers=proxy.headers, ssl_context=trust, proxy_ssl_context=trust
    )
