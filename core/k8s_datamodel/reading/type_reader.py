"""The reader of the collector of one type, and its entries in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from k8s_datamodel.base.stopwatch import Item, Stage
from k8s_datamodel.contracts.collecting import Evidence
from k8s_datamodel.contracts.sources import ListRequest
from k8s_datamodel.data.asked import Asked
from k8s_datamodel.data.chunks import Chunk
from k8s_datamodel.data.lazy_objects import opened
from k8s_datamodel.data.ledger import INCOMPLETE, Count, LedgerEntry, Outcome, Status
from k8s_datamodel.data.objects import KubernetesObject, Resource
from k8s_datamodel.data.timings import COUNT, LIST, WRITE
from k8s_datamodel.data.traces import Trace
from k8s_datamodel.plugins.stamps import code_stamp
from k8s_datamodel.reading.given_evidence import GivenEvidence
from k8s_datamodel.reading.once.facts import selector_of
from k8s_datamodel.reading.once.known_rows import is_pure
from k8s_datamodel.reading.once.makers import Maker, target_of
from k8s_datamodel.reading.once.unchanged import KnownList
from k8s_datamodel.reading.reader import Reader
from k8s_datamodel.reading.session import Session
from k8s_datamodel.types.resource_types import Read, ResourceType

COUNTS = "instances (count)"
"""Ledger entry that stands for all counts that need no entry of their own."""

TRACES = "instances (who wrote them)"
"""Ledger entry that stands for all kinds whose objects were looked at for who made them."""


class RunTypeReader:
    """The ``contracts.TypeReader`` of one type in one run.

    Attributes:
        kept: records that the store keeps as they are, and no collector makes again.
    """

    def __init__(
        self,
        session: Session,
        reader: Reader,
        resource_type: ResourceType,
        asked: Asked,
        given: GivenEvidence,
    ) -> None:
        self.kept = 0
        self._given = given
        self._session = session
        self._reader = reader
        self._type = resource_type
        self._plugin = reader.registry.owner("type", resource_type.name)
        # What foreign code does with an object is not known, so it gets whole ones.
        self._lazy = self._plugin.builtin or not resource_type.collector
        self._makers: dict[Callable[[KubernetesObject], Any], Callable[[Any], Any]] = {}
        self._asked = asked
        self._reads = {read.resource.name: read for read in resource_type.reads}
        self._outcomes: dict[str, Outcome] = {}
        self._lackable: dict[str, str] = {}
        self._noted: list[Status] = []
        self._counted: dict[tuple[Status, str], Outcome] = {}
        self._seen: dict[tuple[str, Status], tuple[Outcome, int]] = {}

    @property
    def namespace(self) -> str | None:
        """The namespace that limits the run, or None."""
        return self._session.namespace

    @property
    def read_all(self) -> bool:
        """Whether the number of the type's records means something, as far as reads go."""
        needed = (read.resource.name for read in self._type.reads if not read.optional)
        declared = {self._outcomes[name].status for name in needed if name in self._outcomes}
        statuses = {*declared, *self._noted}
        return not (statuses & INCOMPLETE or statuses == {"skipped"} or "skipped" in self._noted)

    @property
    def patterns(self) -> Sequence[str]:
        """What was asked for of a type that is on request."""
        return self._asked.patterns.get(self._type.name, ("*",))

    def wanted(self, values: Mapping[str, Any]) -> bool:
        """Whether a record with these values of some columns can be of use to this run."""
        return self._asked.test(values)

    def objects(self, resource: Resource) -> Iterator[KubernetesObject]:
        """Stream the complete objects of a list."""
        for chunk in self.chunks(resource):
            yield from chunk

    def chunks(self, resource: Resource) -> Iterator[Chunk]:
        """The same, chunk by chunk."""
        listing = self._reader.list(self._read(resource), self._type.name)
        with closing(listing):
            yield from map(self._handed, self._waiting(LIST, listing))
        self._record(resource.name, listing.outcome)

    def chosen(
        self, resource: Resource, namespace: str | None, field_selector: str
    ) -> Iterator[KubernetesObject]:
        """Stream the few objects of one of the type's lists that turned out to matter."""
        request = ListRequest(resource, namespace, field_selector=field_selector)
        with closing(self._reader.chosen(request)) as listing:
            for chunk in self._waiting(LIST, listing):
                yield from chunk
        outcome = listing.outcome
        self._add(resource.name, outcome, outcome.objects)

    def may_lack(self, resource: Resource, reason: str) -> None:
        """Say that the server may not know a kind, and why."""
        self._lackable[resource.name] = reason

    def lists(
        self, wanted: Iterable[tuple[Resource, str]], *, each_recorded: bool = False
    ) -> Iterator[tuple[Resource, Chunk]]:
        """Stream the complete objects of many lists, some of them at the same time.

        Which one ends first is chance; the ledger has them in the order in which they were asked
        for.
        """
        lists = None
        # Of foreign types nobody knows whether their identities tell resources apart.
        if each_recorded and self._plugin.builtin and is_pure(self._type):
            stamp = code_stamp(self._type, self._plugin)
            lists = self._reader.type_lists(self._type, stamp)
        outcomes: dict[Resource, list[Outcome]] = {}

        def asked() -> Iterator[tuple[Resource, str]]:
            for each in wanted:
                outcomes.setdefault(each[0], [])
                yield each

        try:
            for resource, part in self._waiting(LIST, self._reader.lists(asked(), lists)):
                if isinstance(part, Outcome):
                    outcomes[resource].append(self._of_what_is_there(resource, part))
                elif isinstance(part, KnownList):
                    self._keep(part)
                else:
                    yield resource, self._handed(part)
        finally:
            for resource, ended in list(outcomes.items()):
                for outcome in ended:
                    self.note(resource.name, outcome)

    def _keep(self, known: KnownList) -> None:
        with self._session.stopwatch.during(Stage(WRITE, self._type.name)):
            self.kept += known.keep()

    def _handed(self, chunk: Chunk) -> Chunk:
        return chunk if self._lazy else [opened(item) for item in chunk]

    def made(self, function: Callable[[KubernetesObject], Any], item: KubernetesObject) -> Any:
        """What a function makes of one object, and made before."""
        make = self._makers.get(function)
        if make is None:
            make = self._makers[function] = self._maker(function)
        return make(item)

    def _maker(self, function: Callable[[KubernetesObject], Any]) -> Callable[[Any], Any]:
        target = target_of(function)
        if not target or any(read.raw for read in self._type.reads):
            return function
        return Maker(target, function, code_stamp(self._type, self._plugin))

    def facts(self, resource: Resource) -> Sequence[Any]:
        """What this type's read of a resource makes of each object."""
        together = [read for read in self._type.reads if read.fact]
        with self._session.stopwatch.during(Stage(LIST, self._type.name)):
            facts, outcome = self._reader.facts(self._read(resource), self._type.name, together)
        if resource.name not in self._outcomes:
            self._record(resource.name, outcome)
        return facts

    def status(self, resource: Resource) -> Status:
        """How the run's read of a resource ended; reads it if need be."""
        return self._outcome(resource).status

    def whole(self, resource: Resource) -> bool:
        """Whether the source vouches that there is no more of a resource."""
        return self._outcome(resource).whole

    def _outcome(self, resource: Resource) -> Outcome:
        if resource.name not in self._outcomes:
            self.facts(resource)
        return self._outcomes[resource.name]

    def count(self, resources: Sequence[Resource]) -> Iterator[Count]:
        """Count the objects of each resource, in parallel, in the order asked."""
        counts = self._waiting(COUNT, self._session.count(resources))
        return (self._counts(*pair) for pair in zip(resources, counts, strict=True))

    def _waiting(self, stage: str, items: Iterable[Item]) -> Iterator[Item]:
        return self._session.stopwatch.waiting(Stage(stage, self._type.name), items)

    def traces(self, resources: Sequence[Resource]) -> Iterator[Sequence[Trace] | None]:
        """Who made the objects of each kind, in the order asked."""
        listed = dict(self._reader.traces)
        unread = [each for each in resources if each.name not in listed]
        counts = self._waiting(COUNT, self._session.count(unread))
        redactor = self._reader.redactor
        for each in resources:
            traces = listed[each.name] if each.name in listed else self._traced(each, next(counts))
            yield redactor.traces(traces) if redactor and traces else traces

    def evidence(self, item: KubernetesObject) -> Iterator[Evidence]:
        """What plugins know of an object."""
        return self._given.of(item)

    def fault(self, what: str, reason: str) -> None:
        """Put into the ledger that something was read and could not be understood."""
        self._session.note(LedgerEntry(self._type.name, what, Outcome("failed", reason)))

    def note(self, what: str, outcome: Outcome, *, optional: bool = False) -> None:
        """Put into the ledger how something ended that no ``Read`` of the type declares."""
        if not optional:
            self._noted.append(outcome.status)
        self._session.note(LedgerEntry(self._type.name, what, outcome, optional))

    def finish(self) -> None:
        """Write the ledger entries that stand for many counts."""
        for outcome in self._counted.values():
            self._record(COUNTS, outcome)
        for (name, _), (outcome, reads) in self._seen.items():
            optional = name == TRACES or self._reads[name].optional
            more = f" (and {reads - 1} more)" if outcome.reason and reads > 1 else ""
            told = replace(outcome, reason=f"{outcome.reason}{more}")
            self._session.note(LedgerEntry(self._type.name, name, told, optional))

    def _counts(self, resource: Resource, count: Count) -> Count:
        outcome = self._of_what_is_there(resource, count.outcome)
        if outcome.status in INCOMPLETE:
            self._record(f"{resource.name} (count)", outcome)
        else:
            key = (outcome.status, outcome.reason)
            so_far = self._counted.get(key, Outcome(outcome.status, outcome.reason))
            self._counted[key] = added(so_far, outcome, count.value)
        return replace(count, outcome=outcome)

    def _traced(self, resource: Resource, count: Count) -> Sequence[Trace] | None:
        """The traces that a count gives; None if it failed. Dumps give those that they hold."""
        outcome = self._of_what_is_there(resource, count.outcome)
        unread = outcome.status in INCOMPLETE
        if not unread and count.value is None and not count.traces:
            return ()  # of a dump that holds none, which says nothing
        status, reason = (outcome.status, outcome.reason) if unread else ("complete", "")
        seen = None if unread else sum(each.objects for each in count.traces)
        self._add(TRACES, replace(outcome, status=status, reason=reason), seen)
        return None if unread else count.traces

    def _of_what_is_there(self, resource: Resource, outcome: Outcome) -> Outcome:
        return of_what_is_there(outcome, self._lackable.get(resource.name, ""))

    def _add(self, name: str, outcome: Outcome, objects: int | None) -> None:
        """Add a read to those of that name which ended alike; they have one entry."""
        start = Outcome(outcome.status, outcome.reason)
        so_far, reads = self._seen.get((name, outcome.status), (start, 0))
        self._seen[name, outcome.status] = added(so_far, outcome, objects), reads + 1

    def _read(self, resource: Resource) -> Read:
        """The declared read of a resource, which may limit it."""
        return replace(self._reads.get(resource.name, Read(resource)), resource=resource)

    def _record(self, name: str, outcome: Outcome) -> None:
        self._outcomes[name] = outcome
        read = self._reads.get(name)
        selector = read and selector_of(read)
        limited = f"{name} ({selector})" if selector else name
        entry = LedgerEntry(self._type.name, limited, outcome, bool(read and read.optional))
        self._session.note(entry)


def of_what_is_there(outcome: Outcome, lackable: str = "") -> Outcome:
    """How the read of a kind ended that another list tells of: never as absent.

    Args:
        outcome: of the read.
        lackable: why the server may not know the kind; empty if it must.
    """
    if outcome.status != "absent":
        return outcome
    if lackable:
        return replace(outcome, status="skipped", reason=lackable, objects=None)
    reason = f"{outcome.reason}; another list says that this kind is served"
    return replace(outcome, status="failed", reason=reason, objects=None)


def added(so_far: Outcome, outcome: Outcome, number: int | None) -> Outcome:
    """The sum of several counts that ended alike, with one more."""
    return replace(
        so_far,
        requests=so_far.requests + outcome.requests,
        objects=None if number is None else (so_far.objects or 0) + number,
        bytes=so_far.bytes + outcome.bytes,
        seconds=so_far.seconds + outcome.seconds,
    )
