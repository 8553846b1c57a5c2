"""Whether a failure is forgiven, as nothing changed where it is.

The source is k8s.io/apiserver, pkg/cel/common (equality.go).
"""

from __future__ import annotations

from dataclasses import dataclass

from k8s_datamodel_plugins.structural import Correlated


@dataclass(frozen=True)
class Ratchet:
    """Whether a failure is forgiven because nothing changed.

    Attributes:
        current: The value at a place with its old one; None where it has none that is known.
        nearest: The same of the nearest place above that has an old value.
    """

    current: Correlated | None = None
    nearest: Correlated | None = None

    @property
    def forgives(self) -> bool:
        """Whether a failure at this place is forgiven."""
        known = self.current if self.current is not None else self.nearest
        return known is not None and known.same()

    def at_key(self, key: str) -> Ratchet:
        """The ratchet of a property or a map's value."""
        if self.current is None:
            return self
        if self.nearest is None and key in {"apiVersion", "kind"}:
            return Ratchet()
        return Ratchet(self.current.key(key), self.current)

    def at_index(self, index: int) -> Ratchet:
        """The ratchet of an item of a list."""
        if self.current is None:
            return self
        return Ratchet(self.current.index(index), self.current)
