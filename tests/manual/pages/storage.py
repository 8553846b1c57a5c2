"""docs/postgresql.md and docs/safety.md, whose blocks are one story each."""

from __future__ import annotations

from manual.pages import Told, blocks

BLOCKS = {
    key: Told(elsewhere="tests/manual/test_docs_storage.py")
    for key in blocks()
    if key.startswith("docs/postgresql.md: ")
    or (key.startswith("docs/safety.md: ") and not key.endswith(": console 1"))
}
