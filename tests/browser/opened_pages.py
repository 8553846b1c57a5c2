"""A document in a browser, and what the browser says of it."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster.tools import missing
from support.node_modules import node_modules

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

WIDE, PHONE = 1440, 390
AXE = "axe-core@4.11.0"
_WAITED_SECONDS = 60
_HEIGHTS = {WIDE: 900, PHONE: 844}
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def started_chromium() -> Iterator[Browser]:
    """Chromium without a window; the test skips, and says what to install, where it is not."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        missing("Chromium is not there: apt-get install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not there: `make browser` installs it, and runs these tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Opened:
    """A document that is open.

    Attributes:
        page: playwright's.
        spent: tells how much time the page took.
        messages: what the console got, and errors of scripts.
        requests: what was loaded beside the document.
    """

    page: Page
    spent: CDPSession
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def seconds(self) -> float:
        """Processor time of the page so far, which does not depend on what else runs."""
        metrics = self.spent.send("Performance.getMetrics")["metrics"]
        return next(each["value"] for each in metrics if each["name"] == "TaskDuration")

    def violations(self) -> list[str]:
        """What axe-core finds: the rule, and where it is broken first."""
        source = node_modules(AXE) / "axe-core" / "axe.min.js"
        self.page.evaluate(source.read_text())
        found = self.page.evaluate("axe.run({resultTypes: ['violations']})")
        return [
            f"{each['id']}: {each['help']}: {each['nodes'][0]['html']}"
            for each in found["violations"]
        ]

    def texts(self, selector: str) -> list[str]:
        """The texts of elements."""
        return self.page.locator(selector).all_text_contents()

    def run(self, script: str) -> Any:
        """What an expression gives in the page."""
        return self.page.evaluate(script)

    def until(self, script: str) -> None:
        """Wait until an expression is true.

        Playwright's own wait makes code of a text within the page, which the page's policy forbids.
        """
        end = time.monotonic() + _WAITED_SECONDS
        while not self.run(script):
            assert time.monotonic() < end, f"not true in time: {script}"
            self.page.wait_for_timeout(50)


def printed_pages(pdf: bytes) -> list[str]:
    """The words of each page of a PDF, blanks folded."""
    try:
        from pypdf import PdfReader
    except ImportError:
        missing("pypdf is not there: `make browser` installs it, and runs these tests")
    return [" ".join(each.extract_text().split()) for each in PdfReader(io.BytesIO(pdf)).pages]


@contextmanager
def opened(
    browser: Browser,
    file: Path,
    *,
    width: int = WIDE,
    dark: bool = False,
    javascript: bool = True,
) -> Iterator[Opened]:
    """A document, opened from its file as somebody does who got it by mail.

    Args:
        browser: of ``started_chromium``.
        file: the document.
        width: of the window, ``WIDE`` or ``PHONE``.
        dark: the system's scheme.
        javascript: whether scripts run.
    """
    with browser.new_context(
        viewport={"width": width, "height": _HEIGHTS[width]},
        color_scheme="dark" if dark else "light",
        java_script_enabled=javascript,
        is_mobile=width == PHONE,
        offline=True,
    ) as context:
        page = context.new_page()
        made = Opened(page, context.new_cdp_session(page))
        made.spent.send("Performance.enable", {"timeDomain": "threadTicks"})
        own = file.absolute().as_uri()
        made.page.on("console", lambda said: made.messages.append(said.text))
        made.page.on("pageerror", lambda error: made.messages.append(str(error)))
        made.page.on(
            "request",
            lambda request: (
                request.url == own
                or request.url.startswith("data:")
                or made.requests.append(request.url)
            ),
        )
        made.page.goto(own)
        yield made
