"""Redact messages of servers, plugins and programs before they are kept or shown."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from k8s_datamodel.data.ledger import Outcome

_QUOTED = re.compile(r"""('[^\w\s]')|(['"]).*\2""", re.DOTALL)


def without_credentials(text: str) -> str:
    """Replace whatever looks like a credential by ``[redacted]``.

    Call it before you cut a text: half a credential may not look like one. Redacting twice changes
    nothing more. Messages need no salt, because nobody compares them.
    """
    if not text:
        return text
    # Most commands have no message.
    from k8s_datamodel.redaction.texts import Style, redact_text  # noqa: PLC0415
    from k8s_datamodel.redaction.tokens import PLACEHOLDER  # noqa: PLC0415

    return redact_text(text, lambda literal: PLACEHOLDER, Style.MESSAGE)


def without_quotations(text: str) -> str:
    """What a parser says of a text, with ``...`` for what it quotes: it may be of a credential.

    A password that begins with ``*``, ``&`` or ``!`` and is not quoted is the name of an alias, an
    anchor or a tag in YAML. Single marks, such as ``','``, stay.
    """
    return _QUOTED.sub(lambda match: match[1] or "...", text)


def told(outcome: Outcome) -> Outcome:
    """The outcome with a reason that may be kept and shown."""
    reason = without_credentials(outcome.reason)
    return outcome if reason == outcome.reason else replace(outcome, reason=reason)
