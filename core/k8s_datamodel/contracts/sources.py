"""The protocol of a source.

Contracts are protocols: a plugin needs no base class. A plugin may raise ``errors.DatamodelError``
with a message for the user. Any other exception is a fault of the plugin.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from k8s_datamodel.data.chunks import Listing
from k8s_datamodel.data.fingerprints import UnchangedList
from k8s_datamodel.data.ledger import Count, LedgerEntry, Outcome
from k8s_datamodel.data.objects import KubernetesObject, Resource
from k8s_datamodel.data.snapshots import ClusterInfo


class ReusableObjects(Protocol):
    """Objects of earlier snapshots that need not be read again. Read-only, safe in threads."""

    def find(
        self, resource: Resource, versions: Mapping[str, str], definition: str = ""
    ) -> Mapping[str, KubernetesObject]:
        """Objects that the store still holds unchanged.

        Args:
            resource: of which list.
            versions: ``metadata.resourceVersion`` by ``metadata.uid``, as the server has it now.
            definition: of the resource; ``AbleWriter.note_definition`` must have noted it. A
                backend without that method is never asked with one.

        Returns:
            The complete stored object by uid, for those whose resourceVersion is the same. A
            ``RedactedObject`` is stored as it is, any other is redacted again.
        """


@runtime_checkable
class ReusableLists(Protocol):
    """What reusable objects can do besides: tell of a list that nothing of it need be given."""

    def unchanged(self, resource: Resource, definition: str, state: Callable[[], str]) -> bool:
        """Whether a list is as the store holds it. If so, a source gives no chunk of it.

        Args:
            resource: of which list.
            definition: as for ``find``.
            state: gives the list's ``ListFingerprint`` as text, empty if it could not be read to
                its end. Called at most once, and only if the store holds such a list.
        """


class ReusableRecords(Protocol):
    """What the reusable objects of a store can do besides: find the records of whole lists."""

    def unchanged_list(
        self, resource_type: str, resource: Resource, definition: str
    ) -> UnchangedList | None:
        """What the store holds of a list that ``AbleWriter.note_list`` noted, if it is sound.

        Args:
            resource_type: name of the type whose records they are.
            resource: of which list.
            definition: as for ``ReusableObjects.find``.
        """


@dataclass(frozen=True, slots=True)
class ListRequest:
    """One list of a source. Fields may be added in a minor version.

    Attributes:
        resource: what to list.
        namespace: only this namespace, where the resource is namespaced; None for all.
        reusable: what need not be read again; None to read everything.
        label_selector: only objects with such labels. A source that cannot select gives all, and
            the host selects.
        field_selector: only objects with such fields; likewise.
        definition: ``ReusableObjects.find`` must be asked with it.
    """

    resource: Resource
    namespace: str | None = None
    reusable: ReusableObjects | None = None
    label_selector: str = ""
    field_selector: str = ""
    definition: str = ""


class Source(Protocol):
    """Somewhere objects come from. ``list`` and ``count`` may be called from several threads."""

    def describe(self, note: Callable[[LedgerEntry], None]) -> ClusterInfo:
        """What the cluster is; ``note`` is called for each (optional) read that this took."""

    def list(self, request: ListRequest) -> Listing:
        """The objects of a list, chunk by chunk, and how the list ended.

        API faults are outcomes, never exceptions: the caller keeps what was read before.
        """

    def count(self, resource: Resource, namespace: str | None = None) -> Count:
        """How many objects there are, as cheaply as the source can tell."""

    def close(self) -> None:
        """Give connections and files back. Called once."""


@runtime_checkable
class NamespaceSource(Protocol):
    """What a source can do besides: tell whether there is a namespace.

    Every list in a namespace that is not there is empty. A run that is limited to one asks first.
    """

    def namespace(self, name: str) -> Outcome:
        """``complete`` if there is such a namespace, ``absent`` if there surely is none.

        ``partial`` if the source has nothing of it and need not: the run is incomplete. Any other
        status says that it is not known.
        """


@runtime_checkable
class ElasticSource(Protocol):
    """What a source can do besides: tell how much it can do at once."""

    def at_once(self) -> int:
        """How many calls of ``list`` or ``count`` at the same time are of use now.

        The host asks again and again: the number may grow and shrink while the source learns. Of
        other sources it is 4.
        """


class SourceFactory(Protocol):
    """Target of a ``SourceSpec``."""

    def __call__(self, request: SourceRequest) -> Source:
        """Open a source. Raises errors.SourceError or errors.UsageError when it cannot be."""


def _no_opener(request: SourceRequest) -> Any:
    raise LookupError(f"nothing is there to open {request.location or 'a live cluster'}")


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """What the user said about where objects come from. Fields may be added in a minor version.

    Attributes:
        location: text of ``--source``: a path, ``-``, or ``scheme://...``; empty for none.
        context: of the kubeconfig; None for the current one.
        kubeconfig: path; None for ``KUBECONFIG`` or the default.
        namespace: limits what is namespaced; None for all.
        resources: what the run will list; a source need not keep objects of anything else.
        progress: called with a short text now and then, from any thread.
        kubeconfig_data: content of a kubeconfig in place of a file, for a source that got one from
            somewhere and opens the live one with it.
        opener: a ``contracts.SourceFactory`` that opens whichever source a request names, for a
            source that is another one's front: ``opener(replace(request, location=""))`` is the
            live API server.
        custom: the run may also list any custom resource.
        warn: called with one line that people should read, from any thread.
        max_in_flight: most requests at once to one server; None for the source's own limit.
        max_per_second: most requests a second to one server; None for no limit.
    """

    location: str = ""
    context: str | None = None
    kubeconfig: str | None = None
    namespace: str | None = None
    resources: tuple[Resource, ...] = ()
    progress: Callable[[str], None] = field(default=lambda text: None)
    kubeconfig_data: Mapping[str, Any] | None = field(default=None, repr=False)
    opener: Callable[[SourceRequest], Any] = field(default=_no_opener, repr=False)
    custom: bool = False
    warn: Callable[[str], None] = field(default=lambda line: None, repr=False)
    max_in_flight: int | None = None
    max_per_second: float | None = None
