"""What a fleet's lake comes to in years, from what one snapshot was measured to take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    """A lake of some years.

    Attributes:
        size: Bytes of a snapshot in it.
        relations: How many files a partition has.
        clusters: How many there are.
        days: For how long.
        a_day: Snapshots of a cluster on a day.
        files_for: How many files there are for a day and a relation.
    """

    size: float
    relations: int
    clusters: int
    days: int
    files_for: int
    a_day: int = 1

    @property
    def snapshots(self) -> int:
        return self.clusters * self.days * self.a_day

    @property
    def bytes(self) -> float:
        return self.snapshots * self.size

    @property
    def files(self) -> int:
        return self.days * self.relations * self.files_for


def short(number: float, *units: str) -> str:
    """A number as the page writes it: two or three digits, and a unit of thousands.

    ``units`` are from the smallest: "", "million".
    """
    at = 0
    while number >= 1000 and at < len(units) - 1:
        number, at = number / 1000, at + 1
    digits = f"{number:.1f}" if number < 10 else f"{number:,.0f}"
    return f"{digits} {units[at]}".strip()
