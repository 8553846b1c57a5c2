"""Rules that need no server: limits, retries, what an error is called."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import cast

import pytest

from k8s_datamodel.api import UsageError
from k8s_datamodel_plugins.sources.server import client
from k8s_datamodel_plugins.sources.server.client import Client, Health, Meter
from k8s_datamodel_plugins.sources.server.pace.gates import Gate
from k8s_datamodel_plugins.sources.server.wire.connections import Answer, Connections, Headers
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError, refused
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits, from_environment

LIMITS = Limits(attempts=4, retry_pause=1.0, retry_window=10.0, retry_after=30.0, retry_budget=60.0)
BROKEN = RequestError("broken", transient=True)


class Clock:
    """The seconds pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Refusing:
    """Connections to a server that is busy for the first requests."""

    url = "http://server.example"

    def __init__(self, times: int) -> None:
        self._times = times

    def get(self, target: str, headers: Headers, silence: float) -> Answer:
        self._times -= 1
        return Answer(503 if self._times >= 0 else 200, {}, b"{}")

    def ahead(self, wanted: int) -> None:
        """As those that are there already."""


def asked_to_wait(seconds: float) -> RequestError:
    return RequestError("slow down", http_code=429, transient=True, retry_after=seconds)


def test_limits_come_from_the_environment() -> None:
    given = {"K8S_DATAMODEL_ANSWER_BYTES": "8", "K8S_DATAMODEL_READ_TIMEOUT": " 0.5 "}
    assert from_environment(given) == Limits(answer_bytes=8, read_timeout=0.5)
    assert from_environment({"K8S_DATAMODEL_READ_TIMEOUT": ""}) == Limits()


def test_four_limits_are_for_users() -> None:
    given = {f"K8S_DATAMODEL_{field.name.upper()}": "1" for field in fields(Limits)}
    changed = from_environment(given)
    assert [f.name for f in fields(Limits) if getattr(changed, f.name) == 1] == [
        "read_timeout",
        "request_timeout",
        "answer_bytes",
        "plugin_timeout",
    ]


@pytest.mark.parametrize("text", ["many", "0", "-1", "nan", "inf", "1.5"])
def test_a_wrong_limit_is_named(text: str) -> None:
    with pytest.raises(UsageError, match="K8S_DATAMODEL_ANSWER_BYTES"):
        from_environment({"K8S_DATAMODEL_ANSWER_BYTES": text})


def test_pauses_grow_and_attempts_end() -> None:
    health = Health(LIMITS)
    assert [health.pause(BROKEN, attempt, 0) for attempt in (1, 2, 3, 4)] == [1, 2, 4, None]


def test_a_request_that_took_long_is_not_repeated() -> None:
    assert Health(LIMITS).pause(BROKEN, 1, 10.1) is None


def test_waiting_for_its_turn_makes_no_request_a_long_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """One request in 20 seconds, of which four must be sent for one answer."""
    clock = Clock()
    monkeypatch.setattr(client, "time", clock)
    gate = Gate(1, 1 / 20, clock.monotonic, clock.sleep)
    gate.ask()
    connections = Refusing(3)
    one = Client(cast(Connections, connections), lambda: (), LIMITS, gate)
    assert one.get("/version", Meter()) == {}
    assert clock.now == 80


def test_what_will_not_pass_is_not_repeated() -> None:
    assert Health(LIMITS).pause(RequestError("no"), 1, 0) is None


def test_retry_after_is_obeyed_within_bounds() -> None:
    health = Health(LIMITS)
    assert health.pause(asked_to_wait(31), 1, 0) is None
    assert health.pause(asked_to_wait(30), 1, 100) == 30
    assert health.pause(asked_to_wait(25), 2, 100) == 25
    assert health.pause(asked_to_wait(6), 1, 0) is None
    assert health.pause(asked_to_wait(5), 1, 0) == 5


def test_four_silences_in_a_row_are_suspicious() -> None:
    health = Health(LIMITS)
    assert [health.silent() for _ in range(3)] == [False] * 3
    health.answered()
    assert [health.silent() for _ in range(4)] == [False] * 3 + [True]
    health.check()
    health.lost(BROKEN)
    with pytest.raises(RequestError, match="no longer answers: broken"):
        health.check()


def test_retry_after_may_be_a_date() -> None:
    soon = datetime.now(timezone.utc) + timedelta(seconds=20)
    headers = {"Retry-After": format_datetime(soon, usegmt=True)}
    assert 15 < (refused(503, headers, b"").retry_after or 0) <= 20
    assert refused(503, {"Retry-After": "whenever"}, b"").retry_after is None


def test_a_reason_is_one_line_of_bounded_length() -> None:
    reason = refused(500, {}, b"a\n b\t" + b"c" * 5000).reason
    assert reason.startswith("HTTP 500: a b ccc")
    assert len(reason) < 350


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"[1]", b'{"message": null, "metadata": "x"}', b"[" * 100_000]
)
def test_any_body_of_an_error_will_do(body: bytes) -> None:
    fault = refused(500, {"Content-Type": "application/json"}, body)
    assert (fault.reason, fault.token) == ("HTTP 500", "")
