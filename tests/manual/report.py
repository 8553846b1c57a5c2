"""What the suite says of each block at its end."""

from __future__ import annotations

_RAN: dict[str, tuple[int, str]] = {}


def ran(key: str, line: int, cause: str) -> None:
    """Notes a block that held, and why it could not run as it stands ("" if it could)."""
    _RAN[key] = (line, cause)


def lines() -> list[str]:
    """The report: the blocks in the manual's order, then those that needed a fixture, and why."""
    rows = sorted((line, key, cause) for key, (line, cause) in _RAN.items())
    held = [f"line {line:>3}  {key}" for line, key, _ in rows]
    helped = [f"line {line:>3}  {key}: {cause}" for line, key, cause in rows if cause]
    return held + (["", "With a fixture, because:", *helped] if helped else [])
