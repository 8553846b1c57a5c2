from __future__ import annotations

import re
from dataclasses import replace

from k8s_datamodel.api import Fields, Pages
from k8s_datamodel_plugins.formats.rich import Rich
from support.format_samples import WIDGETS, document, gadget, gadgets, widgets, written

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def test_colour_only_where_it_is_allowed() -> None:
    plain = written(Rich(), gadgets(gadget()), width=100)
    coloured = written(Rich(), gadgets(gadget()), width=100, color=True)
    assert "\x1b" not in plain
    assert COLOUR.search(coloured)
    assert COLOUR.sub("", coloured) == plain


def test_a_listing_has_a_title_a_box_and_a_summary() -> None:
    rows = [gadget("a"), gadget("b", size=None), gadget("c", group_name="other.io", size=4000)]
    lines = written(Rich(), gadgets(*rows)).splitlines()
    assert lines[0] == "Gadgets"
    assert lines[1][0] == "┏"
    assert lines[-1] == "3 Gadgets · Group: acme.io 2, other.io 1 · Instances: 4,003 (1 unknown)"


def test_a_listing_without_headers_is_its_rows() -> None:
    lines = written(Rich(), replace(gadgets(gadget()), headers=False)).splitlines()
    assert lines[1][0] + lines[3][0] == "┌└"


def test_data_commands_nothing() -> None:
    name = "[red]x[/red] \x1b[31m :smile: \ud800"
    for text in (
        written(Rich(), widgets(name), color=True),
        written(Rich(), WIDGETS.block([{"name": name}], alone=True), color=True),
        written(Rich(), Fields({name: name}), color=True),
    ):
        assert "[red]x[/red] \\x1b[31m :smile: \\ud800" in COLOUR.sub("", text)


def test_nothing_is_cut_where_no_terminal_limits_it() -> None:
    notes = "word" * 5000
    assert notes in written(Rich(), gadgets(gadget(notes=notes), alone=True))
    assert notes in written(Rich(), widgets(notes))


def test_on_a_terminal_no_line_is_longer_than_it() -> None:
    text = written(
        Rich(), document(gadgets(gadget(notes="x " * 99), gadget("name" * 12))), width=80
    )
    assert max(map(len, text.splitlines())) <= 80
    assert "╭─ Snapshot 7 ─" in text


def test_a_document_shows_panels_boxes_and_the_ledger() -> None:
    ledger = [{"read": "c.acme.io", "status": "failed", "reason": "connection refused"}]
    text = written(Rich(), document(gadgets(gadget()), widgets(), ledger=ledger))
    assert "0 Widgets" in text
    assert "Ledger" in text
    assert "connection refused" in text
    assert "Ledger" not in written(Rich(), document(widgets()))


def test_a_value_has_a_panel_for_each_part() -> None:
    text = written(Rich(), Fields({"total": 2, "clusters": {"prod": 1}}))
    assert "│ total: 2 │" in text
    assert "╭─ clusters ─" in text
    assert written(Rich(), Pages([document(), document()])).count("Snapshot 7") == 2
