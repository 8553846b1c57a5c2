"""The current time."""

from datetime import datetime, timezone


def now() -> str:
    """The current UTC time as ``YYYY-MM-DD HH:MM:SS``."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
