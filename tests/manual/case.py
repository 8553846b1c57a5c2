"""What the suite knows of a block: how it is made to mean something, and what it must produce."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cluster.tools import missing
from manual.world import Place, Ran


def as_it_stands(place: Place, text: str) -> Ran:
    """Runs the block by `bash -c`."""
    return place.bash(text)


@dataclass(frozen=True)
class Case:
    """One block of the manual.

    Attributes:
        check: Asserts what the block has produced in the place.
        run: Runs the block's text, unchanged; by default by `bash -c`.
        new: Whether the user has no database yet; otherwise the three snapshots of `stock`.
        fails: Beginnings of the commands in the block that are to fail, with their codes.
        cause: Why the block needs a fixture, for the report; empty if it needs none.
    """

    check: Callable[[Place, Ran], None]
    run: Callable[[Place, str], Ran] = as_it_stands
    new: bool = False
    fails: tuple[tuple[int, str], ...] = ()
    cause: str = ""


def as_told(ran: Ran, fails: tuple[tuple[int, str], ...]) -> None:
    """Only the commands failed that were to, and nothing was told as a crash or a locked file."""
    said = f"{ran.out[-2000:]}\n{ran.err[-2000:]}"
    for word in ("Traceback", "database is locked", "jq: error"):
        assert word not in ran.err, said
    found = [(code, command) for code, command in ran.failed]
    assert len(found) == len(fails), f"{found}\n{said}"
    for (code, command), (expected, beginning) in zip(found, fails, strict=True):
        assert (code, command[: len(beginning)]) == (expected, beginning), said


PLACEHOLDER = Path("/path/to")


@contextmanager
def placeholder() -> Iterator[Path]:
    """The folder /path/to, which the manual means as a placeholder, for as long as it is needed."""
    if PLACEHOLDER.parent.exists():
        missing(f"the manual's placeholder {PLACEHOLDER} is there already: move it away")
    try:
        PLACEHOLDER.mkdir(parents=True)
    except OSError as error:
        missing(f"the manual's placeholder {PLACEHOLDER} cannot be made (as root it can): {error}")
    try:
        yield PLACEHOLDER
    finally:
        for file in PLACEHOLDER.iterdir():
            file.unlink()
        PLACEHOLDER.rmdir()
        PLACEHOLDER.parent.rmdir()
