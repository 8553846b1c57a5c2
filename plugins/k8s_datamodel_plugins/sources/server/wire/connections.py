"""The interface for connections to an API server; ``pooled`` implements it.

To replace the HTTP library, write another ``Connections``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

Headers: TypeAlias = Iterable[tuple[str, str]]
"""Names and values; a name may occur twice."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Any status, and a whole body of bounded size, unpacked.

    Attributes:
        status: HTTP's.
        headers: by name, in any case.
        body: unpacked.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connections(Protocol):
    """Connections to one server; ``get`` is thread-safe.

    Attributes:
        url: of the server, for messages.
    """

    url: str

    def get(self, target: str, headers: Headers, silence: float) -> Answer:
        """Send one request to a path of the server, without following a redirect.

        Args:
            target: path and query, below the server's URL.
            headers: in addition to HTTP's own.
            silence: seconds without a byte before the answer counts as lost.

        Raises:
            RequestError: there was no answer, or it was incomplete or too large.
        """

    def close(self) -> None:
        """Close all connections."""
