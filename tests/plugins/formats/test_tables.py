from __future__ import annotations

import io
import subprocess
import sys
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from k8s_datamodel.api import Column, Fields, Output, Page, Pages, Rows
from k8s_datamodel_plugins.formats.tables import Table, Wide
from support.format_samples import GADGETS, document, gadget, gadgets, widgets, written

BIDIRECTIONAL = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")

# As the manual draws `database list`, without the blanks it has to spare.
SNAPSHOTS = """\
┏━━━━┳━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━┳━━━━━━━━━━━┳━━━━━━┳━━━━━━━━━━━━━━━━┓
┃ ID ┃ Timestamp           ┃ Cluster      ┃ CRDs ┃ Operators ┃ CSVs ┃ Notes          ┃
┡━━━━╇━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━╇━━━━━━━━━━━╇━━━━━━╇━━━━━━━━━━━━━━━━┩
│ 1  │ 2024-03-15 10:30:15 │ prod-cluster │ 45   │ 12        │ 8    │ before upgrade │
│ 3  │ 2024-03-16 09:15:30 │ dev-cluster  │ -    │ 8         │ 5    │ -              │
└────┴─────────────────────┴──────────────┴──────┴───────────┴──────┴────────────────┘
"""


def test_a_listing_is_the_box_of_the_manual() -> None:
    columns = (
        Column("id", "integer", title="ID", show="table", align="left"),
        Column("timestamp", show="table"),
        Column("cluster", show="table"),
        Column("crds", "integer", title="CRDs", show="table", align="left"),
        Column("operators", "integer", show="table", align="left"),
        Column("csvs", "integer", title="CSVs", show="table", align="left"),
        Column("notes", show="table"),
        Column("source", show="wide"),
    )
    names = [each.name for each in columns]
    first = (1, "2024-03-15 10:30:15", "prod-cluster", 45, 12, 8, "before upgrade", "x")
    second = (3, "2024-03-16 09:15:30", "dev-cluster", None, 8, 5, None, "x")
    rows = [dict(zip(names, values, strict=True)) for values in (first, second)]
    assert written(Table(), Rows(columns, rows)) == SNAPSHOTS


def test_rich_would_draw_the_same_box() -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable

    ours = written(Table(), gadgets(gadget(), gadget("zwei", size=12)))
    table = RichTable(*("Name", "Namespace", "Group", "Instances", "Ready"), box=box.HEAVY_HEAD)
    table.columns[3].justify = "right"
    table.add_row("one", "shop", "acme.io", "3", "yes")
    table.add_row("zwei", "shop", "acme.io", "12", "yes")
    console = Console(width=200, color_system=None)
    with console.capture() as captured:
        console.print(table, highlight=False)
    assert ours == captured.get()


def test_a_listing_without_rows_is_its_head() -> None:
    lines = written(Table(), gadgets()).splitlines()
    assert [line[0] for line in lines] == ["┏", "┃", "┡", "└"]


def test_a_listing_without_headers_is_its_rows() -> None:
    rows = replace(gadgets(gadget(size=100)), headers=False)
    assert written(Table(), rows).splitlines() == [
        "┌─────┬──────┬─────────┬─────┬─────┐",
        "│ one │ shop │ acme.io │ 100 │ yes │",
        "└─────┴──────┴─────────┴─────┴─────┘",
    ]


def test_wide_has_the_columns_marked_so() -> None:
    head = written(Wide(), gadgets()).splitlines()[1]
    assert "Parts" in head
    assert "Labels" not in head
    assert "Parts" not in written(Table(), gadgets()).splitlines()[1]


def test_a_table_that_marks_no_column_shows_all() -> None:
    text = written(Table(), Rows((Column("a"), Column("b")), [{"a": "1", "b": "2"}]))
    assert "│ 1 │ 2 │" in text


def test_values_for_people() -> None:
    row = gadget(size=None, ready=False, parts=["a", "b", "c", "d", "e"], notes="")
    line = written(Wide(), gadgets(row)).splitlines()[3]
    cells = [cell.strip() for cell in line.split("│")[1:-1]]
    assert cells == ["one", "shop", "acme.io", "-", "no", "a, b, c, d, e", ""]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[red]x[/red]", "[red]x[/red]"),
        (":smile:", ":smile:"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202eevil", "\\u202eevil"),
        ("\ud800", "\\ud800"),
        ("日本", "日本"),
    ],
)
def test_data_commands_neither_the_box_nor_the_terminal(text: str, shown: str) -> None:
    drawn = written(Table(), widgets(text))
    assert f"│ {shown} │" in drawn
    assert len({cell_len(line) for line in drawn.splitlines()}) == 1


