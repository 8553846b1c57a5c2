"""Tell how many objects of a kind the cluster has, from what a source holds."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from k8s_datamodel.api import Count, Outcome, Resource
from k8s_datamodel_plugins.sources.dump.document_objects import ListEvidence
from k8s_datamodel_plugins.sources.dump.layout import Place

UNKNOWN = "the source need not hold all of them"
"""Why a kind has no count; equal words for all kinds, so one ledger entry serves all."""

CLIENT = "a list that kubectl put together does not say what it leaves out"
"""Why a number is an estimate."""

_TO_COLLECT = {
    "must-gather": "a must-gather holds those that it was to collect",
    "gather": "kubectl gather does not say whether it could read all",
    "velero": "a backup holds those that it was to take",
}
"""Why a number is an estimate, by the maker of the files."""

_PAGED = "a list in the source is one chunk of several"

_SHOWN = 3
_ALWAYS_THERE = frozenset(("default", "kube-node-lease", "kube-public", "kube-system"))


class Coverage(NamedTuple):
    """Whether a source surely holds all objects of a kind, or why it probably lacks some."""

    whole: bool
    lacks: str = ""


@dataclass(slots=True)
class Evidence:
    """Whether the number of a kind's objects in the source is that of the cluster.

    Attributes:
        cluster: a list of the whole cluster.
        alone: namespaces of lists with one namespace only; the cluster may have no others.
        bundled: namespaces whose list a support bundle holds.
        gathered: namespaces whose list a must-gather holds; it never asks for all.
        custom: a support bundle holds the custom resources of the namespaces it had to read.
        folder: a must-gather holds some, perhaps all, in files of their own.
        empty: a list without objects, perhaps of one namespace.
        paged: a list is one chunk of several.
        lists: how many lists of a server hold at most one namespace.
        client: lists that kubectl combined hold some; it may have been asked for a part.
        maker: the program that wrote each into a file of its own, see ``Place.maker``.
    """

    cluster: bool = False
    alone: set[str] = field(default_factory=set)
    bundled: set[str] = field(default_factory=set)
    gathered: set[str] = field(default_factory=set)
    custom: bool = False
    folder: bool = False
    empty: bool = False
    paged: bool = False
    lists: int = 0
    client: bool = False
    maker: str = ""

    def add(self, listing: ListEvidence, place: Place | None) -> None:
        """Take a list into account."""
        names = listing.namespaces
        if listing.rest:
            self.paged = True
        elif listing.made == "client":
            self.client = True
        elif place and place.namespace:
            (self.bundled if place.bundle else self.gathered).add(place.namespace)
            self.custom |= place.custom
        elif place or "" in names or len(names) > 1:
            self.cluster = True
        else:
            self.lists += 1
            self.alone |= names
            self.empty |= not names

    def number(
        self,
        value: int,
        resource: Resource,
        namespace: str | None,
        namespaces: Set[str],
        asked: Set[str],
    ) -> Count:
        """The number of objects in the cluster, if the source has ``value`` of them."""
        if self.paged:
            return unknown(_PAGED)
        if self._whole(resource, namespace, namespaces):
            return _known(value, "exact")
        if not resource.namespaced and self.folder:
            lacks = self._made_of_some(resource, asked)
            return (
                unknown(lacks)
                if lacks
                else _known(value, "estimate", _TO_COLLECT[self.maker or "must-gather"])
            )
        if namespace is None and self.alone and not self.bundled | self.gathered:
            return _known(value, "estimate", "a list of one namespace, perhaps not of all")
        return _known(value, "estimate", CLIENT) if self.client else unknown()

    def coverage(
        self,
        resource: Resource,
        namespace: str | None,
        namespaces: Set[str],
        held: Set[str],
        asked: Set[str],
    ) -> Coverage:
        """Whether the source holds all objects of the cluster.

        Loose manifests are not a dump of a cluster, so nothing can be missing. ``held`` are the
        namespaces of the objects, from any file; ``asked`` those that a program wrote
        object by object.
        """
        if self.paged:
            return Coverage(whole=False, lacks=_PAGED)
        if self._whole(resource, namespace, namespaces):
            return Coverage(whole=True)
        if lacks := self._made_of_some(resource, asked):
            return Coverage(whole=False, lacks="" if namespace in asked else lacks)
        if namespace or not resource.namespaced:
            return Coverage(whole=False)
        return Coverage(whole=False, lacks=self._some_only(held))

    def _made_of_some(self, resource: Resource, asked: Set[str]) -> str:
        """Why objects that a program wrote one by one are those of some namespaces only.

        Of kinds without namespaces, Velero then takes what the objects in these need. ``kubectl
        gather`` takes all or none.
        """
        if not self.maker or asked >= _ALWAYS_THERE:
            return ""
        if not (resource.namespaced or self.maker == "velero"):
            return ""
        return f"the dump holds those of some namespaces only: {_named(asked)}"

    def _some_only(self, held: Set[str]) -> str:
        """Why the source holds the objects of some namespaces only; empty without a reason."""
        asked = self.bundled | self.gathered
        if asked:
            return f"the dump holds those of some namespaces only: {_named(asked)}"
        if self.lists > 1:
            return "the dump holds a list for each of some namespaces, perhaps not of all"
        if len(self.alone) == 1 and self.alone == held:
            return f"a list of namespace {next(iter(self.alone))}, perhaps not of all"
        return ""

    def says(self, namespace: str | None) -> bool:
        """Whether a list shows that there are none, as far as the source goes."""
        lists = self.alone | self.bundled | self.gathered
        return self.cluster or (namespace in lists if namespace else self.empty or bool(lists))

    def _covers(self, namespaces: Set[str]) -> bool:
        """Whether a support bundle read all namespaces, including those that always exist."""
        if not namespaces >= _ALWAYS_THERE:
            return False
        return self.custom or self.bundled >= namespaces

    def _whole(self, resource: Resource, namespace: str | None, namespaces: Set[str]) -> bool:
        """Whether a list of all was read."""
        if self.cluster or self._covers(namespaces):
            return True
        if not resource.namespaced:
            return self.empty or bool(self.alone | self.bundled)
        return namespace in self.alone | self.bundled | self.gathered


def _named(asked: Set[str]) -> str:
    names = sorted(asked)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def unknown(reason: str = UNKNOWN) -> Count:
    """An unknown number."""
    return Count(None, None, Outcome("skipped", reason))


def _known(value: int, method: Literal["exact", "estimate"], reason: str = "") -> Count:
    return Count(value, method, Outcome("complete", reason, objects=value))
