"""What can go wrong between a client and an API server, as rules for the proxy.

A `Fault` says which requests it hits (`on`, `first_chunk`, `later_chunk`) and what happens to them:
one of the actions below. Answers that are changed are taken to be JSON.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import Any

from cluster.wire import UNKNOWN, Exchange, Request

Action = Callable[[Exchange], None]
Match = Callable[[Request], bool]

_READING_SECONDS = 0.1
_JSON = {"Content-Type": "application/json"}
# The reasons of k8s.io/apimachinery/pkg/apis/meta/v1, types.go.
_REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    410: "Expired",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


@dataclass(frozen=True)
class Fault:
    """A rule of the proxy; where several match a request, the first one acts.

    Args:
        match: Which requests it is about.
        action: What happens to them.
        nth: The first one that is hit, counted from 1 among those it is about.
        times: How many are hit from there on; for ever by default.
    """

    match: Match
    action: Action
    nth: int = 1
    times: int | None = None

    def hits(self, seen: int) -> bool:
        """Whether the fault acts on the `seen`-th request that it matches."""
        return seen >= self.nth and (self.times is None or seen < self.nth + self.times)


def on(path: str, method: str = "GET") -> Match:
    """Requests of a path, or of several (`*` stands for anything, slashes too)."""
    return lambda request: request.method == method and fnmatchcase(request.path, path)


def first_chunk(path: str) -> Match:
    """Lists of a path that do not go on with an earlier page."""
    return lambda request: on(path)(request) and not request.param("continue")


def later_chunk(path: str) -> Match:
    """Lists of a path that go on with an earlier page."""
    return lambda request: on(path)(request) and bool(request.param("continue"))


def status(code: int, *, message: str = "injected", retry_after: int | None = None) -> Action:
    """An HTTP error with a Status object, as the API server itself gives it.

    Args:
        code: 401, 403, 404, 429, 500, 503...
        message: The Status object's.
        retry_after: Seconds for the header `Retry-After`.
    """
    headers = _JSON if retry_after is None else {**_JSON, "Retry-After": str(retry_after)}
    return lambda exchange: exchange.answer(code, headers, _status(code, message))


def _status(code: int, message: str, **metadata: str) -> bytes:
    document = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": metadata,
        "status": "Failure",
        "message": message,
        "reason": _REASONS.get(code, ""),
        "code": code,
    }
    return json.dumps(document).encode()


def expired(*, fresh: bool) -> Action:
    """410 on a later chunk, as after a compaction; `fresh` adds a token that the real server takes.

    That token is the one that the real server would give: the same place in the list, at no
    resource version (k8s.io/apiserver/pkg/storage/continue.go); what follows may be inconsistent.
    """

    def act(exchange: Exchange) -> None:
        token = exchange.request.param("continue")
        metadata = {"continue": _at_no_version(token)} if fresh and token else {}
        exchange.answer(HTTPStatus.GONE, _JSON, _status(410, "token too old", **metadata))

    return act


def _at_no_version(token: str) -> str:
    place = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    place |= {"rv": -1, "start": place["start"].lstrip("/")}
    document = json.dumps(place, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(document).decode().rstrip("=")


def text(code: int, body: str, content_type: str = "text/plain") -> Action:
    """An answer that is no JSON, such as an aggregated API's plain `service unavailable`."""
    headers = {"Content-Type": content_type}
    return lambda exchange: exchange.answer(code, headers, body.encode())


def html(code: int = 200) -> Action:
    """A login or error page of something in between, by default with 200."""
    return text(code, "<!doctype html><html><body>Sign in</body></html>", "text/html")


def reset(after: int | None = None) -> Action:
    """The connection is reset: at once, or after that many bytes of the real answer's body.

    A client that is slow to read them may lose them: a reset overtakes what was sent before it.
    """

    def act(exchange: Exchange) -> None:
        if after is not None:
            _send_part(exchange, after)
            exchange.wait(_READING_SECONDS)
        exchange.reset()

    return act


