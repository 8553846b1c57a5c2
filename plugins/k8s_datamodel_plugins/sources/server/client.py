"""Requests to one API server: raw JSON in, bounded in time, retried where that can help."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
import urllib3
from kubernetes.client import ApiClient
from urllib3.exceptions import HTTPError

from k8s_datamodel.api import Outcome, Status
from k8s_datamodel_plugins.sources.server.faults import RequestError, broken, refused
from k8s_datamodel_plugins.sources.server.health import Health
from k8s_datamodel_plugins.sources.server.kubeconfig import Access
from k8s_datamodel_plugins.sources.server.limits import Limits

JSON = "application/json"

METADATA = f"{JSON};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,{JSON}"
"""Asks for metadata only; an aggregated API that cannot do that gives complete objects."""

VERSION = "/version"

_CHUNK = 1 << 20
_USER_AGENT = ("User-Agent", "k8s-datamodel")
# Those that expire are renewed minutes before they do.
_CREDENTIALS_SECONDS = 5.0
_OK = 200


@dataclass(slots=True)
class Meter:
    """What one read costs, from when it is made; safe in threads."""

    requests: int = 0
    bytes: int = 0
    started: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, size: int) -> None:
        """One more request, whose body had so many bytes."""
        with self.lock:
            self.requests += 1
            self.bytes += size

    def outcome(
        self,
        status: Status,
        reason: str = "",
        http_code: int | None = None,
        objects: int | None = None,
        reused: int = 0,
    ) -> Outcome:
        """How the read ended, with what it cost."""
        seconds = round(time.monotonic() - self.started, 3)
        return Outcome(
            status, reason, http_code, self.requests, objects, reused, self.bytes, seconds
        )

    def failure(self, fault: RequestError, objects: int | None = None, reused: int = 0) -> Outcome:
        """The same, for a read that a fault ended."""
        return self.outcome(fault.status, fault.reason, fault.http_code, objects, reused)


class Client:
    """A client of one API server for one run; ``get`` is safe in threads.

    Args:
        access: which server, as whom.
        limits: see ``Limits``.

    Raises:
        urllib3.exceptions.LocationValueError: the server's URL, or its proxy's, is none.
    """

    def __init__(self, access: Access, limits: Limits) -> None:
        self.limits = limits
        self.url: str = access.configuration.host
        self._configuration = access.configuration
        # One more than are in flight: a connection is given back a moment after its body is read.
        self._configuration.connection_pool_maxsize = limits.parallel + 1
        self._impersonation = access.impersonation
        self._headers_of_mine: Sequence[tuple[str, str]] = ()
        self._check_credentials_at = 0.0
        self._manager = ApiClient(self._configuration).rest_client.pool_manager
        # Straight to the one server's pool: the manager would take every URL apart again.
        self._pool = self._manager.connection_from_url(self.url)
        self._root = urlsplit(self.url).path
        if isinstance(self._manager, urllib3.ProxyManager) and self.url.startswith("http:"):
            self._root = self.url  # RFC 9112, 3.2.2: to a proxy in absolute form
        self._in_flight = threading.BoundedSemaphore(limits.parallel)
        self._authenticating = threading.Lock()
        self._health = Health(limits)

    def close(self) -> None:
        """Close all connections."""
        self._manager.clear()

    def get(
        self,
        path: str,
        meter: Meter,
        accept: str = JSON,
        query: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The JSON object at a path of the API server.

        Raises:
            RequestError: there is none, after as many attempts as made sense.
        """
        target = f"{path}?{urlencode(query)}" if query else path
        return self._get(target, meter, accept, self.limits.read_timeout)

    def version(self, meter: Meter) -> dict[str, Any]:
        """The server's ``/version``, asked without much patience. Raises RequestError."""
        return self._get(VERSION, meter, JSON, self.limits.open_timeout)

    def _get(self, target: str, meter: Meter, accept: str, timeout: float) -> dict[str, Any]:
        started = time.monotonic()
        for attempt in range(1, self.limits.attempts + 1):
            self._health.check()
            try:
                answer = self._attempt(target, meter, accept, timeout)
            except RequestError as fault:
                pause = self._health.pause(fault, attempt, time.monotonic() - started)
                if pause is None:
                    self._given_up(fault)
                    raise
                time.sleep(pause)
            else:
                self._health.answered()
                return answer
        raise AssertionError("the last attempt returns or raises")

    def _given_up(self, fault: RequestError) -> None:
        """After some requests in a row without any answer, ask whether the server still lives.

        If not, whatever is asked for later fails at once: thousands of counts must not each wait.
        """
        if fault.http_code is not None:
            self._health.answered()
        elif self._health.silent():
            self._ask_whether_it_lives()

    def _ask_whether_it_lives(self) -> None:
        try:
            self._attempt(VERSION, Meter(), JSON, self.limits.open_timeout)
        except RequestError as fault:
            if fault.http_code is None:
                self._health.lost(fault)
                return
        self._health.answered()

    def _attempt(self, target: str, meter: Meter, accept: str, timeout: float) -> dict[str, Any]:
        size = 0
        with self._in_flight:
            try:
                response = self._send(target, accept, timeout)
                body = self._body(response)
                size = len(body)
            except HTTPError as error:
                raise broken(error) from error
            finally:
                meter.add(size)
        if response.status != _OK:
            raise refused(response.status, response.headers, body)
        return _decoded(response, body)

    def _send(self, target: str, accept: str, timeout: float) -> urllib3.BaseHTTPResponse:
        return self._pool.urlopen(
            "GET",
            self._root + target,
            headers=self._headers(accept),
            timeout=urllib3.Timeout(connect=self.limits.connect_timeout, read=timeout),
            assert_same_host=False,
            preload_content=False,
            redirect=False,
            retries=False,
        )

    def _headers(self, accept: str) -> urllib3.HTTPHeaderDict:
        headers = urllib3.HTTPHeaderDict(self._credentials())
        headers["Accept"] = accept
        return headers

    def _credentials(self) -> Sequence[tuple[str, str]]:
        """Headers that say who we are; refreshed when they expire, by one thread for all."""
        with self._authenticating:
            now = time.monotonic()
            if now >= self._check_credentials_at:
                # Costs a third of a small request, so not for each of them.
                self._check_credentials_at = now + _CREDENTIALS_SECONDS
                settings: Any = self._configuration.auth_settings().values()
                headers = [(each["key"], each["value"]) for each in settings if each["value"]]
                self._headers_of_mine = [*headers, *self._impersonation, _USER_AGENT]
            return self._headers_of_mine

    def _body(self, response: urllib3.BaseHTTPResponse) -> bytes:
        """The whole body. Looks at the clock after each piece: a trickle never times out."""
        end = time.monotonic() + self.limits.request_timeout
        pieces = []
        try:
            while piece := response.read1(_CHUNK):
                pieces.append(piece)
                if time.monotonic() > end:
                    raise RequestError(
                        f"the answer took more than {self.limits.request_timeout:g} s"
                    )
        except BaseException:
            response.close()
            raise
        response.release_conn()
        return b"".join(pieces)


def _decoded(response: urllib3.BaseHTTPResponse, body: bytes) -> dict[str, Any]:
    try:
        answer = _parsed(body)
    except (ValueError, RecursionError):
        content_type = response.headers.get("Content-Type", "")
        what = "is cut off or damaged" if "json" in content_type else f"is {content_type}"
        # A page of something in between stays what it is, a cut answer may come whole.
        raise RequestError(
            f"the answer {what}, not JSON", http_code=_OK, transient="json" in content_type
        ) from None
    if not isinstance(answer, dict):
        raise RequestError("the answer is JSON, but not an API object", http_code=_OK)
    return answer


def _parsed(body: bytes) -> Any:
    """The JSON of a body, by orjson where it can: lone surrogates and deep nesting it refuses."""
    try:
        return orjson.loads(body)
    except ValueError:
        return json.loads(body)
