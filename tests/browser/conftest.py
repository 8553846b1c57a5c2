"""One browser for all tests, and the manual as a site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser.opened_pages import started_chromium
from cluster.tools import missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with started_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built site."""
    folder = Path(__file__).parents[2] / "build" / "site"
    if not (folder / "index.html").is_file():
        missing("the site is not built: `make browser` builds it, and runs these tests")
    return folder
