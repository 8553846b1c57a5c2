"""Resolve objects without ``apiVersion`` and ``kind`` in a must-gather by their place.

Some gather images write objects as a typed client returns them. The place gives group and plural.
Kubernetes' own kinds and those of the run are known; the dump's CRDs, which may come later, define
the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from k8s_datamodel.api import KubernetesObject, Resource
from k8s_datamodel_plugins.definitions import instances_of
from k8s_datamodel_plugins.sources.dump.document_objects import DocumentObjects
from k8s_datamodel_plugins.sources.dump.layout import Place, builtin_kinds

NO_KIND = "says neither apiVersion nor kind, and no CRD of the dump tells them"


class Document(NamedTuple):
    """The value of a document, its first line, and its file's path and place."""

    value: Any
    line: int
    path: str
    place: Place | None


class Kinds:
    """Known kinds by ``plural.group``, at first those the run lists, and documents that wait."""

    def __init__(self, wanted: Iterable[Resource]) -> None:
        self._kinds = builtin_kinds()
        self._add(wanted)
        self._waiting: list[Document] = []

    def placed(self, place: Place | None) -> Place | None:
        """A place with its kind, as far as known."""
        kind = (
            self._kinds.get(place.resource) if place and not (place.kind or place.maker) else None
        )
        if place is None or kind is None:
            return place
        return replace(place, api_version=kind[0], kind=kind[1])

    def wait(self, document: Document, found: DocumentObjects) -> bool:
        """Keep a document for later if it may hold objects of a kind that is not known yet."""
        place = document.place
        untyped = place is not None and place.resource and not (place.kind or place.maker)
        waits = bool(untyped and found.others and not found.objects)
        if waits:
            self._waiting.append(document)
        return waits

    def resolved(self, crds: Iterable[KubernetesObject]) -> Iterator[Document]:
        """The waiting documents with the kinds that CRDs define; others keep no kind."""
        if not self._waiting:
            return
        self._add(instances_of(crd) for crd in crds)
        for each in self._waiting:
            yield each._replace(place=self.placed(each.place))

    def _add(self, resources: Iterable[Resource]) -> None:
        for each in resources:
            version = f"{each.group}/{each.version}" if each.group else each.version
            self._kinds[each.name] = (version, each.kind)
