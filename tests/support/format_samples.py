"""For tests of formats: types that nobody else has, and a stream that takes only valid UTF-8."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from k8s_datamodel.api import Column, Document, Output, ResourceType, Row, Section

GADGETS = ResourceType(
    name="gadgets",
    command="gadget",
    singular="Gadget",
    identity=("namespace", "name"),
    collector="nowhere:collect",
    columns=(
        Column("name", show="table"),
        Column("namespace", show="table"),
        Column("group_name", key="group", show="table", filter="group"),
        Column("size", "integer", title="Instances", show="table"),
        Column("ready", "boolean", show="table"),
        Column("parts", "list", show="wide"),
        Column("labels", "json"),
        Column("notes", show="wide"),
    ),
)
WIDGETS = ResourceType(
    name="widgets",
    command="widget",
    singular="Widget",
    identity=("name",),
    collector="nowhere:collect",
    columns=(Column("name", show="table"),),
)


def gadget(name: str = "one", **values: Any) -> dict[str, Any]:
    """A row of ``GADGETS``."""
    return {
        "name": name,
        "namespace": "shop",
        "group_name": "acme.io",
        "size": 3,
        "ready": True,
        "parts": ["a", "b"],
        "labels": {"tier": "1e3"},
        "notes": None,
        **values,
    }


def gadgets(*rows: Row, specs: bool = False) -> Section:
    """A section whose rows can be read once only."""
    return Section(GADGETS, iter(rows), specs)


def widgets(*names: str) -> Section:
    return Section(WIDGETS, iter([{"name": name} for name in names]))


def document(*sections: Section, ledger: Any = None, snapshot_id: int = 7) -> Document:
    head = {"id": snapshot_id, "timestamp": "2024-03-15 10:30:15", "notes": None}
    return Document(head, sections, ledger)


def written(method: Callable[..., None], *args: Any, **options: Any) -> str:
    """What a formatter's method writes for these arguments; ``options`` are those of ``Output``."""
    binary = io.BytesIO()
    text = io.TextIOWrapper(binary, encoding="utf-8", newline="\n", write_through=True)
    method(*args, Output(text, binary, **options))
    return binary.getvalue().decode("utf-8")


class Counting:
    """A text stream that remembers only how much was written; rows ask it how much that was."""

    def __init__(self) -> None:
        self.characters = 0

    def write(self, text: str) -> int:
        self.characters += len(text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)
