"""Replaces credentials in what others wrote and people read: a server's message, an exception."""

from __future__ import annotations

from k8s_datamodel.redaction.texts import Style, redact_text
from k8s_datamodel.redaction.tokens import PLACEHOLDER


def redact_message(text: str) -> str:
    """The text with every literal that looks like a credential replaced by ``[redacted]``.

    No salt is needed: nobody compares messages, and a token would say more than the reader needs.
    A text without credentials comes back as it is. Doing it twice is the same as doing it once.
    """
    return redact_text(text, lambda literal: PLACEHOLDER, Style.MESSAGE)
