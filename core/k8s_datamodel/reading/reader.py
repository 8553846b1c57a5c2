"""One run's view of a source: each list is read once, each read lands in the ledger."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.base.threads import result_of, side_by_side
from k8s_datamodel.contracts.collecting import Wanted
from k8s_datamodel.contracts.sources import KnownObjects, ListRequest, Source
from k8s_datamodel.data.ledger import INCOMPLETE, Count, LedgerEntry, Outcome, Status
from k8s_datamodel.data.objects import Chunk, KubernetesObject, Resource
from k8s_datamodel.data.snapshots import ClusterInfo
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.reading.door import Door, Passed
from k8s_datamodel.redaction.messages import told, told_entry
from k8s_datamodel.types.builtin_groups import builtin
from k8s_datamodel.types.resource_types import Read, ResourceType
from k8s_datamodel.types.selectors import Selector

PARALLEL = 4
"""Requests at once; more did not help an API server on two cores."""

COUNTS = "instances (count)"
"""Ledger entry that stands for all counts that need no entry of their own."""


_Key: TypeAlias = tuple[str, Selector]
"""Names one list: of which resource, limited to what."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run wants of its types. It may grow.

    Attributes:
        patterns: by type name, for types that are on request; all of a type that is not named.
        test: whether a record with these values of some columns can be of use.
    """

    patterns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    test: Callable[[Mapping[str, Any]], bool] = lambda values: True


ALL = Asked()
"""Everything."""


@dataclass(frozen=True, slots=True)
class _InContext:
    """Known objects of custom resources, which are the same only in the same context."""

    known: KnownObjects
    context: str

    def find(
        self, resource: Resource, versions: Mapping[str, str], context: str = ""
    ) -> Mapping[str, KubernetesObject]:
        return self.known.find(resource, versions, self.context)


@dataclass(slots=True)
class _Facts:
    """What each type wants of one resource's objects, and what was gathered.

    A maker that fails is its own type's fault, whoever streams the list: it is asked no more, and
    ``faults`` keeps what it raised. The makers of the types in ``raw`` get objects as they are.
    """

    makers: dict[str, Callable[[KubernetesObject], Any]] = field(default_factory=dict)
    gathered: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    faults: dict[str, BaseException] = field(default_factory=dict)
    raw: set[str] = field(default_factory=set)

    def take(self, chunk: Passed) -> None:
        for type_name, make in self.makers.items():
            if type_name not in self.faults:
                given = chunk.as_is if type_name in self.raw else chunk.clean
                self._take(type_name, make, given)

    def _take(self, type_name: str, make: Callable[[KubernetesObject], Any], chunk: Chunk) -> None:
        try:
            facts = [make(item) for item in chunk]
        except KeyboardInterrupt:
            raise
        except BaseException as fault:  # a plugin's function may raise anything
            self.faults[type_name] = fault
        else:
            self.gathered[type_name].extend(fact for fact in facts if fact is not None)


@dataclass(slots=True)
class _ListRead:
    """The one read of a list that gathers facts: for which type it was made, how it ended."""

    type_name: str
    outcome: Future[Outcome] = field(default_factory=Future)


class Reader:
    """Reads a source for several resource types in one run.

    Args:
        source: open source; the caller closes it, after this.
        registry: loads the functions that make facts.
        types: the types of the run, whose facts are gathered while a list streams by.
        namespace: limits what is namespaced.
        asked: what is wanted of the types.
        cluster_name: what the user calls the cluster; None for what the source calls it.

    Attributes:
        door: what objects pass before anybody sees them, in a run that stores; None to let them
            pass as they are.
    """

    def __init__(
        self,
        source: Source,
        registry: Registry,
        types: Sequence[ResourceType],
        namespace: str | None = None,
        asked: Asked = ALL,
        cluster_name: str | None = None,
    ) -> None:
        self.ledger: list[LedgerEntry] = []
        self.asked = asked
        self.namespace = namespace
        self._source = source
        self.door: Door | None = None
        self._known: KnownObjects | None = None
        self._note_context: Callable[[Resource, str], None] | None = None
        self._cluster_name = cluster_name
        self._pool = ThreadPoolExecutor(PARALLEL, thread_name_prefix="read")
        self._lock = threading.Lock()
        self._described: Future[ClusterInfo] | None = None
        self._facts: dict[_Key, _Facts] = defaultdict(_Facts)
        self._reads: dict[_Key, _ListRead] = {}
        self._raw = {_key(read) for each in types for read in each.reads if read.raw}
        for resource_type in types:
            for read in resource_type.reads:
                if read.fact:
                    self._prepare(registry, resource_type, read)

    def _prepare(self, registry: Registry, resource_type: ResourceType, read: Read) -> None:
        facts = self._facts[_key(read)]
        if read.raw:
            facts.raw.add(resource_type.name)
        try:
            facts.makers[resource_type.name] = registry.load_fact(resource_type, read)
        except DatamodelError as fault:  # that type's own, when it asks for the facts
            facts.faults[resource_type.name] = fault

    def store_through(
        self,
        door: Door,
        known: KnownObjects | None = None,
        note_context: Callable[[Resource, str], None] | None = None,
    ) -> None:
        """Read for a snapshot. Called before the first list.

        Args:
            door: what objects pass before anybody sees them.
            known: objects that need not be read again; None to read everything.
            note_context: keeps what custom resources can be known by; None where nothing does.
        """
        self.door, self._known, self._note_context = door, known, note_context

    def close(self, *, patient: bool = True) -> None:
        """End the threads; what they still wait for is thrown away.

        Args:
            patient: wait until they have ended. A server that is silent can make that a minute.
        """
        self._pool.shutdown(wait=patient, cancel_futures=True)

    def record(self, entry: LedgerEntry) -> None:
        """Add to the ledger; safe in threads."""
        entry = told_entry(entry)
        with self._lock:
            self.ledger.append(entry)

    def describe(self) -> Future[ClusterInfo]:
        """What the source says of its cluster, read once, beside the lists."""
        if self._described is None:
            self._described = self._pool.submit(self._describe)
        return self._described

    def _describe(self) -> ClusterInfo:
        found = self._source.describe(self.record)
        return replace(found, context=self._cluster_name) if self._cluster_name else found

    def stream(self, wanted: Resource | Read, type_name: str) -> Generator[Chunk, None, Outcome]:
        """Chunks of a list; the facts of all types are gathered as they pass."""
        wanted = Read(wanted) if isinstance(wanted, Resource) else wanted
        key = _key(wanted)
        read = _ListRead(type_name)
        if self._reads.setdefault(key, read) is not read:
            return (yield from self._chunks(wanted, _Facts()))
        facts = self._facts[key]
        try:
            outcome = yield from self._chunks(wanted, facts)
        except BaseException:  # left half-way: whoever wants its facts must read it anew
            del self._reads[key]
            facts.gathered.clear()
            raise
        read.outcome.set_result(outcome)
        return outcome

    def facts(
        self, wanted: Read, type_name: str, together: Sequence[Read] = ()
    ) -> tuple[Sequence[Any], Outcome]:
        """The facts a type wants of a list, and how its read ended.

        ``together`` are lists that will be asked for next: they are read at the same time.
        """
        for each in (wanted, *together):
            if _key(each) not in self._reads:
                future = self._pool.submit(self._drain, each)
                self._reads[_key(each)] = _ListRead(type_name, future)
        read = self._reads[_key(wanted)]
        outcome = result_of(read.outcome)
        if read.type_name != type_name:  # the requests stand in the ledger of who made them
            outcome = replace(outcome, requests=0, bytes=0, seconds=0.0, reused=0)
        facts = self._facts[_key(wanted)]
        if type_name in facts.faults:
            raise facts.faults[type_name]
        return facts.gathered[type_name], outcome

    def count(self, resources: Sequence[Resource]) -> Iterator[Count]:
        """Counts, started at once and given in order."""
        futures = [self._pool.submit(self._source.count, r, self.namespace) for r in resources]
        counts = map(result_of, futures)
        return (replace(count, outcome=told(count.outcome)) for count in counts)

    def lists(
        self, wanted: Iterable[Wanted]
    ) -> Generator[tuple[Resource, Chunk | Outcome], None, None]:
        """Chunks of many lists as they come; after those of a list, how it ended."""

        def read(each: Wanted) -> Generator[Chunk, None, Outcome]:
            known = self._known_in(each.context)
            chunks = self._source.list(ListRequest(each.resource, self.namespace, known))
            return self._clean(chunks)

        with closing(side_by_side(wanted, read, PARALLEL)) as chunks:
            for each, chunk in chunks:
                if isinstance(chunk, Outcome) and each.context and self._note_context:
                    self._note_context(each.resource, each.context)
                yield each.resource, chunk

    def _known_in(self, context: str) -> KnownObjects | None:
        """A custom resource reads differently when its CRD changed, though it did not itself."""
        if self._known is None or self._note_context is None or not context:
            return None
        return _InContext(self._known, context)

    def _chunks(self, read: Read, facts: _Facts) -> Generator[Chunk, None, Outcome]:
        selector = _selector(read)
        request = ListRequest(
            read.resource,
            self.namespace,
            self._reusable(read),
            selector.labels,
            selector.fields,
        )
        passing = self._passing(self._source.list(request), selector, raw=_key(read) in self._raw)
        while True:
            try:
                passed = next(passing)
            except StopIteration as end:
                outcome: Outcome = end.value
                return outcome
            facts.take(passed)
            yield passed.as_is if read.raw else passed.clean

    def _clean(self, chunks: Generator[Chunk, None, Outcome]) -> Generator[Chunk, None, Outcome]:
        passing = self._passing(chunks, Selector())
        while True:
            try:
                yield next(passing).clean
            except StopIteration as end:
                outcome: Outcome = end.value
                return outcome

    def _passing(
        self, chunks: Generator[Chunk, None, Outcome], selector: Selector, *, raw: bool = False
    ) -> Generator[Passed, None, Outcome]:
        """What a source gives, of it what is selected, behind the door."""
        number = 0
        refused: list[str] = []
        while True:
            try:
                chunk = next(chunks)
            except StopIteration as end:
                outcome: Outcome = end.value
                if selector and outcome.objects is not None:
                    outcome = replace(outcome, objects=number)
                return told(_without(outcome, refused))
            if selector:  # a source may give more than it was asked for
                chunk = [item for item in chunk if selector.matches(item)]
                number += len(chunk)
            passed = self.door.chunk(chunk, raw=raw) if self.door else Passed(chunk, chunk, [])
            refused += passed.refused
            yield passed

    def _reusable(self, read: Read) -> KnownObjects | None:
        """A custom resource may read differently although it did not change; built-in kinds not.

        What is stored is not what the object is to one who reads it as it is.
        """
        return self._known if builtin(read.resource) and _key(read) not in self._raw else None

    def _drain(self, read: Read) -> Outcome:
        chunks = self._chunks(read, self._facts[_key(read)])
        while True:
            try:
                next(chunks)
            except StopIteration as end:
                outcome: Outcome = end.value
                return outcome


def _without(outcome: Outcome, refused: Sequence[str]) -> Outcome:
    """How a read ended, once some of its objects were left out."""
    if not refused:
        return outcome
    more = f", and {len(refused) - 1} more" if len(refused) > 1 else ""
    reasons = filter(None, (outcome.reason, f"{refused[0]}{more}: left out"))
    return replace(
        outcome,
        status="failed" if outcome.status == "complete" else outcome.status,
        reason="; ".join(reasons),
        objects=None if outcome.objects is None else outcome.objects - len(refused),
    )


def _key(read: Read) -> _Key:
    return read.resource.name, _selector(read)


def _selector(read: Read) -> Selector:
    return Selector(read.label_selector, read.field_selector)


def _of_what_is_there(outcome: Outcome) -> Outcome:
    """How the read of a kind ended that is served, as another list says: never as absent."""
    if outcome.status != "absent":
        return outcome
    reason = f"{outcome.reason}; another list says that this kind is served"
    return replace(outcome, status="failed", reason=reason, objects=None)


class TypeContext:
    """The ``contracts.CollectContext`` of one type in one run."""

    def __init__(self, reader: Reader, resource_type: ResourceType) -> None:
        self._reader = reader
        self._type = resource_type
        self._reads = {read.resource.name: read for read in resource_type.reads}
        self._outcomes: dict[str, Outcome] = {}
        self.discovered: list[Status] = []
        self._counted: dict[tuple[Status, str], Outcome] = {}

    @property
    def namespace(self) -> str | None:
        """The namespace that limits the run, or None."""
        return self._reader.namespace

    @property
    def required(self) -> Sequence[Status]:
        """How the reads that are not optional ended."""
        needed = (read.resource.name for read in self._type.reads if not read.optional)
        declared = [self._outcomes[name].status for name in needed if name in self._outcomes]
        return [*declared, *self.discovered]

    @property
    def patterns(self) -> Sequence[str]:
        """What was asked for of a type that is on request."""
        return self._reader.asked.patterns.get(self._type.name, ("*",))

    def wanted(self, values: Mapping[str, Any]) -> bool:
        """Whether a record with these values of some columns can be of use to this run."""
        return self._reader.asked.test(values)

    def lists(self, wanted: Iterable[Wanted]) -> Iterator[tuple[Resource, Chunk]]:
        """Stream the complete objects of many lists, some of them at the same time."""
        for resource, chunk in self._reader.lists(self._readable(wanted)):
            if isinstance(chunk, Outcome):
                self._discover(resource, _of_what_is_there(chunk))
            else:
                yield resource, chunk

    def _readable(self, wanted: Iterable[Wanted]) -> Iterator[Wanted]:
        for each in wanted:
            if each.ending:
                self._discover(each.resource, each.ending)
            else:
                yield each

    def _discover(self, resource: Resource, outcome: Outcome) -> None:
        self.discovered.append(outcome.status)
        self._reader.record(LedgerEntry(self._type.name, resource.name, outcome))

    def objects(self, resource: Resource) -> Iterator[KubernetesObject]:
        """Stream the complete objects of a list."""
        for chunk in self.chunks(resource):
            yield from chunk

    def chunks(self, resource: Resource) -> Iterator[Chunk]:
        """The same, chunk by chunk."""
        outcome = yield from self._reader.stream(self._read(resource), self._type.name)
        self._record(resource.name, outcome)

    def facts(self, resource: Resource) -> Sequence[Any]:
        """What this type's read of a resource makes of each object."""
        together = [read for read in self._type.reads if read.fact]
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
        counts = self._reader.count(resources)
        return (self._note(*pair) for pair in zip(resources, counts, strict=True))

    def fault(self, what: str, reason: str) -> None:
        """Put into the ledger that something was read and could not be understood."""
        self._reader.record(LedgerEntry(self._type.name, what, Outcome("failed", reason)))

    def note(self, what: str, outcome: Outcome, *, optional: bool = False) -> None:
        """Put into the ledger what was found out of something that is no list."""
        if not optional:
            self.discovered.append(outcome.status)
        self._reader.record(LedgerEntry(self._type.name, what, outcome, optional))

    def finish(self) -> None:
        """Write the ledger entries that stand for many counts."""
        for outcome in self._counted.values():
            self._record(COUNTS, outcome)

    def _note(self, resource: Resource, count: Count) -> Count:
        count = replace(count, outcome=_of_what_is_there(count.outcome))
        outcome = count.outcome
        if outcome.status in INCOMPLETE:
            self._record(f"{resource.name} (count)", outcome)
            return count
        key = (outcome.status, outcome.reason)
        so_far = self._counted.get(key, Outcome(outcome.status, outcome.reason))
        self._counted[key] = replace(
            so_far,
            requests=so_far.requests + outcome.requests,
            objects=(so_far.objects or 0) + count.value if count.value is not None else None,
            bytes=so_far.bytes + outcome.bytes,
            seconds=so_far.seconds + outcome.seconds,
        )
        return count

    def _read(self, resource: Resource) -> Read:
        """The declared read of a resource, which may limit it."""
        return replace(self._reads.get(resource.name, Read(resource)), resource=resource)

    def _record(self, name: str, outcome: Outcome) -> None:
        self._outcomes[name] = outcome
        read = self._reads.get(name)
        limited = f"{name} ({_selector(read)})" if read and _selector(read) else name
        entry = LedgerEntry(self._type.name, limited, outcome, bool(read and read.optional))
        self._reader.record(entry)
