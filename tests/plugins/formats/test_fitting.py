"""Tables that fit: one line a row, whole names, no line wider than the terminal."""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Sequence
from itertools import chain, compress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from k8s_datamodel.api import Column, Formatter, ResourceType, Row, Rows
from k8s_datamodel_plugins import crds, instances, olm, operators
from k8s_datamodel_plugins.formats.cells import cell
from k8s_datamodel_plugins.formats.lines import cut, fold
from k8s_datamodel_plugins.formats.rich import Rich
from k8s_datamodel_plugins.formats.tables import Plain, Table, Wide
from support.forked import Forked
from support.format_samples import GADGETS, gadget, gadgets, written

WIDTHS = (60, 80, 100, 120, 160, 240)
FORMATS: tuple[type[Formatter], ...] = (Table, Wide, Plain, Rich)
TYPES = {each.name: each for each in (crds.TYPE, operators.TYPE, olm.TYPE, instances.TYPE, GADGETS)}
SAMPLE = Path(__file__).parents[3] / "docs" / "sample-cluster" / "before"

OBEYED = set("\t\r\x1b\u202e")

# Wide and combined characters, markup, and what a terminal would obey.
WORDS = (
    "cert-manager",
    "日本語",
    "👩‍💻 team",
    "é́é",
    "[red]x",
    "a\tb\nc",
    "\x1b[31mred\x1b[0m",
    "\u202eevil",
)


def block(name: str, rows: Sequence[Row]) -> Rows:
    """All columns of a type, those that are derived with them."""
    of = TYPES[name]
    columns = (*of.columns, *chain.from_iterable(each.columns for each in of.derived))
    return Rows(columns, iter(rows), of.plural, singular=of.singular, identity=of.identity)


def made_up(of: ResourceType) -> list[Row]:
    """Rows with every kind of value: none, short, long, wide, hostile."""
    chance = random.Random(of.name)
    derived = chain.from_iterable(each.columns for each in of.derived)
    columns = [*of.columns, *derived]
    return [{each.name: value(each, of, chance) for each in columns} for _ in range(40)]


def value(column: Column, of: ResourceType, chance: random.Random) -> Any:
    if column.name in of.identity:
        return f"{chance.choice(WORDS)}-{chance.randrange(100)}"
    if chance.random() < 0.1:
        return None
    if column.type in ("integer", "real"):
        return chance.choice((0, 7, 1234567, 0.25))
    if column.type == "boolean":
        return chance.random() < 0.5
    texts = [chance.choice(WORDS) * chance.randrange(6) for _ in range(chance.randrange(9))]
    return {"list": texts, "json": {"a": texts}}.get(column.type, " ".join(texts))


@functools.cache
def sample(command: Forked, name: str) -> list[Row]:
    of = TYPES[name]
    found = command.ok("--source", SAMPLE, of.command, "list", "-o", "json").json
    return [{each.name: row.get(each.key) for each in of.columns} for row in found]


def lines_of(text: str, formatter: type[Formatter]) -> list[str]:
    """The lines of rows."""
    lines = text.splitlines()
    return lines[1:] if formatter is Plain else [line for line in lines if line[0] == "│"]


def check(name: str, rows: Sequence[Row], formatter: type[Formatter], width: int) -> None:
    text = written(formatter(), block(name, rows), width=width)
    lines = lines_of(text, formatter)
    titles = [TYPES[name].column(each).title for each in TYPES[name].identity]
    stays = [title_of(each, formatter) in titles_of(text, formatter) for each in titles]
    names = [[*compress(names_of(name, row, formatter), stays)] for row in rows]
    assert stays[0]
    assert all(stays) or len(set(map(tuple, names))) == len(names)
    for line, whole in zip(lines, names, strict=True):
        assert all(each in line for each in whole)
        assert not OBEYED.intersection(line)
    heads = [*compress(titles, stays)]
    alone = sum(max(map(cell_len, each)) + 3 for each in zip(heads, *names, strict=True)) + 1
    assert max(map(cell_len, text.splitlines())) <= max(width, alone)


def title_of(title: str, formatter: type[Formatter]) -> str:
    return "-".join(title.upper().split()) if formatter is Plain else title


def titles_of(text: str, formatter: type[Formatter]) -> list[str]:
    head = next(each for each in text.splitlines() if formatter is Plain or each[0] == "┃")
    return [found for each in re.split("┃|  +", head) if (found := each.strip())]


