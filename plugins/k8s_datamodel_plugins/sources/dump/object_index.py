"""Index the objects of a source by group and kind, each once, with evidence of their number."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from k8s_datamodel.api import Count, Resource, Trace, added_up
from k8s_datamodel_plugins.sources.dump.coverage import Coverage, Evidence, unknown
from k8s_datamodel_plugins.sources.dump.document_objects import DocumentObjects
from k8s_datamodel_plugins.sources.dump.layout import Place
from k8s_datamodel_plugins.sources.dump.values.packing import Packed

Identity = tuple[str, str]
"""Namespace and name."""


class Entry(NamedTuple):
    """An object that is kept, the path of its file, and ``Place.copy``."""

    packed: Packed
    path: str
    copy: int = 0


@dataclass(slots=True)
class Kind:
    """All objects of one kind.

    Attributes:
        resource: the resource if the run will list it, else None.
        entries: by identity; None for kinds that the run will not list.
        files: how many files held some.
        same: how many duplicates had the same content.
        other: names of duplicates with other content, and of the file whose object was kept.
        copies: how many more stood in folders of their API versions.
        traces: of who made them, by namespace.
    """

    resource: Resource | None = None
    entries: dict[Identity, Entry | None] = field(default_factory=dict)
    evidence: Evidence = field(default_factory=Evidence)
    files: int = 0
    same: int = 0
    other: list[tuple[str, str]] = field(default_factory=list)
    copies: int = 0
    last: str = ""
    traces: dict[str, Counter[Trace]] = field(default_factory=lambda: defaultdict(Counter))


class Index:
    """Filled file by file, then only read.

    Args:
        wanted: resources whose complete objects are kept; for others only the names are.
        custom: whether to keep objects of all kinds that may be custom resources.

    Attributes:
        kinds: all objects, by API group and kind.
        roots: the folders of dumps, with their makers.
    """

    def __init__(self, wanted: Collection[Resource], *, custom: bool = False) -> None:
        self._custom = custom
        self.kinds: dict[tuple[str, str], Kind] = {}
        self.roots: dict[str, str] = {}
        self._asked: set[str] = set()
        self._wanted = {(resource.group, resource.kind): resource for resource in wanted}
        self._groups = {(resource.version, resource.kind): resource.group for resource in wanted}

    def add(self, found: DocumentObjects, path: str, place: Place | None) -> None:
        """Add the content of a document."""
        for item in found.objects:
            kind = self._kind(self._group(item.api_version, item.kind), item.kind)
            kind.files += kind.last != path
            kind.last = path
            if place and place.single and not place.namespace:
                kind.evidence.folder = True
            if place and place.single and (place.maker or place.namespace):
                self._piece(kind, item, path, place)
            self._enter(kind, item, path, place.copy if place else 0)
        for listing in found.listings:
            group = self._group(listing.api_version, listing.kind)
            self._kind(group, listing.kind).evidence.add(listing, place)

    def _piece(self, kind: Kind, item: Packed, path: str, place: Place) -> None:
        """Take into account that a program wrote an object, if it has that object's name."""
        name = item.metadata.get("name", "")
        if "uid" not in item.metadata or path.rpartition("/")[2].rpartition(".")[0] != name:
            return
        kind.evidence.maker = place.maker or "must-gather"
        if place.maker:
            self.roots[place.root] = place.maker
        if place.namespace:
            self._asked.add(place.namespace)
        elif place.maker == "velero" and (item.group, item.kind) == ("", "Namespace"):
            self._asked.add(name)  # it backs up those only whose objects it does

    def kind(self, resource: Resource) -> Kind | None:
        """The objects of a resource in any version; None without any trace of it."""
        return self.kinds.get((resource.group, resource.kind))

    def entries(self, resource: Resource, namespace: str | None) -> list[Entry]:
        """The objects of a resource, in order of namespace and name."""
        kind = self.kind(resource) or Kind()
        names = sorted(_within(kind, resource, namespace))
        return [entry for name in names if (entry := kind.entries[name]) is not None]

    def number(self, resource: Resource, namespace: str | None) -> Count:
        """The number of objects, if the source surely holds them all."""
        kind = self.kind(resource)
        if kind is None:
            return unknown()
        value = sum(1 for _ in _within(kind, resource, namespace))
        number = kind.evidence.number(value, resource, namespace, self._namespaces(), self._asked)
        return replace(number, traces=self.traces(resource, namespace))

    def traces(self, resource: Resource, namespace: str | None) -> tuple[Trace, ...]:
        """Who made the objects of a resource that the source holds."""
        kind = self.kind(resource) or Kind()
        limited = namespace if resource.namespaced else None
        within = (
            found for where, found in kind.traces.items() if limited in (None, where or "default")
        )
        pairs = (pair for found in within for pair in found.items())
        return added_up(trace._replace(objects=number) for trace, number in pairs)

    def coverage(self, resource: Resource, namespace: str | None) -> Coverage:
        """Whether the source holds all objects that the cluster has of a resource."""
        kind = self.kind(resource)
        if kind is None:
            return Coverage(whole=False)
        held = {where for where, _ in kind.entries}
        return kind.evidence.coverage(resource, namespace, self._namespaces(), held, self._asked)

    def says_none(self, resource: Resource, namespace: str | None) -> bool:
        """Whether a list in the source shows that there are none."""
        kind = self.kind(resource)
        return kind is not None and kind.evidence.says(namespace if resource.namespaced else None)

    def has_namespace(self, name: str) -> bool:
        """Whether the source holds a namespace or anything in it."""
        return name in self._namespaces() or any(
            name == (namespace or "default")
            for kind in self.kinds.values()
            for namespace, _ in kind.entries
            if kind.resource is None or kind.resource.namespaced
        )

    @property
    def objects(self) -> int:
        """The number of distinct objects."""
        return sum(len(kind.entries) for kind in self.kinds.values())

    def _kind(self, group: str, kind: str) -> Kind:
        key = (group, kind)
        if key not in self.kinds:
            self.kinds[key] = Kind(self._wanted.get(key) or self._unnamed(group, kind))
        return self.kinds[key]

    def _unnamed(self, group: str, kind: str) -> Resource | None:
        """A kind that a CRD may define; its plural is not known yet."""
        return Resource(group, "", kind, kind) if self._custom and "." in group else None

    def _group(self, api_version: str, kind: str) -> str:
        """The API group. Some charts write ``v1alpha1`` alone; the core group only has ``v1``."""
        if "/" not in api_version and api_version != "v1":
            return self._groups.get((api_version, kind), "")
        return api_version.rpartition("/")[0]

    def _enter(self, kind: Kind, item: Packed, path: str, copy: int) -> None:
        name = item.metadata.get("name") or f"\0{len(kind.entries)}"  # from generateName
        resource = kind.resource
        where = item.metadata.get("namespace", "")
        identity = (where if resource is None or resource.namespaced else "", name)
        if item.trace and identity not in kind.entries:
            kind.traces[where][item.trace] += 1
        if resource is None:
            kind.entries[identity] = None
            return
        new, old = Entry(item, path, copy), kind.entries.get(identity)
        if old is None:
            kind.entries[identity] = new
        elif new.copy or old.copy:
            kind.copies += 1
            kind.entries[identity] = min(old, new, key=lambda each: each.copy)
        elif _equal(old.packed, new.packed):
            kind.same += 1
        else:
            kind.entries[identity] = kept = new if _newer(new.packed, old.packed) else old
            kind.other.append((name, kept.path))

    def _namespaces(self) -> set[str]:
        return {name for _, name in self.kinds.get(("", "Namespace"), Kind()).entries}


def _within(kind: Kind, resource: Resource, namespace: str | None) -> Iterator[Identity]:
    """Identities in a namespace; a manifest without one goes where kubectl puts it."""
    if namespace is None or not resource.namespaced:
        return iter(kind.entries)
    return (identity for identity in kind.entries if (identity[0] or "default") == namespace)


def _equal(one: Packed, other: Packed) -> bool:
    return one.data == other.data or (one.size == other.size and one.load() == other.load())


def _newer(new: Packed, old: Packed) -> bool:
    """Whether the new state of an object replaces the old one.

    A server's state beats a manifest's; then the later state of the same object wins; then the
    later created object; then the file that ``kubectl apply`` would reach last.
    """
    if ("uid" in new.metadata) != ("uid" in old.metadata):
        return "uid" in new.metadata
    if new.metadata.get("uid") == old.metadata.get("uid"):
        return _version(new) >= _version(old)
    created = [each.metadata.get("creationTimestamp", "") for each in (new, old)]
    return created[0] >= created[1]


def _version(item: Packed) -> int:
    version = item.metadata.get("resourceVersion", "")
    return int(version) if version.isdecimal() and len(version) < 20 else 0  # noqa: PLR2004
