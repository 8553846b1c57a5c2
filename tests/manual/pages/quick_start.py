"""docs/quick-start.md."""

from __future__ import annotations

from manual.pages import Told

BLOCKS = {"docs/quick-start.md: Install: bash 1": Told(cannot="needs the package index")}
