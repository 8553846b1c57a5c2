"""What an output format must be able to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol, TextIO

from k8s_datamodel.data.objects import Row
from k8s_datamodel.types.listings import Document, Section, Table


@dataclass(frozen=True, slots=True)
class Output:
    """Where a formatter writes. It may grow.

    Attributes:
        text: UTF-8 text stream; write here unless the format is binary.
        binary: the byte stream beneath it.
        color: whether escape sequences may be used.
        width: of the terminal in columns; None when it is none, so nothing may be cut or wrapped.
    """

    text: TextIO
    binary: BinaryIO
    color: bool = False
    width: int | None = None


class Formatter(Protocol):
    """Target of a ``FormatterSpec``. Writes as it reads: rows may be more than memory holds."""

    def listing(self, listing: Section | Table, output: Output) -> None:
        """Write rows."""

    def record(self, section: Section, row: Row, output: Output) -> None:
        """Write one record in full, what ``get`` shows."""

    def document(self, document: Document, output: Output) -> None:
        """Write one snapshot."""

    def documents(self, documents: Iterable[Document], output: Output) -> None:
        """Write many snapshots, what ``export-all`` gives."""

    def value(self, value: Mapping[str, Any], output: Output) -> None:
        """Write a plain mapping of scalars, lists and mappings, such as statistics."""
