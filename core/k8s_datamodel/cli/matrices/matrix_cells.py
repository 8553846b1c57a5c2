"""The cells of a matrix: what each cluster has of each row, and how the cells of a row differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.objects import Row
from k8s_datamodel.types.resource_types import ResourceType

Key: TypeAlias = tuple[Any, ...]
"""What names a row: values of its columns."""

Differing = Literal["versions", "absent", "?"]
"""How the cells of a row differ; ``?`` where those that are known do not, and others are not."""

PRODUCT = Column("product", show="table", description="What the records of a row are")
"""The column that names a row where the type says which product a record is of."""

DIFFERS = Column("differs", "list", show="table", importance=40)
"""The column that says how the cells of a row differ."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What rows are named by, and what is shown of records.

    Attributes:
        columns: that name a row.
        key_of: the values of these columns of a record's row.
        version: name of the column with the version; empty where there is none.
        count: name of the column that is added up; empty where records are counted.
        one_each: a row has one record of a cluster at most.
    """

    columns: tuple[Column, ...]
    key_of: Callable[[Row], Key]
    version: str
    count: str
    one_each: bool

    @classmethod
    def of(
        cls, resource_type: ResourceType, product_of: Callable[[Row], str | None] | None
    ) -> Shape:
        """What a type declares; ``product_of`` is the function that its ``product`` names."""
        shown = resource_type.shown_matrix()
        identity = resource_type.identity
        if product_of is not None:
            key_of = _by_product(product_of, identity)
            return cls((PRODUCT,), key_of, shown.version, shown.count, one_each=False)
        columns = tuple(map(resource_type.column, shown.key))
        one_each = set(identity) <= set(shown.key)
        return cls(columns, _by_columns(shown.key), shown.version, shown.count, one_each=one_each)


def _by_product(product_of: Callable[[Row], str | None], identity: Sequence[str]) -> Any:
    def key_of(row: Row) -> Key:
        name = product_of(row) or "/".join(str(row[each]) for each in identity if row.get(each))
        return (name,)

    return key_of


def _by_columns(names: Sequence[str]) -> Callable[[Row], Key]:
    return lambda row: tuple(row.get(name) for name in names)


@dataclass(slots=True)
class Cell:
    """What a cluster has of a row.

    Attributes:
        versions: of its records; None for one that states none.
        count: their sum; None where it is not known.
    """

    versions: set[str | None] = field(default_factory=set)
    count: int | None = 0

    def add(self, version: object, count: int | None) -> None:
        """One more record."""
        self.versions.add(None if version in (None, "") else str(version))
        self.count = None if self.count is None or count is None else self.count + count

    @property
    def version(self) -> str | None:
        """The version, or several; None where none is stated."""
        return ", ".join(sorted(filter(None, self.versions))) or None

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"version": self.version, "count": self.count}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A cell that nobody knows, and why."""

    reason: str

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"unknown": self.reason}


Found: TypeAlias = Cell | Unknown | None
"""A cell; None where it is known that the cluster has no such record."""


@dataclass(slots=True)
class Tally:
    """The cells of one cluster, while its rows are read.

    Attributes:
        cells: by what names a row.
        samples: a record's row for each, where they are wanted.
    """

    shape: Shape
    cells: dict[Key, Cell] = field(default_factory=dict)
    samples: dict[Key, Row] = field(default_factory=dict)
    total: int = 0

    def add(self, row: Row, *, sampled: bool = False) -> Key:
        """Count a record's row; what names its row of the matrix."""
        key = self.shape.key_of(row)
        cell = self.cells.get(key)
        if cell is None:
            cell = self.cells[key] = Cell()
            if sampled:
                self.samples[key] = row
        cell.add(
            row.get(self.shape.version) if self.shape.version else None,
            row.get(self.shape.count) if self.shape.count else 1,
        )
        self.total += 1
        return key

    def without_counts(self) -> None:
        """Not all was read: what is the number of records is not known."""
        if not self.shape.count and self.shape.one_each:
            return
        for cell in self.cells.values():
            cell.count = None


def differing(cells: Iterable[Found]) -> list[Differing]:
    """How the cells of a row differ. Numbers may differ, and what is not known says nothing."""
    cells = list(cells)
    known = [cell for cell in cells if not isinstance(cell, Unknown)]
    there = [cell for cell in known if cell is not None]
    found: list[Differing] = []
    if len(set().union(*(cell.versions for cell in there))) > 1:
        found.append("versions")
    if there and len(there) < len(known):
        found.append("absent")
    if not found and len(known) < len(cells) > 1:
        return ["?"]
    return found


@dataclass(frozen=True, slots=True)
class Folded:
    """The places of the cells of a row, by what is in them.

    Attributes:
        by_version: the most first; a cell with several versions counts as one that has all of
            these.
        absent: that have nothing.
        unknown: of which it is not known.
    """

    by_version: Mapping[str | None, Sequence[int]]
    absent: Sequence[int]
    unknown: Sequence[int]

    @classmethod
    def of(cls, cells: Iterable[Found]) -> Folded:
        """Those of some cells."""
        by_version: dict[str | None, list[int]] = {}
        absent: list[int] = []
        unknown: list[int] = []
        for place, cell in enumerate(cells):
            if cell is None:
                absent.append(place)
            elif isinstance(cell, Unknown):
                unknown.append(place)
            else:
                by_version.setdefault(cell.version, []).append(place)
        order = sorted(by_version.items(), key=lambda each: (-len(each[1]), each[0] or ""))
        return cls(dict(order), absent, unknown)
