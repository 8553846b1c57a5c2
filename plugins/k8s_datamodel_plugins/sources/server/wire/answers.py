"""Read one HTTP/1.1 answer from a connection. llhttp, by httptools, finds its parts.

urllib3 and http.client make each answer an object with headers as an e-mail has them: of
thousands of small answers that was most of the cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import httptools
from urllib3.exceptions import ProtocolError

from k8s_datamodel_plugins.sources.server.wire import bodies
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits

_PIECE = 1 << 16
_MOST_WITHOUT_BODY = 1 << 18
# RFC 9110, 15.2: interim answers come before the one that was asked for.
_FINAL = 200


Receive: TypeAlias = Callable[[int], bytes]
"""The next bytes of a connection, at most so many; none at its end."""


class Headers(Mapping[str, str]):
    """The headers of an answer; upper and lower case are one, and values of one name are joined."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def add(self, name: str, value: str) -> None:
        """Add a header, as RFC 9110, 5.3 has it: behind the one of that name, if any."""
        name = name.lower()
        before = self._values.get(name)
        self._values[name] = value if before is None else f"{before}, {value}"

    def clear(self) -> None:
        """Remove all."""
        self._values.clear()

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of any status, with its whole body, unpacked and of bounded size."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def read(receive: Receive, limits: Limits, deadline: bodies.Deadline) -> tuple[Answer, bool]:
    """The answer to a GET, and whether another request may be sent on the connection.

    Raises RequestError for an answer that is no valid HTTP/1.1, too large or too slow, and
    urllib3's exceptions for one that breaks off.
    """
    parts = _Parts(receive, deadline)
    try:
        while not parts.status:
            parts.feed()
        coding = parts.headers.get("transfer-encoding", "chunked").strip().lower()
        if coding != "chunked":
            raise RequestError(f"the answer is transferred as {coding}, which was not asked for")
        encoding = parts.headers.get("content-encoding", "")
        body = bodies.whole(parts.body, encoding, limits, deadline)
    finally:
        parts.release()
    return Answer(parts.status, parts.headers, body), parts.reusable


class _Parts:
    """The parts of one answer, as llhttp finds them: ``httptools`` calls the methods ``on_...``.

    Attributes:
        status: of the answer; 0 until its whole head is there.
        headers: of the head, not those that follow a chunked body.
    """

    def __init__(self, receive: Receive, deadline: bodies.Deadline) -> None:
        self.status = 0
        self.headers = Headers()
        self._receive = receive
        self._deadline = deadline
        self._parser = httptools.HttpResponseParser(self)
        self._pieces: list[bytes] = []
        self._size = 0
        self._without_body = 0
        self._whole = False
        self._kept = False
        self._surplus = False

    @property
    def reusable(self) -> bool:
        """Whether the answer is whole, the server keeps the connection, and nothing followed."""
        return self._kept and not self._surplus

    def release(self) -> None:
        """Let go of the parser, which holds this object: the collector of cycles runs rarely."""
        del self._parser

    def body(self, _: int) -> bytes:
        """The next bytes of the body, at most as many as are received at once; none at its end."""
        while not self._pieces:
            if self._whole:
                return b""
            self.feed()
        pieces, self._pieces = self._pieces, []
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def feed(self) -> None:
        """Receive the next bytes and take them apart; heads and trailers are bounded, too."""
        data = self._receive(_PIECE)
        if not data:
            self._end()
            return
        self._without_body += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._damaged(error)
        if self._without_body > _MOST_WITHOUT_BODY:
            raise RequestError(f"the answer has more than {_MOST_WITHOUT_BODY} bytes of headers")
        self._deadline.check()

    def _damaged(self, error: Exception) -> None:
        if isinstance(error, httptools.HttpParserCallbackError) and error.__context__:
            raise error.__context__  # of this object's methods: an interrupt
        if not self._whole:
            words = "it changes the protocol" if self._upgrades(error) else error
            raise RequestError(f"the answer is not valid HTTP/1.1: {words}", transient=True)
        self._surplus = True

    @staticmethod
    def _upgrades(error: Exception) -> bool:
        return isinstance(error, httptools.HttpParserUpgrade)

    def _end(self) -> None:
        """The server closed the connection: some answers end like that (RFC 9112, 6.3)."""
        if not self.status:
            raise _closed("within its answer's head" if self._without_body else "without an answer")
        if "transfer-encoding" in self.headers:
            raise _closed(f"after {self._size:,} bytes")
        if length := self.headers.get("content-length"):
            raise _closed(f"after {self._size:,} bytes of {int(length):,}")
        self._whole = True

    def on_message_begin(self) -> None:
        if self._whole:
            self._surplus = True

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.status:
            self.headers.add(name.decode("latin-1"), value.decode("latin-1").strip())

    def on_headers_complete(self) -> None:
        if self.status:
            return
        status = self._parser.get_status_code()
        if status < _FINAL:
            self.headers.clear()
        else:
            self.status = status
            self._without_body = 0

    def on_body(self, piece: bytes) -> None:
        if not self._whole:
            self._pieces.append(piece)
            self._size += len(piece)
            self._without_body = 0

    def on_message_complete(self) -> None:
        if self.status and not self._whole:
            self._whole = True
            self._kept = self._parser.should_keep_alive()


def _closed(how: str) -> ProtocolError:
    return ProtocolError(f"the server closed it {how}")