def test_whatever_a_terminal_obeys_is_escaped() -> None:
    obeyed = [
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(chr(code)) in BIDIRECTIONAL
    ]
    drawn = written(Table(), widgets(*obeyed)).splitlines()[3:-1]
    assert len(drawn) == len(obeyed) > 2000
    assert all(line.isprintable() and "\\" in line for line in drawn)


def test_many_rows_are_written_in_few_pieces() -> None:
    pieces: list[str] = []
    text = io.StringIO()
    text.write = lambda piece: pieces.append(piece) or len(piece)
    Table().write(Page([widgets(*map(str, range(2000)))]), Output(text, io.BytesIO()))
    assert len("".join(pieces).splitlines()) == 2004
    assert len(pieces) < 10


def test_nothing_is_cut_where_no_terminal_limits_it() -> None:
    notes = "many words " * 200
    text = written(Wide(), gadgets(gadget(notes=notes, parts=list("abcdefgh"))))
    assert notes in text
    assert "a, b, c, d, e, f, g, h" in text


def test_on_a_terminal_free_text_is_narrowed_and_names_stay() -> None:
    row = gadget("a-rather-long-name-of-a-gadget", notes="many words " * 20)
    text = written(Wide(), gadgets(row), width=120)
    assert max(map(cell_len, text.splitlines())) <= 120
    assert "a-rather-long-name-of-a-gadget" in text
    assert "│ many words many words many wor... │" in text
    assert len(text.splitlines()) == 5


def test_a_record_has_a_line_for_each_column() -> None:
    row = gadget(notes="one\ntwo", labels={"tier": "web", "none": {}})
    lines = written(Table(), gadgets(row, alone=True)).splitlines()
    assert lines == [
        "Name:      one",
        "Namespace: shop",
        "Group:     acme.io",
        "Instances: 3",
        "Ready:     yes",
        "Parts:     a, b",
        "Labels:",
        "  tier: web",
        "  none: {}",
        "Notes:",
        "  one",
        "  two",
    ]


def test_a_document_shows_the_snapshot_the_types_and_the_ledger() -> None:
    ledger = [
        {"read": "a", "status": "complete", "optional": False},
        {"read": "b", "status": "forbidden", "optional": True},
        {"read": "c.acme.io", "status": "forbidden", "http_code": 403, "reason": "no rights"},
    ]
    text = written(Table(), document(gadgets(gadget()), widgets(), ledger=ledger))
    assert text.startswith("Snapshot\n  id:        7\n  timestamp: 2024-03-15 10:30:15\n")
    assert "\nGadgets (1)\n┏" in text
    assert "\nWidgets (0)\n┏" in text
    assert "\nLedger (3)\n┏" in text
    assert [cell.strip() for cell in text.splitlines()[-2].split("│")[1:-1]] == [
        *("-", "c.acme.io", "forbidden", "-", "-", "403", "no rights")
    ]


def test_a_document_says_nothing_of_the_ledger_unless_asked() -> None:
    assert "Ledger" not in written(Table(), document(widgets()))
    assert written(Table(), Pages([document(), document()])).count("Snapshot\n") == 2


def test_a_value_is_indented() -> None:
    value = {"total": 2, "clusters": {"prod": [{"id": 1, "tags": ["a"]}, "x"], "none": []}}
    assert written(Table(), Fields(value)).splitlines() == [
        "total: 2",
        "clusters:",
        "  prod:",
        "    - id:   1",
        "      tags: a",
        "    - x",
        "  none: ",
    ]


def test_no_table_imports_richs_console() -> None:
    code = (
        "import sys, k8s_datamodel_plugins.formats.tables\n"
        "print('rich.console' in sys.modules, 'rich.table' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@settings(max_examples=200)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4), st.integers(20, 160))
def test_every_line_is_as_long_as_the_others(texts: list[str], width: int) -> None:
    rows = [gadget(text, notes=text * 3) for text in texts]
    for limit in (None, width):
        lines = written(Wide(), GADGETS.block(rows), width=limit).splitlines()
        assert len({cell_len(line) for line in lines}) == 1
