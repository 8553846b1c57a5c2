"""The code blocks of the manual, and how they are told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_PART = re.compile(r"^#+ (?P<heading>.*?)$|^```(?P<language>\w*)\n(?P<text>.*?)^```", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        key: The heading above it, its language and how many of that language stand before it there.
        text: What is between the fences, to the letter.
        line: Where it begins in the manual.
    """

    key: str
    text: str
    line: int


def read(manual: Path) -> dict[str, Block]:
    """The blocks of the manual by their keys, in its order."""
    text, heading, found = manual.read_text(), "", {}
    for part in _PART.finditer(text):
        if part["heading"]:
            heading = part["heading"]
            continue
        language = part["language"] or "text"
        numbers = (f"{heading}: {language} {n}" for n in range(1, 100))
        key = next(key for key in numbers if key not in found)
        found[key] = Block(key, part["text"], text.count("\n", 0, part.start()) + 1)
    return found
