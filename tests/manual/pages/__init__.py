"""The command lines of our own documentation, and what the suite knows of some of them.

A block of README.md, CONTRIBUTING.md or docs/**/*.md that is fenced as `bash`, `sh` or `console` is
run as it stands, in a home with three stored snapshots and the contexts of `conftest`. One that
means something only in another world is told here: a module for each page, named like it, with
`BLOCKS` by the blocks' keys.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from manual.blocks import Block, read
from manual.case import as_it_stands
from manual.world import Place, Ran

ROOT = Path(__file__).parents[3]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md")), *DOCS]
SHELL = ("bash", "sh", "shell", "console")


def _nothing(place: Place) -> None:
    """The world is right as it is."""


def _anything(place: Place, ran: Ran) -> None:
    """That it succeeded is all."""


@dataclass(frozen=True)
class Told:
    """What is to be known of a block.

    Attributes:
        before: Makes the world right for it.
        check: Asserts what it has produced.
        run: Runs its text; by default by `bash -c`. Not for `console`.
        new: The user has no database yet.
        fails: Beginnings of its commands that are to fail, with their codes.
        elsewhere: The test module that runs it instead, in a world of its own.
        cannot: Why it is not run at all, and what shows the same; few may say this.
    """

    before: Callable[[Place], None] = _nothing
    check: Callable[[Place, Ran], None] = _anything
    run: Callable[[Place, str], Ran] = as_it_stands
    new: bool = False
    fails: tuple[tuple[int, str], ...] = ()
    elsewhere: str = ""
    cannot: str = ""


def blocks() -> dict[str, Block]:
    """The command blocks of all pages, by `page: heading: language n`."""
    found = {}
    for page in PAGES:
        for key, block in read(page).items():
            if key.rpartition(": ")[2].split()[0] in SHELL:
                found[f"{page.relative_to(ROOT)}: {key}"] = block
    return found


def told() -> dict[str, Told]:
    """What the modules here say, by the same keys."""
    found: dict[str, Told] = {}
    for module in pkgutil.iter_modules(__path__):
        blocks = importlib.import_module(f"{__name__}.{module.name}").BLOCKS
        assert not found.keys() & blocks.keys()
        found |= blocks
    return found


@dataclass(frozen=True)
class Dialogue:
    """A command of a `console` block, and the lines that it is said to print."""

    command: str
    lines: list[str]

    @property
    def complains(self) -> bool:
        """Whether an error is what it is said to print."""
        return any(line.startswith(("k8s-datamodel: ", "Error: ")) for line in self.lines)

    def matches(self, printed: str) -> bool:
        """Whether that is what it printed; `...` stands for anything, as a line for any lines."""
        return not self.lines or re.fullmatch(self._pattern, printed) is not None

    def stands_in(self, printed: str) -> bool:
        """Whether that is in what it and other commands printed."""
        return re.search(f"^{self._pattern}", printed, re.M) is not None

    @property
    def _pattern(self) -> str:
        parts = [
            r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + r" *\n"
            for line in self.lines
        ]
        return "".join(parts)


def dialogues(text: str) -> Iterator[Dialogue]:
    """The commands of a `console` block: lines behind `$ `, and those that they end with `\\`."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, rest = re.sub(r"\\\n", "\0", part).partition("\n")
        yield Dialogue(command.replace("\0", "\\\n"), rest.rstrip("\n").split("\n") if rest else [])
