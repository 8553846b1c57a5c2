"""What the suite says of each block at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

_PROPERTY = "block of the manual"


def note(record: Callable[[str, Any], None], key: str, line: int, cause: str) -> None:
    """Notes a block that held, and why it could not run as it stands ("" if it could).

    ``record`` is pytest's ``record_property``, so that it reaches the report from any process.
    """
    record(_PROPERTY, [line, key, cause])


def lines(stats: Mapping[str, Iterable[Any]]) -> list[str]:
    """The report: the blocks in the manual's order, then those that needed a fixture, and why."""
    passed = stats.get("passed", ())
    rows = sorted(row for test in passed for name, row in test.user_properties if name == _PROPERTY)
    held = [f"line {line:>3}  {key}" for line, key, _ in rows]
    helped = [f"line {line:>3}  {key}: {cause}" for line, key, cause in rows if cause]
    return held + (["", "With a fixture, because:", *helped] if helped else [])
