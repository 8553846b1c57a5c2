"""Every number that bounds a conversation with an API server."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import inf

from k8s_datamodel.api import UsageError

PUBLIC = frozenset({"read_timeout", "request_timeout", "answer_bytes", "plugin_timeout"})
"""Limits that a slow or large cluster in good health can reach; users may raise them."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how often, how many.

    Attributes:
        max_in_flight: most requests in flight at once to one server.
        max_per_second: most requests a second to one server; infinite for no such limit.
        connect_timeout: seconds until a connection must stand, TLS included.
        read_timeout: seconds without a byte until an answer counts as lost.
        open_timeout: the same for the one request that finds out whether the server answers.
        request_timeout: seconds for one answer as a whole; ends a slow trickle.
        answer_bytes: most bytes of one answer, as received and unpacked; its objects take eight
            times as much memory.
        attempts: times one request is sent, the first included.
        retry_pause: seconds before the second attempt, doubled for each further one.
        retry_window: seconds that a request may take and be sent again, unless the server named
            the time itself; what it waits for its turn does not count.
        retry_after: longest ``Retry-After`` in seconds that is obeyed; a longer one ends the read.
        retry_budget: seconds that one run waits for ``Retry-After`` in all.
        plugin_timeout: seconds for a credential plugin that asks the user nothing.
        chunk_bytes: size that a chunk of a list aims at; smaller chunks cost an API server little.
        chunk_objects: most objects asked for in one chunk.
        chunks: chunks after which a list counts as endless if the server announces no end.
    """

    max_in_flight: int = 32
    max_per_second: float = inf
    connect_timeout: float = 5.0
    read_timeout: float = 60.0
    open_timeout: float = 15.0
    request_timeout: float = 300.0
    answer_bytes: int = 256_000_000
    attempts: int = 4
    retry_pause: float = 0.25
    retry_window: float = 10.0
    retry_after: float = 30.0
    retry_budget: float = 120.0
    plugin_timeout: float = 120.0
    chunk_bytes: int = 750_000
    chunk_objects: int = 500
    chunks: int = 400


def variable(name: str) -> str:
    """The environment variable that sets a limit: ``K8S_DATAMODEL_<NAME>``, or a test's own."""
    return f"{'' if name in PUBLIC else '_'}K8S_DATAMODEL_{name.upper()}"


def from_environment(environ: Mapping[str, str] = os.environ) -> Limits:
    """The limits, as the environment changes them. Raises UsageError for an invalid number."""
    given = {}
    for field in fields(Limits):
        named = variable(field.name)
        if text := environ.get(named, "").strip():
            given[field.name] = _number(named, text, whole=isinstance(field.default, int))
    return Limits(**given)  # type: ignore[arg-type]  # each number has its field's type


def _number(named: str, text: str, *, whole: bool) -> float:
    try:
        number = int(text) if whole else float(text)
    except ValueError:
        number = 0
    if not 0 < number < inf:
        raise UsageError(f"{named} must be a number above 0, not {text!r}")
    return number