def names_of(name: str, row: Row, formatter: type[Formatter]) -> list[str]:
    """What names a row, as a format shows it: blanks would make two of the first column."""
    texts = [cell(row[each]) for each in TYPES[name].identity]
    first = TYPES[name].columns[0].name
    if formatter is Plain and first in TYPES[name].identity:
        at = TYPES[name].identity.index(first)
        texts[at] = texts[at].replace(" ", "\\x20")
    return texts


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("formatter", FORMATS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("name", TYPES)
def test_rows_of_every_type_fit(name: str, formatter: type[Formatter], width: int) -> None:
    check(name, made_up(TYPES[name]), formatter, width)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("formatter", FORMATS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("name", ["crds", "operators", "csvs"])
def test_the_sample_cluster_fits(
    name: str, formatter: type[Formatter], width: int, command: Forked
) -> None:
    check(name, sample(command, name), formatter, width)


def test_operators_fit_in_100_columns_with_what_they_manage(command: Forked) -> None:
    text = written(Table(), block("operators", sample(command, "operators")), width=100)
    assert max(map(cell_len, text.splitlines())) <= 100
    assert "Managed CRDs" in text
    assert "berths, sailings, vessels" in text


def kept(width: int, *columns: Column) -> list[str]:
    """The titles in a table of one row of long texts."""
    row = {each.name: 7 if each.type == "integer" else "x" * 30 for each in columns}
    text = written(Table(), Rows(columns, [row]), width=width)
    return [each.strip() for each in text.splitlines()[1].strip("┃").split("┃")]


def test_columns_go_by_their_importance_the_last_of_equal_ones_first() -> None:
    columns = (
        Column("name"),
        Column("minor", importance=10),
        Column("count", "integer", importance=40),
        Column("usual"),
        Column("later"),
        Column("great", importance=90),
    )
    expected = {
        174: ["Name", "Minor", "Count", "Usual", "Later", "Great"],
        173: ["Name", "Count", "Usual", "Later", "Great"],
        141: ["Name", "Count", "Usual", "Later", "Great"],
        140: ["Name", "Usual", "Later", "Great"],
        91: ["Name", "Usual", "Later", "Great"],
        90: ["Name", "Usual", "Great"],
        71: ["Name", "Great"],
        52: ["Name", "Count"],
        10: ["Name"],
    }
    assert {width: kept(width, *columns) for width in expected} == expected


def test_a_narrow_column_comes_back_where_a_wide_one_had_no_room() -> None:
    columns = (Column("name"), Column("wide"), Column("narrow", "integer", importance=40))
    assert kept(46, *columns) == ["Name", "Narrow"]
    assert kept(41, *columns) == ["Name"]


def test_a_name_goes_where_names_are_too_wide_and_the_rest_tells_rows_apart() -> None:
    columns = (Column("name"), Column("place"), Column("size", "integer"))

    def titles(*names: str) -> list[str]:
        rows = [{"name": name, "place": "p" * n, "size": 1} for n, name in enumerate(names, 30)]
        block = Rows(columns, rows, identity=("name", "place"))
        return titles_of(written(Table(), block, width=60), Table)

    assert titles("a" * 30, "b") == ["Name", "Size"]
    assert titles("a" * 30, "a" * 30) == ["Name", "Place"]


def test_a_time_is_never_cut() -> None:
    columns = (Column("name"), Column("taken"), Column("notes"))
    row = {"name": "one", "taken": "2026-11-26 22:22:08", "notes": "before the upgrade"}
    none = {"name": "two", "taken": None, "notes": ""}
    text = written(Table(), Rows(columns, [row, none]), width=49)
    assert "│ one  │ 2026-11-26 22:22:08 │ before the up... │" in text


def test_chosen_columns_are_cut_before_one_goes() -> None:
    columns = (Column("name"), Column("minor", importance=0), Column("notes"))
    rows = Rows(columns, [{each.name: "x" * 40 for each in columns}], shown=("name", "minor"))
    assert f"│ {'x' * 40} │ {'x' * 13}... │" in written(Table(), rows, width=63)


def test_a_list_folds_before_text_is_cut() -> None:
    columns = (Column("name"), Column("parts", "list"), Column("notes"))
    row = {"name": "one", "parts": [f"part-{n}" for n in range(9)], "notes": "n" * 30}
    text = written(Table(), Rows(columns, [row]), width=64)
    assert f"│ one  │ part-0, part-1, +7 │ {'n' * 30} │" in text


@pytest.mark.parametrize(
    ("items", "width", "expected"),
    [
        (["a", "b", "c"], 7, "a, b, c"),
        (["aa", "bb", "cc"], 7, "aa, +2"),
        (["aa", "bb", "cc", "dd"], 12, "aa, bb, +2"),
        (["certificates.x.io", "issuers.x.io", "orders.x.io"], 25, "certificates, issuers, +1"),
        (["certificates.x.io", "issuers.x.io", "orders.x.io"], 40, "certificates, issuers, orders"),
        (["a.one.io", "a.two.io"], 14, "a.one.io, +1"),  # the first labels are the same
        (["1.20.1", "1.21.0"], 12, "1.20.1, +1"),  # no names
        (["a-very-long-item", "b"], 12, "a-ver..., +1"),
        (["a-very-long-item"], 8, "a-ver..."),
        (["日本語日本語", "b"], 12, "日本..., +1"),
        (["ab", "cd"], 2, ".."),
    ],
)
def test_a_list_folds_to_what_fits_and_says_how_many_more(
    items: list[str], width: int, expected: str
) -> None:
    assert fold(items, ", ", width) == expected


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("short", 5, "short"),
        ("longer", 5, "lo..."),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日..."),
        ("日本語", 4, "..."),
        ("abc", 2, ".."),
        ("abc", 0, ""),
    ],
)
def test_text_is_cut_with_dots(text: str, width: int, expected: str) -> None:
    assert cut(text, width) == expected


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(), st.lists(st.text(), min_size=1), st.integers(0, 40))
def test_nothing_is_wider_than_it_may_be(text: str, items: list[str], width: int) -> None:
    assert cell_len(cut(text, width)) <= width
    assert cell_len(fold(items, ", ", width)) <= width


@pytest.mark.parametrize("formatter", FORMATS, ids=lambda each: each.__name__)
def test_what_had_no_room_is_told(formatter: type[Formatter]) -> None:
    told: list[str] = []
    row = gadget("n" * 40, group_name="g" * 30)
    written(formatter(), gadgets(row), width=60, tell=told.append)
    assert len(told) == 1
    assert told[0].startswith("No room for group")
    assert told[0].endswith(": | less -S shows all.")
    assert len(told[0]) <= 60
    told.clear()
    written(formatter(), gadgets(row), width=20, tell=told.append)
    assert re.search(r"No room for \S.*: \| less -S shows all\.", told[0])
    told.clear()
    written(formatter(), gadgets(row), tell=told.append)
    written(formatter(), gadgets(row), width=240, tell=told.append)
    assert told == []
