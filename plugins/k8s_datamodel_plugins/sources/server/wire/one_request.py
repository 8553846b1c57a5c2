"""Send one request to any other HTTPS server than an API server, by urllib3."""

from __future__ import annotations

import ssl
from typing import Literal

import urllib3
from urllib3.exceptions import HTTPError

from k8s_datamodel_plugins.sources.server.wire import bodies, proxies
from k8s_datamodel_plugins.sources.server.wire.answers import Answer
from k8s_datamodel_plugins.sources.server.wire.broken import broken
from k8s_datamodel_plugins.sources.server.wire.connections import Headers
from k8s_datamodel_plugins.sources.server.wire.openers import manager
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
    """Send one request to a server such as an issuer; the environment's proxy applies.

    Raises RequestError as ``Connections.get``, and SourceError if the proxy is not supported.
    """
    proxy = proxies.choose(url, None)
    with manager(proxy, trust, trust) as pools:
        try:
            response = pools.request(
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
            return _answer(response, limits)
        except HTTPError as error:
            raise broken(error, proxy.url if proxy else "") from error


def _answer(response: urllib3.BaseHTTPResponse, limits: Limits) -> Answer:
    encoding = response.headers.get("Content-Encoding", "")
    try:
        body = bodies.whole(response.read1, encoding, limits, bodies.Deadline(limits))
    except BaseException:
        response.close()
        raise
    response.release_conn()
    return Answer(response.status, response.headers, body)
