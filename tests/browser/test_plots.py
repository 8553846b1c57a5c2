"""Charts in a real browser: what scripts add to them, and what is left without, and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markupsafe import Markup

from browser.big_listings import HOSTILE
from browser.opened_pages import PHONE, WIDE, Opened, opened
from k8s_datamodel_plugins.html.charts.bars import Bar, bars
from k8s_datamodel_plugins.html.charts.graphs import Edge, Node, Wording, graph
from k8s_datamodel_plugins.html.charts.plots import SCRIPTS, STYLES, Line, plot
from k8s_datamodel_plugins.html.charts.sparks import sparkline
from k8s_datamodel_plugins.html.shell.html_documents import environment

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TIMES = [f"2026-10-{day:02} 02:00:00" for day in range(1, 31)]
LINES = [
    Line("rising", [*range(10_000, 10_028), None, 10_050], "#rising"),
    *(Line(name, [None, 3, *range(28)]) for name in HOSTILE),
]
TEMPLATE = """{% extends "html/shell/base.html" %}
{% set scripts = SCRIPTS %}{% set styles = STYLES %}
{% block title %}Charts{% endblock %}
{% block head_line %}<h1>Charts</h1>{% endblock %}
{% block main %}{{ charts }}{% endblock %}"""
PIXELS = """(() => {
  const canvas = document.querySelector("canvas");
  const all = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const found = {};
  for (let at = 0; at < all.length; at += 4) {
    if (all[at + 3] === 255) found[all.slice(at, at + 3).join()] = 1;
  }
  return Object.keys(found);
})()"""
BLUE = {False: "10,88,168", True: "127,182,246"}


def charts() -> Markup:
    nodes = [Node(name, href="#rising", group=name) for name in HOSTILE]
    return Markup("").join(
        [
            plot(TIMES, LINES, plot_id="growth", caption=HOSTILE[0], number="objects"),
            plot(TIMES[:1], [Line("a", [3])], plot_id="one", caption="One"),
            bars([Bar(name, 5, href="#rising") for name in HOSTILE], "Bars"),
            graph([Edge(name, "x") for name in HOSTILE], Wording("Graph"), sources=nodes),
            *(sparkline([1, None, 3], name) for name in HOSTILE),
        ]
    )


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("charts") / "charts.html"
    template = TEMPLATE.replace("SCRIPTS", repr(SCRIPTS)).replace("STYLES", repr(STYLES))
    text = environment().from_string(template).render(charts=charts())
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def page(chromium: Browser, document: Path) -> Iterator[Opened]:
    with opened(chromium, document) as found:
        yield found


@pytest.mark.parametrize(("width", "dark"), [(WIDE, False), (PHONE, True)])
def test_charts_are_quiet_and_everybody_can_use_them(
    chromium: Browser, document: Path, width: int, dark: bool
) -> None:
    with opened(chromium, document, width=width, dark=dark) as page:
        assert page.page.locator("#growth canvas").is_visible()
        assert page.violations() == []
        assert (page.messages, page.requests) == ([], [])
        assert page.run("window.harmed") is None
        assert page.run("document.documentElement.scrollWidth") <= width
        assert BLUE[dark] in page.run(PIXELS)


def test_colours_follow_the_button(page: Opened) -> None:
    page.page.locator("#scheme").click()
    page.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert BLUE[True] in page.run(PIXELS)
    assert BLUE[False] not in page.run(PIXELS)


def test_arrow_keys_tell_the_values_of_a_time(page: Opened) -> None:
    page.page.locator("#growth .live").focus()
    assert page.texts("#growth .time") == [f"{TIMES[-1]} UTC"]
    assert page.texts("#growth .value")[0] == "10,050"
    for number, value in ((-1, "10,050"), (-2, "unknown"), (-3, "10,027")):
        page.page.keyboard.press("ArrowLeft")
        assert page.texts("#growth .value")[0] == value
        [said] = page.texts("#growth [role=status]")
        assert said.startswith(f"{TIMES[number]} UTC: rising {value}, ")
    page.page.keyboard.press("ArrowRight")
    assert page.texts("#growth .value")[0] == "unknown"


def test_a_line_can_be_hidden(page: Opened) -> None:
    button = page.page.get_by_role("button", name="Show rising", exact=True)
    button.press("Enter")
    assert button.get_attribute("aria-pressed") == "false"
    page.page.locator("#growth .live").focus()
    page.page.keyboard.press("ArrowLeft")
    assert "rising" not in page.texts("#growth [role=status]")[0]
    button.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"


def test_paper_has_the_drawing_and_so_has_one_time_alone(page: Opened) -> None:
    assert page.page.locator("#one .still svg").is_visible()
    assert page.page.locator("#one canvas").count() == 0
    page.page.emulate_media(media="print")
    assert page.page.locator("#growth .still svg").is_visible()
    assert page.page.locator("#growth :is(canvas, details):visible").count() == 0


def test_without_scripts_the_drawing_and_the_numbers_are_there(
    chromium: Browser, document: Path
) -> None:
    with opened(chromium, document, javascript=False) as page:
        assert page.page.locator("#growth .still svg").is_visible()
        page.page.locator("#growth summary").click()
        cell = page.page.locator("#growth tbody tr").last.locator("td").first
        assert cell.is_visible()
        assert cell.text_content() == "10,050"
