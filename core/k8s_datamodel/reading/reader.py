"""Read each list of one run once, redacted, and gather the facts of all types."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from k8s_datamodel.base.threads import result_of, side_by_side
from k8s_datamodel.contracts.sources import ListRequest, ReusableObjects
from k8s_datamodel.data.chunks import Chunk, Listing
from k8s_datamodel.data.ledger import Outcome
from k8s_datamodel.data.objects import Resource
from k8s_datamodel.data.traces import Trace
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.reading.once.facts import Facts, ListKey, facts_by_list, key_of, selector_of
from k8s_datamodel.reading.once.known_traces import ListTraces, Traced
from k8s_datamodel.reading.once.unchanged import KnownList, StoredLists, TypeLists
from k8s_datamodel.reading.run_redactor import RedactedChunk, RunRedactor
from k8s_datamodel.reading.session import PARALLEL, Session
from k8s_datamodel.redaction.messages import told
from k8s_datamodel.types.builtin_groups import builtin
from k8s_datamodel.types.resource_types import Read, ResourceType
from k8s_datamodel.types.selectors import Selector


@dataclass(frozen=True, slots=True)
class Passage:
    """What stands between the source and whoever reads it.

    Attributes:
        redactor: redacts the objects of a run that stores; None to leave them as they are.
        reusable: objects that need not be read again; None to read everything.
        by_definition: custom resources are reusable, too, as their definitions are stored.
        lists: keeps the records of lists that did not change; None for a run that stores nothing.
    """

    redactor: RunRedactor | None = None
    reusable: ReusableObjects | None = None
    by_definition: bool = False
    lists: StoredLists | None = None


OPEN = Passage()
"""Of a run that stores nothing."""


@dataclass(slots=True)
class _ListRead:
    """The one read of a list that gathers facts: for which type it was made, how it ended."""

    type_name: str
    outcome: Future[Outcome] = field(default_factory=Future)


class Reader:
    """Reads the lists of a run's types.

    Attributes:
        definitions: of the custom resources that ``lists`` gave.
        traces: who made them, by name of the resource.
    """

    def __init__(
        self,
        session: Session,
        registry: Registry,
        types: Sequence[ResourceType],
        passage: Passage = OPEN,
    ) -> None:
        self.redactor = passage.redactor
        self.registry = registry
        self.definitions: dict[Resource, str] = {}
        self.traces: dict[str, Sequence[Trace]] = {}
        self._session = session
        self._passage = passage
        self._facts = facts_by_list(registry, types)
        self._reads: dict[ListKey, _ListRead] = {}
        self._streamed = {key_of(read) for each in types for read in each.reads if read.streamed}
        self._raw = {key_of(read) for each in types for read in each.reads if read.raw}

    def list(self, read: Read, type_name: str) -> Listing:
        """A list for one type; the facts of all types are gathered as its objects pass."""
        return Listing(self._list(read, type_name))

    def _list(self, wanted: Read, type_name: str) -> Iterator[Chunk | Outcome]:
        key = key_of(wanted)
        read = _ListRead(type_name)
        if self._reads.setdefault(key, read) is not read:
            yield from self._parts(wanted, Facts())
            return
        facts = self._facts[key]
        listing = Listing(self._parts(wanted, facts))
        try:
            yield from listing
        except BaseException:  # left half-way: whoever wants its facts must read it anew
            del self._reads[key]
            facts.gathered.clear()
            raise
        read.outcome.set_result(listing.outcome)
        yield listing.outcome

    def facts(
        self, wanted: Read, type_name: str, together: Sequence[Read] = ()
    ) -> tuple[Sequence[Any], Outcome]:
        """The facts a type wants of a list, and how its read ended.

        ``together`` are lists that will be asked for next: they are read at the same time.
        """
        for each in (wanted, *together):
            self._gather(each, type_name)
        read = self._reads[key_of(wanted)]
        outcome = result_of(read.outcome)
        if read.type_name != type_name:  # the ledger has the requests under the other type
            outcome = replace(outcome, requests=0, bytes=0, seconds=0.0, reused=0)
        facts = self._facts[key_of(wanted)]
        if type_name in facts.faults:
            raise facts.faults[type_name]
        return facts.gathered[type_name], outcome

    def ahead(self, types: Sequence[ResourceType]) -> None:
        """Begin to read what these types will ask for, while others are read.

        Lists that only give facts are read to their end, of others the first chunk is asked for.
        """
        for each in types:
            for read in each.reads:
                if read.streamed:
                    self._session.begin(self._request(read))
                elif read.fact and key_of(read) not in self._streamed:
                    self._gather(read, each.name)

    def _gather(self, wanted: Read, type_name: str) -> None:
        """Read a list for its facts alone, in another thread, unless that was begun before."""
        key = key_of(wanted)
        if key not in self._reads:
            listing = Listing(self._parts(wanted, self._facts[key]))
            future = self._session.pool.submit(listing.drain)
            self._reads[key] = _ListRead(type_name, future)

    def chosen(self, request: ListRequest) -> Listing:
        """What a request gives that only one type makes, redacted."""
        return Listing(self._chosen(request))

    def _chosen(self, request: ListRequest) -> Iterator[Chunk | Outcome]:
        selector = Selector(request.label_selector, request.field_selector)
        with closing(self._passing(request, selector)) as parts:
            for part in parts:
                yield part if isinstance(part, Outcome) else part.clean

    def type_lists(self, resource_type: ResourceType, stamp: str) -> TypeLists | None:
        """What keeps the records of a type whose lists did not change; None if nothing does."""
        # A list of one namespace is none of the whole cluster.
        lists = None if self._session.namespace else self._passage.lists
        return lists.of(resource_type, stamp) if lists and self._passage.by_definition else None

    def lists(
        self, wanted: Iterable[tuple[Resource, str]], lists: TypeLists | None = None
    ) -> Iterator[tuple[Resource, Chunk | KnownList | Outcome]]:
        """Many lists of custom resources, some at once: chunks, and for each list its outcome.

        Each resource comes with its definition, under which objects may be reused. With ``lists``,
        one that did not change comes as it is known, in place of its chunks.
        """
        storable: set[Resource] = set()

        def read(each: tuple[Resource, str]) -> Generator[Chunk | KnownList | Outcome, None, None]:
            resource, definition = each
            if self._session.is_empty(resource):
                self.traces[resource.name] = ()
                yield Outcome("complete", objects=0)
                return
            # A custom resource reads differently when its CRD changed, though it did not itself.
            same = definition and self._passage.by_definition
            reusable = self._passage.reusable if same else None
            known = lists.known(resource, definition) if lists and reusable else None
            traced = Traced(reusable, known) if reusable else None
            request = ListRequest(resource, self._session.namespace, traced, definition=definition)
            traces = ListTraces()
            for part in self._passing(request, Selector()):
                if not isinstance(part, Outcome):
                    traces.add(part)
                    yield part.clean
                    continue
                if traced and (unchanged := traced.unchanged_list):
                    self.traces[resource.name] = unchanged.traces
                    yield unchanged
                else:
                    self.traces[resource.name] = traces.traces()
                if traces.storable and part.status == "complete":
                    storable.add(resource)
                yield part

        with closing(side_by_side(wanted, read, PARALLEL, self._session.lists_at_once)) as parts:
            for (resource, definition), part in parts:
                if isinstance(part, Outcome) and definition:
                    self.definitions[resource] = definition
                    if lists and resource in storable:
                        lists.note(resource, self.traces[resource.name])
                yield resource, part

    def _parts(self, read: Read, facts: Facts) -> Iterator[Chunk | Outcome]:
        """A list as one type reads it; the facts of all types are made of its objects."""
        raw = key_of(read) in self._raw
        for part in self._passing(self._request(read), selector_of(read), raw=raw):
            if isinstance(part, Outcome):
                yield part
            else:
                facts.take(part)
                yield part.as_is if read.raw else part.clean

    def _request(self, read: Read) -> ListRequest:
        selector = selector_of(read)
        # A custom resource may read differently although it did not change; built-in kinds do not.
        # What is stored is not the object as it is.
        same = builtin(read.resource) and key_of(read) not in self._raw
        reusable = self._passage.reusable if same else None
        return ListRequest(
            read.resource, self._session.namespace, reusable, selector.labels, selector.fields
        )

    def _passing(
        self, request: ListRequest, selector: Selector, *, raw: bool = False
    ) -> Generator[RedactedChunk | Outcome, None, None]:
        """The selected objects that the source gives, redacted, and how that ended."""
        redactor = self.redactor
        number = 0
        refused: list[str] = []
        with closing(self._session.list(request)) as listing:
            for given in listing:
                chunk = given
                if selector:  # a source may give more than it was asked for
                    chunk = [item for item in given if selector.matches(item)]
                    number += len(chunk)
                passed = (
                    redactor.chunk(chunk, raw=raw) if redactor else RedactedChunk(chunk, chunk, [])
                )
                refused += passed.refused
                yield passed
        outcome = listing.outcome
        if selector and outcome.objects is not None:
            outcome = replace(outcome, objects=number)
        yield told(without_refused(outcome, refused))


def without_refused(outcome: Outcome, refused: Sequence[str]) -> Outcome:
    """How a read ended, once some of its objects were left out, each for a reason."""
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
