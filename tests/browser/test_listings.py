"""Listings in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser.big_listings import HOSTILE, MANY, crd_listing, crd_rows, hostile_listing
from browser.opened_pages import PHONE, WIDE, Opened, opened
from k8s_datamodel_plugins.formats.cells import printable

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SORTED = "[...document.querySelectorAll('tbody tr')].map((row) => row.cells[{}].textContent)"
ALL_ROWS = "tbody tr"
SHOWN = ".count"


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return crd_listing(tmp_path_factory.mktemp("listing"))


def seconds_of(page: Opened, act: str) -> float:
    """How long one of eight acts takes, with what is shown anew."""
    before = page.seconds()
    page.run(
        f"""(async () => {{
          const search = document.querySelector("input[type=search]");
          const head = document.querySelector("thead th.n button");
          for (const text of ["a", "th", "t 0", "team1", "v1", "cluster", "7", ""]) {{
            {act};
            await new Promise((shown) => requestAnimationFrame(() => setTimeout(shown)));
          }}
        }})()"""
    )
    return (page.seconds() - before) / 8


@pytest.fixture
def page(chromium: Browser, listing: Path) -> Iterator[Opened]:
    with opened(chromium, listing) as found:
        yield found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_is_said_nothing_is_loaded_and_everybody_can_use_it(
    chromium: Browser, tmp_path: Path, width: int, dark: bool
) -> None:
    with opened(chromium, crd_listing(tmp_path, 30), width=width, dark=dark) as page:
        assert page.violations() == []
        assert (page.messages, page.requests) == ([], [])
        assert page.run("document.documentElement.scrollWidth") <= width


def test_what_is_said_and_loaded_would_be_found(chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "bad.html"
    file.write_text("<title>x</title><img src='http://127.0.0.1:1/x'><script>fail()</script>")
    with opened(chromium, file) as page:
        assert page.requests == ["http://127.0.0.1:1/x"]
        assert any("fail is not defined" in each for each in page.messages)
        assert any(each.startswith("image-alt") for each in page.violations())


def test_only_the_scripts_of_the_document_run(page: Opened) -> None:
    for harm in ("script", "style", "on"):
        page.run(
            f"""(() => {{
              const made = document.createElement("{harm}" === "on" ? "b" : "{harm}");
              if ("{harm}" === "on") made.setAttribute("onclick", "window.harmed = 1");
              made.textContent = "{harm}" === "style" ? "h1 {{ color: red }}" : "window.harmed = 1";
              document.body.append(made);
              made.click();
            }})()"""
        )
    page.run("fetch('http://127.0.0.1:1/x').catch(() => {})")
    assert page.run("window.harmed") is None
    assert page.run("getComputedStyle(document.querySelector('h1')).color") != "rgb(255, 0, 0)"
    assert sum("Content Security Policy" in each for each in page.messages) >= 4


def test_without_scripts_all_rows_are_there_and_no_controls(
    chromium: Browser, listing: Path
) -> None:
    with opened(chromium, listing, javascript=False) as page:
        assert page.page.locator(ALL_ROWS).count() == MANY
        assert page.texts(SHOWN) == ["2,065 CRDs"]
        assert page.page.locator("button:visible, input, select").count() == 0
        last = page.page.locator(ALL_ROWS).last
        last.scroll_into_view_if_needed()
        assert last.is_visible()


def test_print_shows_all_rows_and_hides_controls(page: Opened) -> None:
    page.page.emulate_media(media="print")
    page.until(f"document.querySelectorAll('{ALL_ROWS}').length === {MANY}")
    assert page.page.locator(".controls button:visible, #scheme:visible").count() == 0
    assert page.page.locator("input:visible, select:visible").count() == 0
    scroll = "document.querySelector('.scroll')"
    assert page.run(f"{scroll}.scrollHeight - {scroll}.clientHeight") == 0


def test_search_finds_rows_that_have_all_words(page: Opened) -> None:
    page.page.get_by_role("searchbox", name="Search").fill("THINGS00 cluster")
    assert page.texts(SHOWN) == ["20 of 2,065 CRDs"]
    names = page.run(SORTED.format(0))
    assert len(names) == 20
    assert all(name.startswith("things00") for name in names)
    page.page.get_by_role("button", name="Clear").click()
    assert page.texts(SHOWN) == ["2,065 CRDs"]


def test_a_filter_keeps_one_value(page: Opened) -> None:
    page.page.get_by_label("Scope").select_option("Cluster")
    assert page.texts(SHOWN) == ["413 of 2,065 CRDs"]
    page.page.get_by_role("searchbox").fill("nothing has this")
    assert page.texts(SHOWN) == ["0 of 2,065 CRDs"]
    assert page.run(SORTED.format(0)) == []


def test_numbers_sort_as_numbers_and_the_unknown_comes_last(page: Opened) -> None:
    known = sorted(
        row["instance_count"] for row in crd_rows(MANY) if row["instance_count"] is not None
    )
    button = page.page.get_by_role("button", name="Instances")
    at = page.run(
        "[...document.querySelectorAll('thead th')].find("
        "(each) => each.textContent === 'Instances').cellIndex"
    )
    button.click()
    assert page.run("document.querySelector('[aria-sort]').ariaSort") == "descending"
    assert page.run(SORTED.format(at))[:3] == [f"{each:,}" for each in known[:-4:-1]]
    button.click()
    assert page.run(SORTED.format(at))[:3] == [str(each) for each in known[:3]]
    page.run("dispatchEvent(new Event('beforeprint'))")
    assert page.run(SORTED.format(at))[-1] == "-"
    button.click()
    assert page.run("document.querySelector('[aria-sort]')") is None
    assert page.run(SORTED.format(0))[0] == next(crd_rows(1))["name"]


def test_a_column_in_which_nothing_stands_is_named_in_place_of_shown(
    chromium: Browser, tmp_path: Path
) -> None:
    with opened(chromium, crd_listing(tmp_path, 7)) as page:
        assert page.texts(SHOWN) == ["7 CRDs; nothing in Terminating"]
        assert "Terminating" not in page.page.locator("thead th:visible").all_text_contents()
        assert (
            page.page.locator("th:visible, td:visible").count()
            == 8 * page.page.locator("thead th:visible").count()
        )


def test_rows_join_as_they_are_scrolled_to(page: Opened) -> None:
    before = page.page.locator(ALL_ROWS).count()
    assert before < MANY
    page.run("document.querySelector('.scroll').scrollTo(0, 1e6)")
    page.until(f"document.querySelectorAll('{ALL_ROWS}').length > {before}")


def test_the_keyboard_reaches_everything(page: Opened) -> None:
    reached = []
    for _ in range(12):
        page.page.keyboard.press("Tab")
        reached.append(page.run("document.activeElement.textContent.slice(0, 20)"))
    assert reached[0] == "Skip to the content"
    assert "Name" in reached
    page.page.get_by_role("button", name="Name", exact=True).focus()
    page.page.keyboard.press("Enter")
    assert page.run("document.querySelector('[aria-sort]').ariaSort") == "ascending"


def test_the_button_changes_the_colours(page: Opened) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.run(colour)
    page.page.get_by_role("button", name="Use dark colours").click()
    dark = page.run(colour)
    assert dark != light
    page.page.emulate_media(media="print")
    assert page.run(colour) == light
    page.page.emulate_media(media="screen", color_scheme="light")
    page.page.get_by_role("button", name="Use light colours").click()
    assert page.run(colour) == light


def test_harm_is_text(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, hostile_listing(tmp_path)) as page:
        assert page.run(SORTED.format(0)) == [printable(each) for each in HOSTILE]
        assert page.texts("h1") == [HOSTILE[0]]
        assert page.page.title() == HOSTILE[0]
        page.page.get_by_role("searchbox").fill("<img")
        assert page.texts(SHOWN) == [f"1 of {len(HOSTILE)} {HOSTILE[0]}"]
        assert page.run("window.harmed") is None
        assert (page.messages, page.requests) == ([], [])
        assert page.violations() == []


def test_without_scripts_harm_is_text_too(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, hostile_listing(tmp_path), javascript=False) as page:
        assert page.texts("tbody th") == [printable(each) for each in HOSTILE]


def test_it_answers_at_once(page: Opened) -> None:
    """In processor time, as other programs want the processor, too."""
    loaded = page.seconds()
    search = seconds_of(page, "search.value = text; search.dispatchEvent(new Event('input'))")
    sort = seconds_of(page, "head.click()")
    print(f"loaded in {loaded:.2f} s, search {search * 1000:.0f} ms, sort {sort * 1000:.0f} ms")
    assert loaded < 2
    assert max(search, sort) < 0.1
