"""One value in one place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any


@dataclass(frozen=True)
class Case:
    """One value in one place."""

    kind: str
    place: str
    value: str
    """What must be gone; empty for a harmless value."""
    obj: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.kind} / {self.place}"

    @property
    def half(self) -> str:
        """``at hand`` or ``held out``, by the digest of its name."""
        return ("at hand", "held out")[hashlib.sha256(self.name.encode()).digest()[0] % 2]


def picked(kind: str, places: Iterable[str], count: int) -> list[str]:
    """Some places for a kind, the same ones in every run."""
    return Random(kind).sample(sorted(places), count)
