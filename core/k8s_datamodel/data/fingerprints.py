"""Lists that are, object by object, what they were when a snapshot of them was stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any


class ListFingerprint:
    """What tells two states of a list apart: which objects it has, each in which version.

    The order of the objects does not count. A ``resourceVersion`` changes whenever an object does.
    Source: API conventions, "Concurrency Control and Consistency".
    """

    __slots__ = ("_number", "_sum")

    def __init__(self) -> None:
        self._number = 0
        self._sum = 0

    def add(self, namespace: str, name: str, uid: str, resource_version: str) -> None:
        """Add an object. The namespace is empty where the kind has none."""
        text = f"{namespace}\0{name}\0{uid}\0{resource_version}"
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        self._number += 1
        self._sum += int.from_bytes(digest, "big")

    def __str__(self) -> str:
        return f"{self._number}:{self._sum % 2**256:064x}"


@dataclass(frozen=True, slots=True)
class UnchangedList:
    """The records that a store made of a list, as it was. Fields may be added.

    Attributes:
        fingerprint: of the list, see ``ListFingerprint``.
        number: how many records there are, one of each object.
        note: what the host told the store to keep with them.
        place: where they are; the store's own.
    """

    fingerprint: str
    number: int
    note: str
    place: Any
