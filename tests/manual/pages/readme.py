"""README.md."""

from __future__ import annotations

from manual.pages import Told

BLOCKS = {
    "README.md: Two commands: bash 1": Told(cannot="`.ci/run` makes both targets"),
}
