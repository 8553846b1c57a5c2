"""Replace credentials in messages that others wrote, such as a server or an exception."""

from __future__ import annotations

from k8s_datamodel.redaction.texts import Style, redact_text
from k8s_datamodel.redaction.tokens import PLACEHOLDER


def redact_message(text: str) -> str:
    """Replace each literal that looks like a credential by ``[redacted]``.

    Messages need no salt, because nobody compares them. A text without credentials is returned
    unchanged, and redacting twice changes nothing more.
    """
    return redact_text(text, lambda literal: PLACEHOLDER, Style.MESSAGE)
