"""docs/operators.md."""

from __future__ import annotations

from manual.pages import Told

BLOCKS = {
    "docs/operators.md: How good it is: bash 1": Told(
        cannot="minutes of measuring; tests/truth runs the same program"
    ),
}
