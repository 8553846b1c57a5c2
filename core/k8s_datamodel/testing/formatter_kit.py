"""Tests for every output format."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.contracts.formatting import Formatter, Output
from k8s_datamodel.contracts.specs import FormatterSpec
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.pages import Block, Fields, Page, Pages, Rows, Text
from k8s_datamodel.testing import parts
from k8s_datamodel.testing.alone import alone, unloadable
from k8s_datamodel.testing.parts import PARTS, UNICODE

_HEAD = Fields(
    {"id": 7, "timestamp": "2024-03-15 10:30:15", "notes": None}, "Snapshot", "snapshot", ("id",)
)
_VALUE = {"snapshots": 2, "size": 1.5, "first": None, "clusters": {"kit": 2}, "notes": [UNICODE]}


class FormatterContract:
    """Tests of an output format, to subclass as ``Test<Something>``.

    Attributes:
        formatter: what is tested.
        argument: of a format that takes one: a text with which each row is written.
        streams: it writes while it reads. A format that must see all rows first, as a table that
            measures its columns, says False.
        plain: what it writes is text in which names stand as they are. False for a format that
            compresses, or shows no names.
        verbatim: it is for programs and has no way to escape control characters, as CSV.
    """

    formatter: ClassVar[FormatterSpec]
    argument: ClassVar[str] = ""
    streams: ClassVar[bool] = True
    plain: ClassVar[bool] = True
    verbatim: ClassVar[bool] = False

    def parse(self, content: bytes) -> object:
        """Read what was written; override it with the format's own reader, which may raise."""
        return content if self.formatter.binary else content.decode("utf-8")

    def load(self) -> Formatter:
        """The formatter, made anew."""
        return alone(self.formatter).load_formatter(self.formatter, self.argument)

    def written(self, *blocks: Block) -> bytes:
        """What the formatter writes of a page; without colour, to no terminal."""
        return _written(self.load(), Page(blocks))

    def everything(self, rows: Callable[[], Iterator[dict[str, Any]]]) -> dict[str, bytes]:
        """The same rows in every kind of page, by its name."""
        many = [Page(_document(rows())), Page(_document(rows()))]
        written = {
            "listing": self.written(PARTS.block(rows())),
            "document": self.written(*_document(rows())),
            "documents": self.written(Pages(iter(many))),
        }
        for row in rows():
            written["record"] = self.written(PARTS.block(iter([row]), alone=True))
        return written

    def test_description_is_valid(self) -> None:
        """The host accepts the format, and it can be imported."""
        assert unloadable(self.formatter) == []

    def test_no_rows(self) -> None:
        """Nothing is something that can be read."""
        for content in self.everything(lambda: iter(())).values():
            self.parse(content)
        self.parse(self.written(Pages(iter(()))))

    def test_rows(self) -> None:
        """What is written can be read, and every row is in it."""
        for kind, content in self.everything(lambda: parts.rows(3)).items():
            self.parse(content)
            names = ["part-00002"] if kind == "record" else ["part-00000", "part-00002"]
            assert self._missing(content, names) == [], kind

    def test_unicode(self) -> None:
        """Any text, in whichever column, can be read, and is there."""
        row = {
            **next(parts.rows(1)),
            "name": "日本語",
            "colours": [UNICODE],
            "labels": {"ü": "\u2028"},
        }
        for content in self.everything(lambda: iter([row])).values():
            self.parse(content)
            assert self._missing(content, ["日本語"]) == [] or b"\\u65e5\\u672c" in content

    def test_nulls(self) -> None:
        """Every column but the identity may be null."""
        for content in self.everything(lambda: iter([parts.nothing()])).values():
            self.parse(content)
            assert self._missing(content, ["bare"]) == []

    def test_specs(self) -> None:
        """Rows may hold the complete object."""
        record = parts.part(1)
        row = {**record.values, "spec": record.spec}
        for one in (False, True):
            self.parse(self.written(PARTS.block(iter([row]), objects=True, alone=one)))

    def test_tables(self) -> None:
        """Listings that are no resource type's, with rows and without."""
        columns = (Column("name", show="table"), Column("size", "integer", show="table"))
        some: list[dict[str, Any]] = [{"name": "one", "size": 1}, {"name": "two", "size": None}]
        for rows in ([], some):
            content = self.written(Rows(columns, iter(rows), "Things"))
            self.parse(content)
            assert self._missing(content, [row["name"] for row in rows]) == []

    def test_other_blocks(self) -> None:
        """A mapping, text, pages in a page; one that a format cannot write raises UsageError."""
        for block, text in (
            (Fields(_VALUE), "snapshots"),
            (Text(iter(["a ", "word\n"]), title="Words"), "a word"),
            (Page([PARTS.block(parts.rows(1))], "added", "What is new"), "part-00000"),
            (Page([Page([Fields(_VALUE, key="counts")], "new", "What is new")]), "snapshots"),
        ):
            try:
                content = self.written(block)
            except UsageError:
                continue
            self.parse(content)
            assert self._missing(content, [text]) == []

    def test_document_with_ledger(self) -> None:
        """A snapshot with what was read for it."""
        entry = {"resource_type": "kit_parts", "read": "nodes", "status": "forbidden"}
        ledger = [{**entry, "http_code": 403, "reason": "nodes: 403", "optional": True}]
        reads = Rows([Column(name) for name in ledger[0]], iter(ledger), "Ledger", "ledger")
        self.parse(self.written(*_document(parts.rows(1)), reads))

    def test_stable(self) -> None:
        """The same rows make the same bytes: an export in git differs where the cluster did."""
        rows = list(parts.rows(5))
        assert self.everything(lambda: iter(rows)) == self.everything(lambda: iter(rows))

    def test_formatter_keeps_nothing(self) -> None:
        """One formatter writes twice, and the second time nothing of the first."""
        formatter = self.load()
        contents = [_written(formatter, Page([PARTS.block(parts.rows(2))])) for _ in range(2)]
        assert contents[0] == contents[1]

    def test_nothing_is_cut(self) -> None:
        """Where there is no terminal, a long text stands in one piece."""
        name = "long-" * 80 + "end"
        row = {**next(parts.rows(1)), "name": name}
        assert self._missing(self.written(PARTS.block(iter([row]))), [name]) == []

    def test_control_characters(self) -> None:
        """Text from a cluster must not drive a terminal."""
        row = {**next(parts.rows(1)), "name": "a\x1b[2Jb"}
        allowed = self.verbatim or self.formatter.binary  # which is refused on a terminal
        for kind, content in self.everything(lambda: iter([row])).items():
            self.parse(content)
            assert allowed or b"\x1b" not in content, kind

    def test_writes_while_it_reads(self) -> None:
        """Rows may be more than memory holds."""
        binary = _Kept()
        before: list[int] = []
        rows = _watched(5_000, lambda number: before.append(binary.tell()))
        _written(self.load(), Page([PARTS.block(rows)]), binary)
        assert before[-1] > 0 or not self.streams, "all rows were read before any was written"
        assert binary.tell() > 0

    def test_rows_are_read_once(self) -> None:
        """Rows are an iterator: each is asked for once, and none twice."""
        given: list[int] = []
        self.written(PARTS.block(_watched(5, given.append)))
        assert given == list(range(5))

    def test_prints_nothing(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Everything goes where the host says."""
        self.everything(lambda: parts.rows(2))
        assert capsys.readouterr() == ("", "")

    def _missing(self, content: bytes, texts: list[str]) -> list[str]:
        """Which of these texts do not stand in a plain format."""
        return [t for t in texts if t.encode() not in content] if self.plain else []


class _Kept(io.BytesIO):
    """Bytes that stay when the stream is closed or collected."""

    asked_to_close = False

    def close(self) -> None:
        """Stay open."""
        self.asked_to_close = True


def _written(formatter: Formatter, page: Page, binary: _Kept | None = None) -> bytes:
    binary = binary or _Kept()
    text = io.TextIOWrapper(binary, encoding="utf-8", newline="\n", write_through=True)
    formatter.write(page, Output(text, binary))
    assert not binary.asked_to_close, "the stream belongs to the host, which closes it"
    text.flush()
    return binary.getvalue()


def _document(rows: Iterator[dict[str, Any]]) -> list[Block]:
    return [_HEAD, PARTS.block(rows, key=PARTS.name)]


def _watched(count: int, note: Callable[[int], None]) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(parts.rows(count)):
        note(number)
        yield row
