"""The report in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser.big_listings import HOSTILE
from browser.big_reports import big_report, hostile_report
from browser.opened_pages import PHONE, WIDE, opened, printed_pages
from k8s_datamodel_plugins.formats.cells import printable

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FEW, MANY = 120, 2_065


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return big_report(tmp_path_factory.mktemp("report"), FEW)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_is_said_nothing_is_loaded_and_everybody_can_use_it(
    chromium: Browser, page: Path, width: int, dark: bool
) -> None:
    with opened(chromium, page, width=width, dark=dark) as found:
        assert found.violations() == []
        assert (found.messages, found.requests) == ([], [])
        assert found.run("document.documentElement.scrollWidth") <= width


def test_without_scripts_everything_is_there(chromium: Browser, page: Path) -> None:
    with opened(chromium, page, javascript=False) as found:
        assert found.page.locator("#crd-table tbody tr").count() == FEW
        assert found.page.locator("figure svg").first.is_visible()
        assert found.page.locator("button:visible, input, select").count() == 0
        assert found.messages == []


def test_print_shows_what_is_folded_and_every_row(chromium: Browser, page: Path) -> None:
    with opened(chromium, page) as found:
        found.page.emulate_media(media="print")
        assert found.page.locator("nav").is_hidden()
        assert found.page.locator("#crd-table tbody tr:visible").count() == FEW
        assert found.page.locator("#operators-table details li").first.is_visible()
        assert found.page.pdf()[:4] == b"%PDF"


def test_each_printed_page_of_a_table_has_its_head(chromium: Browser, page: Path) -> None:
    with opened(chromium, page) as found:
        found.page.emulate_media(media="print")
        sheets = printed_pages(found.page.pdf())
    changes, crds = ("Type Change Level How", "CRD changed risky"), ("Kind Version", "Thing0")
    for head, cell in (changes, crds):
        holding = [head in sheet for sheet in sheets if cell in sheet]
        assert len(holding) > 2
        assert all(holding), cell


def test_a_link_leads_to_the_row_that_it_names(chromium: Browser, page: Path) -> None:
    with opened(chromium, page) as found:
        link = found.page.locator("#overview ~ .columns a").first
        target = link.get_attribute("href") or ""
        link.click()
        row = found.page.locator(f"[id='{target[1:]}']")
        row.wait_for(state="visible")
        assert row.locator("th").text_content() == link.text_content()


def test_a_large_cluster_with_a_long_past_can_be_searched_at_once(
    chromium: Browser, tmp_path: Path
) -> None:
    with opened(chromium, big_report(tmp_path)) as found:
        assert found.seconds() < 2  # of the processor, until it answers
        box = found.page.locator("input[type=search]").filter(visible=True)
        table = found.page.locator(".table", has=found.page.locator("#crd-table"))
        table.locator("input").first.fill("things2064")
        shown = found.page.locator("#crd-table tbody tr:visible")
        shown.nth(1).wait_for(state="detached")
        assert box.count() > 0
        assert shown.count() == 1
        assert (found.messages, found.requests) == ([], [])


def test_a_link_finds_a_row_that_is_far_down_or_filtered_out(
    chromium: Browser, tmp_path: Path
) -> None:
    file = big_report(tmp_path, 600)
    with opened(chromium, file) as found:
        rows = found.page.locator("#crd-table tbody tr")
        before = rows.count()
        assert before < 600
        found.page.emulate_media(media="print")
        target = rows.last.get_attribute("id")
        found.page.emulate_media(media="screen")
        table = found.page.locator(".table", has=found.page.locator("#crd-table"))
        table.locator("input").first.fill("things0001")
        assert rows.count() == 1
        found.run(f"location.hash = {target!r}")
        found.until("document.activeElement.classList.contains('found')")
        assert found.run("document.activeElement.id") == target
        assert found.page.locator(f"[id='{target}']").is_visible()


def test_harm_is_text(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, hostile_report(tmp_path)) as found:
        found.page.emulate_media(media="print")
        assert found.texts("#crd-table tbody th") == [printable(each) for each in HOSTILE]
        assert found.run("window.harmed") is None
        assert (found.messages, found.requests) == ([], [])
        assert found.violations() == []
