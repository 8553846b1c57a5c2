"""Which rows of a moment are kept, with their derived columns, and what is not known of them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from k8s_datamodel.cli.rows.selecting import Selection, select
from k8s_datamodel.data.columns import Column
from k8s_datamodel.types.resource_types import Derived, ResourceType

IDLE = Derived(
    "idle", (Column("idle", "boolean"), Column("why")), "idle", "why", ("users", "gone"), "a:b"
)
WIDGETS = ResourceType(
    name="widgets",
    command="widget",
    singular="Widget",
    plural="Widgets",
    columns=(Column("namespace"), Column("name")),
    identity=("namespace", "name"),
    collector="nowhere:collect",
)
ROWS = [
    {"namespace": "b", "name": "x"},
    {"namespace": "a", "name": "y"},
    {"namespace": "a", "name": "z"},
]
VALUES = {
    "x": {"idle": True, "why": None},
    "y": {"idle": None, "why": "users could not be read"},
    "z": {"idle": False, "why": None},
}
APP: Any = SimpleNamespace(
    registry=SimpleNamespace(
        types=[WIDGETS, SimpleNamespace(name="users")],
        type=lambda name: name,
        load_function=lambda *_: lambda moment, history: lambda row: VALUES[row["name"]],
    )
)


def moment(count: int | None) -> Any:
    return SimpleNamespace(
        rows=lambda name, *, objects: iter(ROWS), counts={"widgets": count}, finish=lambda: None
    )


@pytest.mark.parametrize(
    ("selection", "count", "kept", "known", "undecided"),
    [
        (Selection(WIDGETS, lambda row: True), 3, ["y", "z", "x"], True, 0),
        (Selection(WIDGETS, lambda row: row["name"] != "y"), None, ["z", "x"], False, 0),
        (Selection(WIDGETS, lambda row: False, derived=[IDLE], keeping=True), 3, [], True, 0),
        (Selection(WIDGETS, lambda row: True, derived=[IDLE]), 3, ["y", "z", "x"], True, 0),
        (Selection(WIDGETS, lambda row: True, derived=[IDLE], keeping=True), 3, ["x"], False, 1),
    ],
)
def test_rows_are_kept_in_order_of_identity(
    selection: Selection, count: int | None, kept: list[str], known: bool, undecided: int
) -> None:
    found = select(APP, selection, moment(count))
    assert [row["name"] for row in found.rows] == kept
    assert (found.known, found.names) == (known, ["b/x", "a/y", "a/z"])
    expected = ["--idle: not known for 1 Widget: users could not be read"][:undecided]
    assert list(found.undecided) == expected


def test_what_an_answer_shows_and_needs() -> None:
    selection = Selection(WIDGETS, lambda row: True, derived=[IDLE])
    assert [each.name for each in selection.shown.columns] == ["namespace", "name", "idle", "why"]
    assert selection.needed(APP) == ["widgets", "users"]
