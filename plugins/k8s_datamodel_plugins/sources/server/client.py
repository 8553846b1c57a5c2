"""Send requests to one API server: raw JSON, bounded in time, retried where that can help."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import orjson

from k8s_datamodel.api import Outcome, Status
from k8s_datamodel_plugins.sources.server.pace.gates import Gate
from k8s_datamodel_plugins.sources.server.wire.answers import Answer
from k8s_datamodel_plugins.sources.server.wire.connections import Connections, Headers
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError, refused
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits

JSON = "application/json"

METADATA = f"{JSON};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,{JSON}"
"""Asks for metadata only; an aggregated API that does not support it sends complete objects."""

VERSION = "/version"

_OK = 200
_TOO_MANY = frozenset({429, 503})
_DOUBTFUL = 4
"""How many requests in a row without any answer are suspicious."""


@dataclass(slots=True)
class Meter:
    """The cost of one read since the meter was made; thread-safe.

    ``announced`` is how many objects the server says there are; None where it does not say.
    """

    requests: int = 0
    bytes: int = 0
    announced: int | None = None
    started: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, size: int) -> None:
        """Count one more request with the size of its body."""
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
        """The outcome of the read with its cost."""
        seconds = round(time.monotonic() - self.started, 3)
        return Outcome(
            status, reason, http_code, self.requests, objects, reused, self.bytes, seconds
        )

    def failure(self, fault: RequestError, objects: int | None = None, reused: int = 0) -> Outcome:
        """The outcome of a read that a fault ended."""
        return self.outcome(fault.status, fault.reason, fault.http_code, objects, reused)


@dataclass(slots=True)
class _Effort:
    """Seconds that one request takes, without those in which it waits for its turn."""

    seconds: float = 0.0


class Health:
    """Whether the server is alive, and how long the requests of one run waited; thread-safe."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._silent = 0
        self._waited = 0.0
        self._lost: RequestError | None = None

    def check(self) -> None:
        """Raise a RequestError if the server is known to be dead."""
        if self._lost is not None:
            raise RequestError(f"not asked, the server no longer answers: {self._lost.reason}")

    def answered(self) -> None:
        """Note an answer."""
        self._silent = 0

    def silent(self) -> bool:
        """Count a request without an answer; returns whether the server may be dead."""
        if self._lost is not None:
            return False
        with self._lock:
            self._silent += 1
            return self._silent == _DOUBTFUL

    def lost(self, fault: RequestError) -> None:
        """Note that the server is dead."""
        self._lost = fault

    def pause(self, fault: RequestError, attempt: int, elapsed: float) -> float | None:
        """Seconds before the next attempt, or None to give up; ``elapsed`` were spent on others."""
        if not fault.transient or attempt >= self._limits.attempts:
            return None
        if fault.retry_after is not None:
            return self._obey(fault.retry_after)
        if elapsed > self._limits.retry_window:
            return None
        return self._limits.retry_pause * float(2 ** (attempt - 1))

    def _obey(self, seconds: float) -> float | None:
        with self._lock:
            total = self._waited + seconds
            if seconds > self._limits.retry_after or total > self._limits.retry_budget:
                return None
            self._waited = total
        return seconds


class Client:
    """A client of one API server for one run; ``get`` is thread-safe.

    ``gate`` says how many requests are in flight. ``identity`` returns the headers with the
    credentials for each request, and raises RequestError if there are none any more.
    """

    def __init__(
        self,
        connections: Connections,
        identity: Callable[[], Headers],
        limits: Limits,
        gate: Gate,
    ) -> None:
        self.limits = limits
        self.gate = gate
        self.url = connections.url
        self._connections = connections
        self._identity = identity
        self._health = Health(limits)

    def get(
        self,
        path: str,
        meter: Meter,
        accept: str = JSON,
        query: Mapping[str, Any] | None = None,
        *,
        patient: bool = False,
    ) -> dict[str, Any]:
        """The JSON object at a path. Raises RequestError after all sensible attempts.

        One of many requests is ``patient``: those that others follow go first.
        """
        target = f"{path}?{urlencode(query)}" if query else path
        return self._get(target, meter, accept, self.limits.read_timeout, patient=patient)

    def version(self, meter: Meter) -> dict[str, Any]:
        """The server's ``/version``, with little patience. Raises RequestError."""
        return self._get(VERSION, meter, JSON, self.limits.open_timeout)

    def _get(
        self, target: str, meter: Meter, accept: str, timeout: float, *, patient: bool = False
    ) -> dict[str, Any]:
        effort = _Effort()
        for attempt in range(1, self.limits.attempts + 1):
            with self.gate.place(patient=patient and attempt == 1):
                self._health.check()
                try:
                    answer = self._attempt(target, meter, accept, timeout, effort)
                except RequestError as error:
                    fault = error
                    pause = self._health.pause(fault, attempt, effort.seconds)
                    if pause is not None:
                        time.sleep(pause)
                        effort.seconds += pause
                else:
                    self._health.answered()
                    return answer
            if pause is None:
                self._given_up(fault)
                raise fault
        raise AssertionError("the last attempt returns or raises")

    def _given_up(self, fault: RequestError) -> None:
        """After several requests in a row without an answer, check whether the server is alive.

        If not, all later requests fail at once: thousands of counts must not wait each.
        """
        if fault.http_code is None:
            if not self._health.silent():
                return
            try:
                with self.gate.place():
                    self._attempt(VERSION, Meter(), JSON, self.limits.open_timeout, _Effort())
            except RequestError as last:
                if last.http_code is None:
                    self._health.lost(last)
                    return
        self._health.answered()

    def _attempt(
        self, target: str, meter: Meter, accept: str, timeout: float, effort: _Effort
    ) -> dict[str, Any]:
        size = 0
        try:
            headers = (*self._identity(), ("Accept", accept))
            asked = self.gate.ask()
            try:
                answer = self._connections.get(target, headers, timeout)
            finally:
                effort.seconds += time.monotonic() - asked.at
            size = len(answer.body)
        finally:
            meter.add(size)
        if answer.status in _TOO_MANY:
            self.gate.refused(asked)
        if answer.status != _OK:
            raise refused(answer.status, answer.headers, answer.body)
        self.gate.answered(asked, size, accept)
        self._connections.ahead(self.gate.next_share)
        return _decoded(answer)


def _decoded(answer: Answer) -> dict[str, Any]:
    try:
        document = _parsed(answer.body)
    except (ValueError, RecursionError):
        content_type = answer.headers.get("Content-Type", "")
        what = "is cut off or damaged" if "json" in content_type else f"is {content_type}"
        # A proxy's page does not change, but a cut answer may come whole the next time.
        raise RequestError(
            f"the answer {what}, not JSON", http_code=_OK, transient="json" in content_type
        ) from None
    if not isinstance(document, dict):
        raise RequestError("the answer is JSON, but not an API object", http_code=_OK)
    return document


def _parsed(body: bytes) -> Any:
    """The JSON of a body, by orjson where possible: it rejects lone surrogates and deep nesting."""
    try:
        return orjson.loads(body)
    except ValueError:
        return json.loads(body)
