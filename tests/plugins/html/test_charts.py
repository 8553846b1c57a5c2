"""Charts are SVG without styles of their own, told in words, and hostile names are data in them."""

from __future__ import annotations

import hashlib
import json
import re
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8s_datamodel_plugins.html import charts
from k8s_datamodel_plugins.html.charts.bars import Bar, bars
from k8s_datamodel_plugins.html.charts.drawing import amount, flowing, told
from k8s_datamodel_plugins.html.charts.graphs import Edge, Node, Wording, graph
from k8s_datamodel_plugins.html.charts.layers import in_layers
from k8s_datamodel_plugins.html.charts.plots import SCRIPTS, STYLES, Line, plot
from k8s_datamodel_plugins.html.charts.scales import scale_of
from k8s_datamodel_plugins.html.charts.sparks import sparkline

PLUGINS = Path(charts.__file__).parents[2]
UPLOT = PLUGINS / "html" / "third_party" / "uplot"
HOSTILE = (
    "</script><img onerror=alert(1)>",
    '" onload="x',
    "\u202egpj",
    "\ud800",
    "\0",
    "a" * 10_000,
)
WORDING = Wording("Who manages what")
TIMES = [f"2026-11-{day:02} 02:00:00" for day in range(1, 5)]


def parsed(markup: str) -> ET.Element:
    """The markup as XML, which all of it is; no attribute is one that the policy forbids."""
    markup.encode()
    root = ET.fromstring(f"<root>{markup}</root>".replace("<wbr>", "<wbr/>"))
    for element in root.iter():
        assert element.tag in TAGS
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
    return root


TAGS = {
    *("root", "svg", "title", "path", "circle", "rect", "text", "g", "a", "table", "caption"),
    *("thead", "tbody", "tr", "th", "td", "span", "figure", "figcaption", "div", "details"),
    *("summary", "ul", "li", "script", "wbr"),
}


def texts(root: ET.Element, tag: str) -> list[str]:
    return ["".join(each.itertext()) for each in root.iter(tag)]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([], "not known"),
        ([None, None], "not known"),
        ([0, 0, 0], "0 throughout"),
        ([3, 12], "first 3, last 12, least 3, most 12"),
        ([1200, None, 7], "first 1,200, last 7, least 7, most 1,200, unknown in 1 of 3"),
        ([5, None], "5 throughout, last unknown, unknown in 1 of 2"),
        ([0.25, 2.5], "first 0.25, last 2.5, least 0.25, most 2.5"),
    ],
)
def test_numbers_in_words(values: list[Any], words: str) -> None:
    assert told(values) == words


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "unknown"),
        (0, "0"),
        (1234567, "1,234,567"),
        (2.0, "2"),
        (1234.567, "1,234.57"),
        (0.123456, "0.123"),
        (-3, "-3"),
    ],
)
def test_amounts(value: Any, shown: str) -> None:
    assert amount(value) == shown


@pytest.mark.parametrize(
    ("values", "path", "ends"),
    [
        ([1, 2, 3], "M3 17l45 -7l45 -7", True),
        ([1, None, 3], "M2 17h2M92 3h2", True),
        ([1, 1, 1, 1], "M3 10h90", True),
        ([1, 2, None], "M3 17l45 -14", False),
        ([4], "M92 10h2", True),
        ([None, None], "M3 10H93", False),
    ],
)
def test_a_gap_is_no_line_and_no_zero(values: list[Any], path: str, ends: bool) -> None:
    svg = parsed(sparkline(values, "pumps"))[0]
    assert svg.find("path").get("d") == path  # type: ignore[union-attr]
    assert (svg.find("circle") is not None) is ends
    assert svg.get("role") == "img"
    assert texts(svg, "title") == [f"pumps: {told(values)}"]


def test_running_text_breaks_after_dots_and_slashes_and_in_no_arrow() -> None:
    assert flowing("a.b/<c> 1 -> 2") == (
        'a.<wbr>b/<wbr>&lt;c&gt; 1 <span class="arrow">-&gt;</span> 2'
    )


def test_bars_are_a_table_and_unknown_is_no_bar() -> None:
    items = [
        Bar("a", 50, href="#a", note="v1"),
        Bar("b", 100),
        Bar("c", None),
        Bar("d", -25),
        Bar("e", 0),
    ]
    root = parsed(bars(items, "Growth", of="CRD", number="Instances"))
    assert [row[-1].text for row in root.iter("tr")][1:] == ["50", "100", "unknown", "-25", "0"]
    assert [(each.get("class"), each.get("width")) for each in root.iter("rect")] == [
        *(("more", "50"), ("more", "100"), ("less", "25"), ("more", "0")),
    ]
    assert texts(root, "caption") == ["Growth"]
    assert [each.get("href") for each in root.iter("a")] == ["#a"]


def test_a_graph_has_all_of_it_in_its_list() -> None:
    edges = [
        Edge("b", "x"),
        Edge("a", "y"),
        Edge("a", "x", dashed=True),
        Edge("a", "x", dashed=True),
    ]
    targets = [Node("x", "Ex", "#x"), Node("lonely")]
    root = parsed(graph(edges, WORDING, sources=[Node("idle")], targets=targets))
    assert texts(root, "li") == [
        "idle: none",
        "b: Ex",
        "a: y, Ex (shared)",
        "No line leads to: lonely",
    ]
    assert [each.get("class") for each in root.iter("path")].count("dashed") == 1
    assert len(list(root.iter("path"))) == 3
    assert len(list(root.iter("rect"))) == 6
    assert {each.get("href") for each in root.iter("a")} == {"#x"}


