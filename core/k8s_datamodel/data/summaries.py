"""What a resource type adds to the summary of a snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The records of a type, counted by one of their values. Fields may be added.

    Attributes:
        key: names it among those of its type, in documents.
        title: heading for people, such as ``Operators by framework``.
        numbers: by value. The page shows the largest first.
    """

    key: str
    title: str
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Concern:
    """Records of a type that need attention. Fields may be added.

    Attributes:
        key: names it among those of its type, in documents.
        title: what they are, for people, such as ``Failed CSVs``.
        names: of the records; none if all is well.
        unknown: why some records may belong here of which it is not known; empty if none may.
        look: arguments of the command that shows them, such as ``crd list --orphans``; or empty.
    """

    key: str
    title: str
    names: Sequence[str]
    unknown: str = ""
    look: str = ""
