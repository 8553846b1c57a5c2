"""What the rest of this package knows of connections to an API server; ``pooled`` makes them.

Whoever replaces the HTTP library writes another ``Connections`` and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

Headers: TypeAlias = Iterable[tuple[str, str]]
"""Names and values; a name may come twice."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: any status, a whole body of bounded size, unpacked.

    Attributes:
        status: HTTP's.
        headers: by name, whatever the name's case.
        body: as it was before it was packed for the wire.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connections(Protocol):
    """Connections to one server; ``get`` is safe in threads.

    Attributes:
        url: of the server, as messages name it.
    """

    url: str

    def get(self, target: str, headers: Headers, silence: float) -> Answer:
        """Ask once for what is at a path of the server. No redirect is followed.

        Args:
            target: path and query, below the server's URL.
            headers: sent beside those that HTTP itself needs.
            silence: seconds without a byte after which the answer counts as lost.

        Raises:
            RequestError: there was no answer, or not a whole one of bounded size.
        """

    def close(self) -> None:
        """Close all of them."""
