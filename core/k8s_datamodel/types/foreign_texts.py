"""Show texts and values of plugins and files as one safe line, and report their faults."""

from __future__ import annotations

from dataclasses import dataclass

from k8s_datamodel.redaction.messages import without_credentials

_LONGEST = 500
_MOST_READ = 100_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in one line, and where, as far as that is known."""

    reason: str
    file: str = ""
    line: int | None = None


class FaultError(Exception):
    """A fault that the host found itself, or a loader of its own."""

    def __init__(self, reason: str, file: str = "", line: int | None = None) -> None:
        super().__init__(reason)
        self.fault = Fault(one_line(reason), file, line)


def one_line(text: str) -> str:
    """A text of somebody else's as one printable line of bounded length, without credentials."""
    return printable(without_credentials(text[:_MOST_READ]))


def printable(text: str) -> str:
    """A name or a version as one printable line; nothing in it is taken for a credential."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."


def shown(value: object) -> str:
    """``repr`` of a foreign value, short, and whatever its ``__repr__`` does."""
    try:
        text = one_line(repr(value))
    except Exception:  # a __repr__ that raises is no reason to stop reporting
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004
