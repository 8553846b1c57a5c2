"""The manual as a site in a real browser: everybody can use it, nothing comes from elsewhere.

The pages are of every kind that the site has: the first one, one with code, one with wide tables,
one with a diagram, a reference, and the search with what it found.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser.opened_pages import PHONE, WIDE, Opened, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

KINDS = ["index", "docs/output", "docs/compared", "docs/sql", "docs/reference/hooks"]
DRAWN = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
WIDER = "each => [each.scrollWidth > each.clientWidth, each.tabIndex]"


@contextmanager
def drawn(browser: Browser, page: Path, width: int, *, dark: bool = False) -> Iterator[Opened]:
    """A page of which a frame was drawn, after which scripts know what is wider than its place."""
    with opened(browser, page, width=width, dark=dark) as found:
        found.run(DRAWN)
        yield found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("name", KINDS)
def test_everybody_can_use_it_and_nothing_is_loaded_from_elsewhere(
    chromium: Browser, site: Path, name: str, width: int, dark: bool
) -> None:
    with drawn(chromium, site / f"{name}.html", width, dark=dark) as found:
        assert found.messages == []
        assert [each for each in found.requests if not each.startswith(site.as_uri())] == []
        assert found.run("document.documentElement.scrollWidth") <= width
        assert found.violations() == []


@pytest.mark.parametrize("width", [WIDE, PHONE], ids=["wide", "phone"])
def test_everybody_can_use_what_the_search_found(chromium: Browser, site: Path, width: int) -> None:
    with opened(chromium, site / "search.html", width=width) as found:
        found.page.goto(f"{(site / 'search.html').as_uri()}?q=orphans")
        found.until("document.querySelectorAll('#search-results li a').length > 3")
        found.run(DRAWN)
        assert found.violations() == []


@pytest.mark.parametrize(
    ("name", "wide"),
    [("docs/sql", "pre"), ("docs/compared", ".table-wrapper"), ("docs/sql", ".diagram")],
)
def test_what_is_wider_than_a_phone_is_scrolled_by_keyboard(
    chromium: Browser, site: Path, name: str, wide: str
) -> None:
    with drawn(chromium, site / f"{name}.html", PHONE) as found:
        every = found.page.locator(wide)
        told = every.evaluate_all(f"all => all.map({WIDER})")
        assert [True, 0] in told
        assert all((index == 0) == wider for wider, index in told)
        first = every.nth(told.index([True, 0]))
        first.focus()
        found.page.keyboard.press("ArrowRight")
        found.until(f"document.activeElement.matches('{wide}')")
        found.until("document.activeElement.scrollLeft > 0")
