"""docs/plugins.md."""

from __future__ import annotations

from manual.pages import Told

BLOCKS = {
    "docs/plugins.md: A package: console 1": Told(
        cannot="needs the package index; tests/kit/test_scaffold.py makes a package and tests it"
    ),
}
