"""Which snapshots of a list to show: by time and by notes."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from k8s_datamodel.base.clock import now
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.naming.moment_times import time_of


@dataclass(frozen=True, slots=True)
class Chosen:
    """Times of the first and the last, and a pattern of notes in lower case; None for any."""

    since: str | None
    until: str | None
    notes: str | None

    @classmethod
    def of(cls, since: str | None, until: str | None, notes: str | None) -> Chosen:
        """From the options. Raises UsageError for what is no time."""
        return cls(
            since and time_of(since, now(), beginning=True),
            until and time_of(until, now()),
            None if notes is None else notes.lower(),
        )

    @property
    def some(self) -> bool:
        """Whether anything is left out."""
        return (self.since, self.until, self.notes) != (None, None, None)

    def fits(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot is one of them."""
        early = self.since is not None and snapshot.timestamp < self.since
        late = self.until is not None and snapshot.timestamp > self.until
        unlike = self.notes is not None and not fnmatchcase(
            (snapshot.notes or "").lower(), self.notes
        )
        return not (early or late or unlike)
