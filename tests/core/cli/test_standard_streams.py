"""Streams that are full or unread: what a message, a flush and a discard make of them."""

from __future__ import annotations

import io
import sys

import pytest

from k8s_datamodel.cli.frame import standard_streams


class Full(io.StringIO):
    """A stream on a full disk."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


def test_a_message_that_nobody_can_read_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Full()
    monkeypatch.setattr(sys, "stderr", full)
    standard_streams.talk("hello")
    with sys.stderr as nowhere:
        assert nowhere is not full
        standard_streams.talk("hello again")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("süd: 3 µs, 🚢\n\tnext", "süd: 3 µs, 🚢\n\tnext"),
        ("\x1b[31mred\r\x07\x9b2J", r"\x1b[31mred\r\x07\x9b2J"),
        ("a\u202egpj\ud83d", r"a\u202egpj\ud83d"),
    ],
)
def test_a_message_moves_no_cursor(
    text: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    standard_streams.talk(text)
    assert capsys.readouterr().err == shown + "\n"


def test_a_flush_that_fails_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.raises(OSError, match="No space left"):
        standard_streams.flush()
    with sys.stdout:
        standard_streams.flush()


def test_documents_are_utf8_and_messages_never_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = {name: io.TextIOWrapper(io.BytesIO(), "ascii") for name in ("stdout", "stderr")}
    for name, stream in streams.items():
        monkeypatch.setattr(sys, name, stream)
    standard_streams.write_utf8()
    assert {name: (each.encoding, each.errors) for name, each in streams.items()} == {
        "stdout": ("utf-8", "strict"),
        "stderr": ("utf-8", "backslashreplace"),
    }
