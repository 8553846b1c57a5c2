"""Which snapshots of a list to show: by time and by notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from fnmatch import fnmatchcase

from k8s_datamodel.base.clock import now
from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.data.snapshots import Snapshot
from k8s_datamodel.naming.retention import age

_DAY = len("2026-11-01")


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
            since and time_of(since),
            until and time_of(until, end=True),
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


def time_of(text: str, *, end: bool = False) -> str:
    """A time that a user typed, as snapshots have theirs: UTC unless it has an offset.

    ``end``: a day alone means its end. Raises UsageError.
    """
    words = text.strip()
    today = now()[:_DAY]
    if words in ("today", "yesterday"):
        day = datetime.fromisoformat(today) - timedelta(days=words == "yesterday")
        words = day.isoformat()[:_DAY]
    try:
        if words.endswith(" ago"):
            time = datetime.fromisoformat(now()) - age(words.removesuffix(" ago"))
        else:
            time = datetime.fromisoformat(f"{words[:-1]}+00:00" if words[-1:] in "Zz" else words)
    except (ValueError, OverflowError, UsageError):
        raise UsageError(
            f'{text!r} is no time; use for example 2026-11-01, "2026-11-01 08:00", '
            'yesterday or "3 days ago"'
        ) from None
    if time.tzinfo is not None:
        time = time.astimezone(timezone.utc).replace(tzinfo=None)
    if end and len(words) == _DAY:
        time += timedelta(days=1, seconds=-1)
    return time.isoformat(" ", "seconds")
