"""docs/faults.md: a server that does not answer."""

from __future__ import annotations

from manual.pages import Told
from manual.pages.troubleshooting import faulty

HEADING = "What becomes of a snapshot when the wire breaks?"
BLOCKS = {f"docs/faults.md: {HEADING}: console 1": Told(before=faulty)}
