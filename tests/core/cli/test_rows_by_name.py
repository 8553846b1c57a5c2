"""Rows by the first values of their identity, of a store that cannot choose rows as well."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from k8s_datamodel.commands import RowsByName

ROWS = [
    {"group": "a", "kind": "X", "name": "1"},
    {"group": "a", "kind": "X", "name": "2"},
    {"group": "a", "kind": "Y", "name": "3"},
]


class Plain:
    """A moment of a store without digests."""

    types = (SimpleNamespace(name="things", identity=("group", "kind", "name")),)
    store = object()
    stored_as = 1

    def rows(self, type_name: str, *, objects: bool = False) -> Iterator[dict[str, Any]]:
        assert objects
        yield from ROWS


class Able(Plain):
    """A moment of a store that tells digests, and reads what is asked for only."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.store = self

    def digests(self, number: int, name: str) -> Iterator[SimpleNamespace]:
        for key, row in enumerate(ROWS):
            yield SimpleNamespace(identity=tuple(row.values()), key=key)

    def records(self, number: int, name: str, *, objects: bool, only: list[int]) -> Iterator[Any]:
        self.asked.append(only)
        return (ROWS[key] for key in only)

    def beside(self, number: int, name: str, *, only: list[int]) -> Iterator[dict[str, Any]]:
        return ({"field_managers": [key]} for key in only)


@pytest.mark.parametrize(("kind", "names"), [("X", ["1", "2"]), ("Y", ["3"]), ("Z", [])])
@pytest.mark.parametrize("moment", [Plain(), Able()])
def test_the_rows_of_a_part(moment: Any, kind: str, names: list[str]) -> None:
    found = RowsByName(moment, "things", 2).rows("a", kind)
    assert [row["name"] for row, _ in found] == names


def test_each_comes_with_what_is_beside_it_and_no_other_is_read() -> None:
    moment: Any = Able()
    found = list(RowsByName(moment, "things", 2).rows("a", "Y"))
    assert found == [(ROWS[2], {"field_managers": [2]})]
    assert moment.asked == [[2]]
