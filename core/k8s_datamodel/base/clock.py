"""What time it is."""

from datetime import datetime, timezone


def now() -> str:
    """This moment as UTC text, ``YYYY-MM-DD HH:MM:SS``."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
