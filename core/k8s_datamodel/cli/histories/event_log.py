"""What happened in all clusters of a store: the changes between each snapshot and those before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from k8s_datamodel.cli.histories.stages import EVERYTHING_READ, Stages, point
from k8s_datamodel.cli.histories.time_limits import Limits
from k8s_datamodel.comparing.changes import Change, Gap
from k8s_datamodel.comparing.comparability import Reading
from k8s_datamodel.comparing.side_by_side import EntryPair, key_of
from k8s_datamodel.comparing.sides import DigestingStore, Entry
from k8s_datamodel.comparing.type_comparisons import Looks, Wanted
from k8s_datamodel.contracts.stores import SnapshotQuery
from k8s_datamodel.data.snapshots import FROM_FILES, ClusterInfo, Snapshot
from k8s_datamodel.naming.snapshot_names import newest_first
from k8s_datamodel.reading.stored_moments import cluster_keys
from k8s_datamodel.types.resource_types import ResourceType


@dataclass(frozen=True, slots=True)
class Event:
    """A change, and between which snapshots of which cluster it lies."""

    old: Snapshot
    new: Snapshot
    change: Change

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        cluster = {"context": self.new.cluster.context, "uid": self.new.cluster.uid}
        moments = {"from": point(self.old).document(), "to": point(self.new).document()}
        return {**moments, "cluster": cluster, **self.change.document()}


@dataclass(frozen=True, slots=True)
class _Partial:
    """An older snapshot that does not tell of everything, and what it tells of."""

    snapshot: Snapshot
    reading: Reading
    identities: frozenset[tuple[Any, ...]]


@dataclass(slots=True)
class Log:
    """The changes in a store, while ``events`` is iterated.

    Attributes:
        stages: the snapshots as sides.
        looks: how changes are looked at.
        types: whose things are told of, in their order.
        wanted: which things are told of.
        cluster: context or UID of the only cluster; None for all.
        limits: of time.
        gaps: what could not be compared, once all is told.
        unknown: how many fields nobody knows, once all is told.
    """

    stages: Stages
    looks: Looks
    types: Sequence[ResourceType]
    wanted: Wanted
    cluster: str | None = None
    limits: Limits = field(default_factory=Limits)
    gaps: list[Gap] = field(default_factory=list)
    unknown: int = 0
    _settled: set[tuple[str, str]] = field(default_factory=set)

    def events(self) -> Iterator[Event]:
        """The changes, the newest snapshot first; by type and identity within one."""
        heads = _Heads(self.stages, self.cluster)
        for number, new in enumerate(heads):
            if self.limits.since and new.timestamp < self.limits.since:
                if not heads.later_follow(self.limits.since, new):
                    return
                continue
            for resource_type in self.types:
                yield from self._of_type(new, resource_type, heads.older(number, new))

    def _of_type(
        self, new: Snapshot, resource_type: ResourceType, older: Iterator[Snapshot]
    ) -> Iterator[Event]:
        """The changes of one type: compared with the snapshot before that read it.

        Where that tells of a part only, the rest is compared with the one before, and so on.
        """
        reading = self.stages.reading(new, resource_type)
        self._note(new, resource_type, reading)
        if reading.nothing:
            return
        passed: list[_Partial] = []
        rest: frozenset[tuple[Any, ...]] | None = None
        for old in older:
            read = self.stages.reading(old, resource_type)
            if read.nothing:
                continue
            yield from self._between(old, new, resource_type, passed)
            if _tells_all(read, reading, old, new):
                return
            names = frozenset(e.identity for e in self.stages.entries(old.id, resource_type))
            passed.append(_Partial(old, read, names))
            if reading.gaps:  # then nothing is known to be gone, and only what is there matters
                if rest is None:
                    there = self.stages.entries(new.id, resource_type)
                    rest = frozenset(each.identity for each in there)
                rest -= names
                if not rest:
                    return

    def _between(
        self,
        old: Snapshot,
        new: Snapshot,
        resource_type: ResourceType,
        passed: Sequence[_Partial],
    ) -> Iterator[Event]:
        if not self.limits.overlap(old.timestamp, new.timestamp):
            return
        name = resource_type.name
        number, before = new.counts.get(name), old.counts.get(name)
        if number == before == 0 or self.stages.alike(old.id, new.id, name):
            return
        pairs = [
            pair
            for pair in self.stages.differing(
                old.id, new.id, resource_type, same_number=number is not None and number == before
            )
            if self._asked(resource_type, pair)
            and self._certain((old, new), resource_type, pair)
            and not self._told((old, new), resource_type, pair, passed)
        ]
        if not pairs:
            return
        compared = self.stages.comparison((old.id, new.id), resource_type, pairs, self.looks)
        for change in compared.changes():
            yield Event(old, new, change)
        self.unknown += len(compared.unknown)

    def _note(self, new: Snapshot, resource_type: ResourceType, reading: Reading) -> None:
        """Note what a snapshot lacks and none after it tells, other than what nobody asked for."""
        name = resource_type.name
        settled = new.cluster.key, name
        if not reading.gaps:
            self._settled.add(settled)
        elif settled not in self._settled:
            self.gaps += [replace(e, type_name=name) for e in reading.gaps if e.status != "no-type"]

    def _asked(self, resource_type: ResourceType, pair: EntryPair) -> bool:
        return self.wanted(resource_type, key_of(resource_type, pair))

    def _certain(
        self, both: tuple[Snapshot, Snapshot], resource_type: ResourceType, pair: EntryPair
    ) -> bool:
        """Whether a thing that only one of two snapshots has is not there in the other."""
        if None not in pair:
            return True
        has, lacks = both if pair[0] else both[::-1]
        if lacks.cluster.source == FROM_FILES != has.cluster.source:
            return False
        reading = self.stages.reading(lacks, resource_type)
        return reading is EVERYTHING_READ or self._is_absent(reading, both, resource_type, pair)

    def _is_absent(
        self,
        reading: Reading,
        both: tuple[Snapshot, Snapshot],
        resource_type: ResourceType,
        pair: EntryPair,
    ) -> bool:
        """Whether a snapshot that read this, and lacks a thing, would have it if it was there."""
        named = dict(zip(resource_type.identity, _entry(pair).identity, strict=True))
        kind = self._kind(both, resource_type, pair)
        return reading.lacks(named.get("namespace"), kind) is None

    def _told(
        self,
        both: tuple[Snapshot, Snapshot],
        resource_type: ResourceType,
        pair: EntryPair,
        passed: Sequence[_Partial],
    ) -> bool:
        """Whether a snapshot in between tells of a thing, which is compared with that one."""
        identity = _entry(pair).identity
        if not passed:
            return False
        if any(identity in each.identities for each in passed):
            return True
        readings = (each.reading for each in passed)
        return any(self._is_absent(each, both, resource_type, pair) for each in readings)

    def _kind(
        self, both: tuple[Snapshot, Snapshot], resource_type: ResourceType, pair: EntryPair
    ) -> str:
        """The read that a thing comes from, of a type that reads one list a kind."""
        defined_by = self.looks.rules.defined_by
        if not resource_type.on_request or defined_by is None:
            return ""
        entry, at = _entry(pair), both[0] if pair[0] else both[1]
        row = entry.held
        if row is None:
            store = cast(DigestingStore, self.stages.store)
            found = store.records(at.id, resource_type.name, objects=False, only=[entry.key])
            row = next(iter(found), {})
        named = defined_by.identity(row)
        return str(named[0]) if named else ""


def _tells_all(read: Reading, reading: Reading, old: Snapshot, new: Snapshot) -> bool:
    """Whether an older snapshot tells of all that the newer one may show."""
    more = (reading.kinds or frozenset()) - (read.kinds or frozenset())
    kinds = read.kinds is None or not any(read.lacks(None, each) for each in more)
    within = read.namespace in (None, reading.namespace)
    same = (old.cluster.source == FROM_FILES) is (new.cluster.source == FROM_FILES)
    return not read.gaps and kinds and within and same


def _entry(pair: EntryPair) -> Entry:
    found = pair[0] or pair[1]
    assert found is not None  # noqa: S101 - one of both is there
    return found


class _Heads:
    """What snapshots say of themselves, the newest first; as far back as somebody asks."""

    def __init__(self, stages: Stages, cluster: str | None) -> None:
        self._store = stages.store
        self._unread = (
            each
            for each in newest_first(stages.store)
            if cluster is None or cluster in (each.cluster.context, each.cluster.uid)
        )
        self._read: list[Snapshot] = []
        self._later: set[int] | None = None
        self._keys: Callable[[ClusterInfo], str] | None = None

    def __iter__(self) -> Iterator[Snapshot]:
        return self._from(0)

    def older(self, number: int, new: Snapshot) -> Iterator[Snapshot]:
        """The snapshots of one's cluster before it."""
        found = self._from(number + 1)
        return (each for each in found if self._key(each.cluster) == self._key(new.cluster))

    def _key(self, cluster: ClusterInfo) -> str:
        """What tells clusters apart; all snapshots are read for one that does not say it."""
        if cluster.uid:
            return cluster.uid
        if self._keys is None:
            self._keys = cluster_keys(self._store.snapshots())
        return self._keys(cluster)

    def later_follow(self, time: str, at: Snapshot) -> bool:
        """Whether a snapshot behind one is later than a time all the same: a clock was wrong."""
        if self._later is None:
            later = self._store.snapshots(SnapshotQuery(later_than=time))
            self._later = {each.id for each in later if each.timestamp > time}
            self._later -= {each.id for each in self._read}
        self._later.discard(at.id)
        return bool(self._later)

    def _from(self, number: int) -> Iterator[Snapshot]:
        while True:
            while number >= len(self._read):
                found = next(self._unread, None)
                if found is None:
                    return
                self._read.append(found)
            yield self._read[number]
            number += 1
