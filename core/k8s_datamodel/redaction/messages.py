"""What others wrote (a server, a plugin, a program that was run), before it is kept or shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from k8s_datamodel.data.ledger import LedgerEntry, Outcome


def without_credentials(text: str) -> str:
    """A text with ``[redacted]`` for whatever looks like a credential in it.

    Call it before a text is cut: half a credential may not look like one. Twice is as once.
    """
    if not text:
        return text
    from k8s_datamodel.redaction.redactor import redact_message  # noqa: PLC0415 - most commands say nothing

    return redact_message(text)


def told(outcome: Outcome) -> Outcome:
    """How a read ended, with a reason that may be kept and shown."""
    reason = without_credentials(outcome.reason)
    return outcome if reason == outcome.reason else replace(outcome, reason=reason)


def told_entry(entry: LedgerEntry) -> LedgerEntry:
    """The same of an entry of the ledger."""
    outcome = told(entry.outcome)
    return entry if outcome is entry.outcome else replace(entry, outcome=outcome)
