"""docs/deploy.md, whose blocks change a cluster."""

from __future__ import annotations

from manual.pages import Told, blocks

BLOCKS = {
    key: Told(elsewhere="tests/contrib/test_deploy.py")
    for key in blocks()
    if key.startswith("docs/deploy.md: ")
}
