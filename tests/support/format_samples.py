"""For tests of formats: types that nobody else has, and a stream that takes only valid UTF-8."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from k8s_datamodel.api import (
    Block,
    Column,
    Fields,
    Formatter,
    Output,
    Page,
    ResourceType,
    Row,
    Rows,
)
from k8s_datamodel.reading.documents import LEDGER, LEDGER_SHOWN

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


def gadgets(*rows: Row, **options: Any) -> Rows:
    """Rows that can be read once only; ``options`` are those of ``ResourceType.block``."""
    return GADGETS.block(iter(rows), **options)


def widgets(*names: str) -> Rows:
    return WIDGETS.block(iter([{"name": name} for name in names]))


def document(*types: Rows, ledger: Any = None, snapshot_id: int = 7) -> Page:
    """A snapshot's page."""
    head = {"id": snapshot_id, "timestamp": "2024-03-15 10:30:15", "notes": None}
    names = {GADGETS.command: GADGETS.name, WIDGETS.command: WIDGETS.name}
    blocks: list[Block] = [Fields(head, "Snapshot", "snapshot", ("id",))]
    blocks += [replace(rows, key=names[rows.command], joined=True) for rows in types]
    if ledger is not None:
        blocks.append(Rows(LEDGER, ledger, "Ledger", "ledger", shown=LEDGER_SHOWN))
    return Page(blocks)


def written(formatter: Formatter, page: Page | Block, **options: Any) -> str:
    """What a formatter writes of a page or of one block; ``options`` are those of ``Output``."""
    binary = io.BytesIO()
    text = io.TextIOWrapper(binary, encoding="utf-8", newline="\n", write_through=True)
    page = page if isinstance(page, Page) else Page([page])
    formatter.write(page, Output(text, binary, **options))
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
