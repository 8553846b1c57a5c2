"""The protocols of a collector and of its reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from k8s_datamodel.data.chunks import Chunk
from k8s_datamodel.data.ledger import Count, Outcome, Status
from k8s_datamodel.data.objects import KubernetesObject, Record, Resource
from k8s_datamodel.data.traces import Trace


class Evidence(NamedTuple):
    """One thing that a plugin knows of an object.

    Attributes:
        by: name of the ``EvidenceSpec``.
        word: a word that the type knows.
        value: what it says.
    """

    by: str
    word: str
    value: str


class TypeReader(Protocol):
    """Reads for the collector of one type. Every read lands in the ledger, under that type."""

    @property
    def namespace(self) -> str | None:
        """The namespace that limits the run, or None."""

    def objects(self, resource: Resource) -> Iterator[KubernetesObject]:
        """Stream the complete objects of a list. Ends early, without an exception, at a fault."""

    def chunks(self, resource: Resource) -> Iterator[Chunk]:
        """The same, chunk by chunk, for collectors that start counts for a chunk at once."""

    def facts(self, resource: Resource) -> Sequence[Any]:
        """What the type's ``Read`` of this resource makes of each object; nothing at a fault."""

    def made(self, function: Callable[[KubernetesObject], Any], item: KubernetesObject) -> Any:
        """What a function makes of one object alone; not made anew where a store has it.

        Args:
            function: of a module, pure and annotated as ``Read.pure`` says.
            item: as this reader gave it.
        """

    def status(self, resource: Resource) -> Status:
        """How the run's read of a resource ended: unknown is not none. Reads it if need be."""

    def whole(self, resource: Resource) -> bool:
        """Whether the source vouches that what it gave of a resource is all that there is.

        A dump often cannot, though its read is ``complete``. Reads the resource if need be.
        """

    @property
    def patterns(self) -> Sequence[str]:
        """What was asked for of a type that is on request, ``("*",)`` for all of it."""

    def wanted(self, values: Mapping[str, Any]) -> bool:
        """Whether a record with these values of some columns can be of use to this run.

        Where it cannot, as a filter would drop it, a collector need not read it.
        """

    def may_lack(self, resource: Resource, reason: str) -> None:
        """Say, before a kind is listed or counted, that the server may not know it, and why.

        If the source then answers that there is no such kind, that read is ``skipped`` for this
        reason, and not ``failed``. What a source does hold of the kind, as a dump may, is read.
        """

    def lists(
        self, wanted: Iterable[tuple[Resource, str]], *, each_recorded: bool = False
    ) -> Iterator[tuple[Resource, Chunk]]:
        """Stream the complete objects of many lists, some of them at the same time.

        For types on request: no ``Read`` need name these lists. Each list lands in the ledger;
        the chunks of one list come in order. A list of a kind that the server does not serve is
        ``failed``, as another list said that the kind is there, but see ``may_lack``.

        Args:
            wanted: what to list, each with its definition: a text that changes whenever the same
                stored object could read differently, such as uid and generation of the CRD. Where
                it is empty, no object is reused.
            each_recorded: each object becomes one record, of nothing but the object and its
                resource. Of a ``pure`` built-in type a list that did not change since it was stored
                is then not given at all: the host keeps its records.
        """

    def chosen(
        self, resource: Resource, namespace: str | None, field_selector: str
    ) -> Iterator[KubernetesObject]:
        """Stream the few objects of one of the type's lists that turned out to matter.

        Without a namespace, those of all.
        A ``Read`` of the type names the list, so that its right is known; where that is optional,
        these are, too. All such requests for a resource are one entry in the ledger for each way
        in which they ended.
        """

    def count(self, resources: Sequence[Resource]) -> Iterator[Count]:
        """Count the objects of each resource, in the order asked.

        All are started at once, in parallel; iterating waits for one after the other. The count
        of a kind that the server does not serve is ``failed``, but see ``may_lack``.
        """

    def traces(self, resources: Sequence[Resource]) -> Iterator[Sequence[Trace] | None]:
        """Who made the objects of each kind, in the order asked, as far as some objects tell.

        Those are all objects of a kind that the run lists or a dump holds, else the few whose
        metadata counting reads; a kind is counted once in a run. None for a kind that cannot be
        read, which is in the ledger as optional.
        """

    def evidence(self, item: KubernetesObject) -> Iterator[Evidence]:
        """What plugins know of an object, see ``EvidenceSpec``.

        A plugin that fails is in the ledger and not asked again; the snapshot is then incomplete.
        """

    def fault(self, what: str, reason: str) -> None:
        """Put into the ledger that something was read and could not be understood.

        The type's other records stand; the snapshot is incomplete.

        Args:
            what: its name, as ``secrets shop/sh.helm.release.v1.web.v2``.
            reason: for people, in one line.
        """

    def note(self, what: str, outcome: Outcome, *, optional: bool = False) -> None:
        """Put into the ledger how something ended that no ``Read`` of the type declares.

        ``Outcome("partial", why)`` says that a dump does not cover what the type needs: the number
        of its records is then unknown, and the snapshot incomplete. ``Outcome("skipped", why)``
        says that something was left out: the number is unknown.

        Args:
            what: its name.
            outcome: how it ended.
            optional: it only enriches, and leaves the number of records as it is.
        """


class Collector(Protocol):
    """Target of a ``ResourceType``: makes records of what the reader gives."""

    def __call__(self, reader: TypeReader) -> Iterable[Record | KubernetesObject]:
        """Yield one record for each thing of the type, in any order.

        The host fills columns that a record leaves out by their ``path`` and ``value``. A complete
        object stands for a record without any values.
        """
