"""The objects of one list, chunk by chunk, and then the outcome of the list."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence

from k8s_datamodel.data.ledger import Outcome
from k8s_datamodel.data.objects import KubernetesObject

Chunk = Sequence[KubernetesObject]
"""A sequence of objects of one kind, as one answer of a source held them."""

_UNTOLD = Outcome("failed", "the source did not say how the list ended")


class Listing(Iterator[Chunk]):
    """The chunks of one list; afterwards ``outcome`` says how the list ended.

    Its parts are the chunks and, as the last part, an ``Outcome``. A generator of parts runs as far
    as somebody iterates; ``close`` ends it before that.
    """

    def __init__(self, parts: Iterable[Chunk | Outcome]) -> None:
        self._parts = iter(parts)
        self._outcome: Outcome | None = None

    def __next__(self) -> Chunk:
        part = next(self._parts, _UNTOLD)
        if not isinstance(part, Outcome):
            return part
        self._outcome = self._outcome or part
        self.close()
        raise StopIteration

    @property
    def outcome(self) -> Outcome:
        """How the list ended. Raises RuntimeError before the end."""
        if self._outcome is None:
            raise RuntimeError("a list has no outcome before its end")
        return self._outcome

    def drain(self) -> Outcome:
        """Read what is left, drop it, and return how the list ended."""
        for _ in self:
            pass
        return self.outcome

    def close(self) -> None:
        """Read no more."""
        parts, self._parts = self._parts, iter(())
        if isinstance(parts, Generator):
            parts.close()