def stall(after: int | None = None) -> Action:
    """Silence until the proxy stops: from the start, or after that many bytes of the body."""

    def act(exchange: Exchange) -> None:
        if after is not None:
            _send_part(exchange, after)
        exchange.wait()
        exchange.hang_up()

    return act


def truncated(keep: int) -> Action:
    """The connection is closed after `keep` bytes of the body, of which the head promised more."""

    def act(exchange: Exchange) -> None:
        _send_part(exchange, keep)
        exchange.hang_up()

    return act


def _send_part(exchange: Exchange, keep: int) -> None:
    reply = exchange.fetch()
    exchange.answer(reply.status, reply.headers, reply.body[:keep], declared=len(reply.body))


def cut_json(keep: int) -> Action:
    """A whole answer by HTTP's rules, whose JSON ends after `keep` bytes."""

    def act(exchange: Exchange) -> None:
        reply = exchange.fetch()
        exchange.answer(reply.status, reply.headers, reply.body[:keep])

    return act


def trickle(size: int = 64, seconds: float = 0.05) -> Action:
    """The real answer, complete, `size` bytes at a time with a pause of `seconds` before each."""

    def act(exchange: Exchange) -> None:
        reply = exchange.fetch()
        exchange.answer(reply.status, reply.headers, b"", declared=len(reply.body))
        for start in range(0, len(reply.body), size):
            if exchange.wait(seconds):
                return exchange.hang_up()
            exchange.write(reply.body[start : start + size])
        return None

    return act


def flood(piece: bytes, **headers: str) -> Action:
    """An answer without end: the same piece again and again, until the client hangs up.

    Args:
        piece: What comes.
        headers: More of its headers, with `_` for `-`.
    """
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    chunk = b"%x\r\n%b\r\n" % (len(piece), piece)

    def act(exchange: Exchange) -> None:
        exchange.answer(HTTPStatus.OK, {**_JSON, **named}, b"", declared=UNKNOWN)
        while not exchange.wait(0):
            exchange.write(chunk)

    return act


def packed(body: bytes, encoding: str) -> Action:
    """An answer that is packed, or says that it is."""
    headers = {**_JSON, "Content-Encoding": encoding}
    return lambda exchange: exchange.answer(HTTPStatus.OK, headers, body)


def delayed(seconds: float) -> Action:
    """The real answer, `seconds` later."""

    def act(exchange: Exchange) -> None:
        exchange.wait(seconds)
        exchange.forward()

    return act


def edited(change: Callable[[dict[str, Any]], None]) -> Action:
    """The real answer after `change` was made to its JSON, in place."""

    def act(exchange: Exchange) -> None:
        reply = exchange.fetch()
        document = reply.json()
        change(document)
        exchange.answer(reply.status, reply.headers, json.dumps(document).encode())

    return act


def endless() -> Action:
    """A list without end: always a page of objects of new names, always a new continue token.

    It has to match first and later chunks, with `nth` 1.
    """

    def change(exchange: Exchange, page: dict[str, Any]) -> None:
        page["metadata"]["continue"] = f"endless-{exchange.nth}"
        for item in page["items"] or []:
            for key in ("name", "uid"):
                item["metadata"][key] += f"-{exchange.nth}"

    return _first_chunk_again(change)


def repeated_token() -> Action:
    """A list that goes round in a circle: the same page and the same continue token each time."""

    def change(_: Exchange, page: dict[str, Any]) -> None:
        page["metadata"]["continue"] = "again"

    return _first_chunk_again(change)


def _first_chunk_again(change: Callable[[Exchange, dict[str, Any]], None]) -> Action:
    def act(exchange: Exchange) -> None:
        reply = exchange.fetch(exchange.request.without("continue"))
        page = reply.json()
        change(exchange, page)
        exchange.answer(reply.status, reply.headers, json.dumps(page).encode())

    return act
