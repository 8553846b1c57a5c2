"""The protocol of a formatter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Protocol, TextIO

from k8s_datamodel.data.pages import Page


@dataclass(frozen=True, slots=True)
class Output:
    """Where a formatter writes. Fields may be added in a minor version.

    Attributes:
        text: UTF-8 text stream; write here unless the format is binary.
        binary: the byte stream beneath it.
        color: whether escape sequences may be used.
        width: of the terminal in columns; None where there is no terminal: then cut and wrap
            nothing.
    """

    text: TextIO
    binary: BinaryIO
    color: bool = False
    width: int | None = None


class Formatter(Protocol):
    """Target of a ``FormatterSpec``."""

    def write(self, page: Page, output: Output) -> None:
        """Write a page while its rows are read: they may be more than memory holds."""
