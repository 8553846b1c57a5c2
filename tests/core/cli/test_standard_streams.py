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
