"""Redact messages of servers, plugins and programs before they are kept or shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from k8s_datamodel.data.ledger import LedgerEntry, Outcome


def without_credentials(text: str) -> str:
    """Replace whatever looks like a credential by ``[redacted]``.

    Call it before you cut a text: half a credential may not look like one. Redacting twice changes
    nothing more.
    """
    if not text:
        return text
    from k8s_datamodel.redaction.redactor import redact_message  # noqa: PLC0415 - most commands say nothing

    return redact_message(text)


def told(outcome: Outcome) -> Outcome:
    """The outcome with a reason that may be kept and shown."""
    reason = without_credentials(outcome.reason)
    return outcome if reason == outcome.reason else replace(outcome, reason=reason)


def told_entry(entry: LedgerEntry) -> LedgerEntry:
    """The ledger's entry with a reason that may be kept and shown."""
    outcome = told(entry.outcome)
    return entry if outcome is entry.outcome else replace(entry, outcome=outcome)
