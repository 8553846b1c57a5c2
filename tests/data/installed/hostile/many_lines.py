"""The message of its exception has lines, control characters, and no end."""

raise ValueError("first\nsecond\x1b[31m third" + " and more" * 1000)
