"""Summarise a stored snapshot: what it holds and lacks, what is new, what needs attention."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from k8s_datamodel.data.ledger import LedgerEntry
from k8s_datamodel.data.summaries import Breakdown, Concern
from k8s_datamodel.plugins.isolation import guarded
from k8s_datamodel.reading.documents import head
from k8s_datamodel.reading.moments import Moment
from k8s_datamodel.reading.stored_moments import StoredMoment, earlier, identities
from k8s_datamodel.types.field_checks import repeated
from k8s_datamodel.types.foreign_texts import shown
from k8s_datamodel.types.resource_types import ResourceType

Part: TypeAlias = Breakdown | Concern

Summarise: TypeAlias = Callable[[Moment], Iterable[Part]]
"""What ``ResourceType.summary`` names."""

_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Amount:
    """How many records of a type there are, and what is new; None where it is not known.

    Attributes:
        count: of the snapshot.
        before: of the snapshot before.
        new: records that the one before does not have.
        gone: records of the one before that this one does not have.
    """

    count: int | None
    before: int | None = None
    new: int | None = None
    gone: int | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What the summary of a snapshot says.

    Attributes:
        moment: the snapshot.
        before: the newest of the same cluster and namespace before it; None for the first one.
        amounts: by name of type.
        parts: breakdowns and concerns by name of type; of a type whose number is known.
    """

    moment: StoredMoment
    before: StoredMoment | None
    amounts: Mapping[str, Amount]
    parts: Mapping[str, Sequence[Part]]

    @property
    def unread(self) -> list[LedgerEntry]:
        """What could not be read and makes the snapshot incomplete."""
        return [entry for entry in self.moment.ledger if entry.incomplete]

    def breakdowns(self) -> Iterator[tuple[str, Breakdown]]:
        """Each with the name of its type."""
        for name, parts in self.parts.items():
            yield from ((name, each) for each in parts if isinstance(each, Breakdown))

    def concerns(self) -> Iterator[tuple[str, Concern]]:
        """Each with the name of its type."""
        for name, parts in self.parts.items():
            yield from ((name, each) for each in parts if isinstance(each, Concern))


def summarise(
    moment: StoredMoment,
    before: StoredMoment | None,
    parts_of: Callable[[ResourceType], Sequence[Part]],
) -> Summary:
    """The summary of a moment. ``parts_of`` gives what a type adds to it.

    ``before`` is the moment against which it is told what is new.
    """
    types = [each for each in moment.types if moment.asked_for(each)]
    known = [each for each in types if moment.counts.get(each.name) is not None]
    return Summary(
        moment,
        before,
        {each.name: _amount(each, moment, before) for each in types},
        {each.name: parts_of(each) for each in known},
    )


def parts(summarise_type: Summarise, moment: Moment) -> list[Part]:
    """What a type's function gives. Raises TypeError, ValueError, or what the function raises."""
    found = list(guarded(lambda: summarise_type(moment), _AT_ONCE))
    for each in found:
        if not isinstance(each, Part):
            raise TypeError(f"its summary gave {shown(each)}, which is no Breakdown or Concern")
    for wrong in repeated("key", (each.key for each in found)):
        raise ValueError(f"its summary is wrong: {wrong}")
    return found


def document(summary: Summary, every: Sequence[ResourceType]) -> dict[str, Any]:
    """A summary as a document. Its head has the numbers of ``every`` type."""
    moment, before = summary.moment, summary.before
    return {
        "snapshot": head(moment.snapshot, every),
        "unread": [_unread(entry) for entry in summary.unread],
        "before": before and {"id": before.number, "timestamp": before.timestamp},
        "amounts": {name: asdict(each) for name, each in summary.amounts.items()},
        "breakdowns": [
            {
                "resource_type": name,
                "key": each.key,
                "title": each.title,
                "numbers": largest_first(each),
            }
            for name, each in summary.breakdowns()
        ],
        "attention": [
            {
                "resource_type": name,
                "key": each.key,
                "title": each.title,
                "names": list(each.names),
                "unknown": each.unknown or None,
            }
            for name, each in summary.concerns()
        ],
    }


def largest_first(breakdown: Breakdown) -> dict[str, int]:
    """Its numbers, the largest first, those alike by name."""
    return dict(sorted(breakdown.numbers.items(), key=lambda pair: (-pair[1], pair[0])))


def _unread(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "resource_type": entry.resource_type,
        "read": entry.read,
        "status": entry.outcome.status,
        "reason": entry.outcome.reason,
    }


def moment_before(moment: StoredMoment) -> StoredMoment | None:
    """The newest earlier snapshot that was read of as much of the same cluster."""
    alike = (each for each in earlier(moment, moment.store) if each.namespace == moment.namespace)
    return next(alike, None)


def _amount(
    resource_type: ResourceType, moment: StoredMoment, before: StoredMoment | None
) -> Amount:
    name = resource_type.name
    count = moment.counts.get(name)
    earlier_count = before.counts.get(name) if before else None
    if before is None or count is None or earlier_count is None:
        return Amount(count, earlier_count)
    now, then = (set(identities(each, resource_type)) for each in (moment, before))
    return Amount(count, earlier_count, len(now - then), len(then - now))
