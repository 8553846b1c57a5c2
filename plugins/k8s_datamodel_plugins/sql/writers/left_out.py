"""Leave out records that a database cannot hold, and note why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from k8s_datamodel.api import STORING, LedgerEntry, Outcome, Snapshot

_NAMED = 20


class LeftOut:
    """Records of one type that are left out; so many are named, the others counted."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._reasons: list[str] = []
        self._more = 0

    def add(self, reason: str) -> None:
        """One more, and why."""
        if len(self._reasons) < _NAMED:
            self._reasons.append(reason)
        else:
            self._more += 1

    def entries(self) -> list[LedgerEntry]:
        """What the ledger says of them."""
        more = [f"{self._more:,} more {self._name} cannot be stored"] if self._more else []
        return [
            LedgerEntry(self._name, STORING, Outcome("failed", reason))
            for reason in (*self._reasons, *more)
        ]


def in_ascii(
    snapshot: Snapshot, ledger: Sequence[LedgerEntry]
) -> tuple[Snapshot, Sequence[LedgerEntry]]:
    """A snapshot's own words in ASCII, which every database can hold, with escapes for the rest."""
    cluster = replace(
        snapshot.cluster,
        context=_ascii(snapshot.cluster.context),
        version=_ascii_or_none(snapshot.cluster.version),
        platform=_ascii(snapshot.cluster.platform),
        uid=_ascii_or_none(snapshot.cluster.uid),
    )
    entries = [
        replace(
            entry,
            read=_ascii(entry.read),
            outcome=replace(entry.outcome, reason=_ascii(entry.outcome.reason)),
        )
        for entry in ledger
    ]
    notes = _ascii_or_none(snapshot.notes)
    return replace(snapshot, cluster=cluster, notes=notes), entries


def _ascii(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()


def _ascii_or_none(text: str | None) -> str | None:
    return None if text is None else _ascii(text)
