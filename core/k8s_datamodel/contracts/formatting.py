"""The protocol of a formatter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Protocol, TextIO

from k8s_datamodel.data.pages import Page


def _ignore(line: str) -> None:
    """What is not for anybody."""


@dataclass(frozen=True, slots=True)
class Output:
    """Where a formatter writes. Fields may be added in a minor version.

    Attributes:
        text: UTF-8 text stream; write here unless the format is binary.
        binary: the byte stream beneath it.
        color: whether escape sequences may be used.
        width: of the terminal in columns; None where there is no terminal: then cut and wrap
            nothing.
        tell: says a line to the user, beside what is written: what was left out for lack of room.
    """

    text: TextIO
    binary: BinaryIO
    color: bool = False
    width: int | None = None
    tell: Callable[[str], None] = _ignore


class Formatter(Protocol):
    """Target of a ``FormatterSpec``."""

    def write(self, page: Page, output: Output) -> None:
        """Write a page while its rows are read: they may be more than memory holds."""