@pytest.mark.parametrize(
    ("groups", "boxes"), [(5, 5), (60, 60), (90, 60)], ids=["few groups", "just so", "too many"]
)
def test_a_large_graph_is_folded(groups: int, boxes: int) -> None:
    targets = [Node(f"crd-{n}", group=f"g{n % groups}.io") for n in range(500)]
    edges = [Edge(f"op-{n % 50}", f"crd-{n}") for n in range(500)]
    root = parsed(graph(edges, WORDING, targets=targets))
    drawn = texts(root, "text")[2:]
    assert len(drawn) == 50 + boxes
    assert "g0.io: " in " ".join(drawn)
    assert any("more CRDs" in each for each in drawn) is (groups > 60)
    faint = [each.get("class") for each in root.iter("path")].count("faint")
    assert (faint > 0) is (groups > 60)
    listed = " ".join(texts(root, "li"))
    assert all(f"crd-{n}" in listed for n in range(500))


@pytest.mark.parametrize(
    "edges",
    [
        [("a", "z"), ("b", "y"), ("c", "x")],
        [("a", "x"), ("b", "y"), ("c", "x")],
        [("a", "x"), ("a", "z"), ("b", "y")],
    ],
)
def test_boxes_stand_where_no_lines_cross(edges: list[tuple[str, str]]) -> None:
    left, right = in_layers([["a", "b", "c"], ["x", "y", "z"]], edges)
    places = [(left[source], right[target]) for source, target in edges]
    for one, other in combinations(places, 2):
        assert (one[0] - other[0]) * (one[1] - other[1]) >= 0


def test_a_line_that_stands_for_several_is_dashed_if_all_are() -> None:
    targets = [Node(f"crd-{n}", group=f"g{n % 2}") for n in range(4)]
    edges = [Edge("a", f"crd-{n}", dashed=n != 0) for n in range(4)]
    for each in (edges, edges[::-1]):
        root = parsed(graph(each, WORDING, targets=targets, most=2))
        drawn = [path.get("class") for path in root.iter("path")]
        assert sorted(drawn, key=str) == [None, "dashed"]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 12)), max_size=30))
@settings(max_examples=30)
def test_no_two_boxes_stand_in_one_place(pairs: list[tuple[int, int]]) -> None:
    edges = [(f"s{one}", f"t{other}") for one, other in pairs]
    columns = [list(dict.fromkeys(each[side] for each in edges)) for side in (0, 1)]
    height = max(map(len, columns))
    for rows, keys in zip(in_layers(columns, edges), columns, strict=True):
        assert rows.keys() == set(keys)
        places = sorted(rows.values())
        assert all(b - a > 0.999 for a, b in pairwise(places))
        assert not places or (places[0] >= 0 and places[-1] <= height - 1)


def test_a_plot_is_drawn_and_listed_and_has_its_data() -> None:
    lines = [Line("a", [1, None, 3, 4], "#a"), Line("b", [None, None, 5, None])]
    root = parsed(plot(TIMES, lines, plot_id="growth", caption="Instances", number="objects"))
    drawn = [each.get("d") for each in root.iter("path") if "line" in (each.get("class") or "")]
    assert [len(re.findall("M", d or "")) for d in drawn[:2]] == [2, 1]
    rows = [[cell.text for cell in row] for row in root.iter("tr")]
    assert rows[0] == ["Time, UTC", "a, objects", "b, objects"]
    assert rows[2] == [TIMES[1], "unknown", "unknown"]
    data = json.loads(texts(root, "script")[0])
    assert data["lines"] == [
        {"name": "a", "values": [1, None, 3, 4]},
        {"name": "b", "values": [None, None, 5, None]},
    ]
    assert data["steps"] == [0, 1, 2, 3, 4, 5]
    assert len(data["times"]) == 4
    with pytest.raises(ValueError, match="'a' has 1 values at 4 times"):
        plot(TIMES, [Line("a", [1])], plot_id="p", caption="")
    parsed(plot([], [], plot_id="empty", caption="Nothing"))


@pytest.mark.parametrize(
    ("values", "steps"),
    [
        ([], [0, 1]),
        ([0], [0, 1]),
        ([7], [0, 2, 4, 6, 8]),
        ([3, 12], [0, 5, 10, 15]),
        ([90, 100], [90, 92, 94, 96, 98, 100]),
        ([0.1, 0.35], [0, 0.1, 0.2, 0.3, 0.4]),
        ([-5, 5], [-6, -4, -2, 0, 2, 4, 6]),
        ([999_990, 1_000_010], [999_990, 999_995, 1_000_000, 1_000_005, 1_000_010]),
    ],
)
def test_axes_have_round_numbers(values: list[Any], steps: list[Any]) -> None:
    assert scale_of(values).steps == steps


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_are_data(name: str) -> None:
    node = Node(name, href=f"#{name}", group=name)
    for markup in (
        sparkline([1, 2], name),
        bars([Bar(name, 1, name, name, name)], name, of=name, number=name),
        graph([Edge(name, "x")], Wording(name, name, name, name), sources=[node], targets=[node]),
        plot(TIMES[:1], [Line(name, [1], name)], plot_id="p", caption=name, number=name),
    ):
        root = parsed(markup)
        assert "\u202e" not in markup
        assert not [each for each in root.iter("script") if "<" in (each.text or "")]


def test_what_is_vendored_is_what_it_says() -> None:
    said = dict(re.findall(r"`(\S+)` \| `([0-9a-f]{64})`", (UPLOT / "README.md").read_text()))
    assert {each.name for each in UPLOT.iterdir()} == {*said, "README.md"}
    assert {"LICENSE", "uPlot.iife.min.js", "uPlot.min.css"} == set(said)
    for name, digest in said.items():
        assert hashlib.sha256((UPLOT / name).read_bytes()).hexdigest() == digest
    assert all((PLUGINS / each).is_file() for each in (*SCRIPTS, *STYLES))
