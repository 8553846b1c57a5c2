"""Make the two sides of a comparison of two moments that stores hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from k8s_datamodel.comparing.sides import DigestingStore, HeldRows, Side, StoredRows, TypeRows
from k8s_datamodel.data.objects import Identity, KubernetesObject, Row
from k8s_datamodel.data.snapshots import FROM_FILES
from k8s_datamodel.reading.documents import head
from k8s_datamodel.reading.stored_moments import StoredMoment, has_digests, of_one_cluster
from k8s_datamodel.types.resource_types import ResourceType


def sides_of(
    old: StoredMoment, new: StoredMoment, every: Sequence[ResourceType], namespace: str | None
) -> tuple[Side, Side]:
    """The sides ``from`` and ``to`` of two moments, while their stores are open.

    ``every`` type has its number in what is said of them. A ``namespace`` is the only one that is
    compared: then it does not matter whether a side was read for it alone.
    """
    sides = [side_of(each, every, namespace) for each in (old, new)]
    if of_one_cluster(old.cluster(), new.cluster()):
        sides[1] = replace(sides[1], cluster=sides[0].cluster)
    return sides[0], sides[1]


def side_of(
    moment: StoredMoment,
    every: Sequence[ResourceType],
    namespace: str | None,
    *,
    manifest: bool | None = None,
) -> Side:
    """One side, as ``sides_of`` makes it; objects are read unless ``manifest`` is known."""
    return _Held(moment).side(every, namespace, manifest)


@dataclass(slots=True)
class _Held:
    """A moment that a store holds, and where the objects are that define others."""

    moment: StoredMoment
    _keys: dict[str, Mapping[Identity, int]] = field(default_factory=dict)

    def side(
        self, every: Sequence[ResourceType], namespace: str | None, manifest: bool | None
    ) -> Side:
        moment, snapshot = self.moment, self.moment.snapshot
        limit = moment.namespace
        return Side(
            types=moment.types,
            rows=self._rows,
            ledger=moment.ledger,
            counts=moment.counts,
            namespace=namespace if limit in (None, namespace) else limit,
            cluster=snapshot.cluster.key,
            redaction=snapshot.redaction,
            rules=snapshot.redaction_rules,
            stamps=snapshot.stamps,
            manifest=self._says_only_what_it_names() if manifest is None else manifest,
            dump=snapshot.cluster.source == FROM_FILES,
            find=self._find,
            description=head(snapshot, every),
        )

    def _type(self, name: str) -> ResourceType:
        return next(each for each in self.moment.types if each.name == name)

    def _rows(self, name: str) -> TypeRows:
        kind = self._type(name)
        if has_digests(self.moment):
            return StoredRows(_digesting(self.moment), self.moment.stored_as, kind)
        return HeldRows(kind, self.moment.rows(name, objects=True))

    def _find(self, name: str, identity: Identity) -> KubernetesObject | None:
        """The object of a row; of a store without digests by reading on until it comes."""
        if all(each.name != name for each in self.moment.types):
            return None
        if not has_digests(self.moment):
            return self._searched(name, identity)
        if name not in self._keys:
            rows = StoredRows(_digesting(self.moment), self.moment.stored_as, self._type(name))
            self._keys[name] = {each.identity: each.key for each in rows.entries()}
        key = self._keys[name].get(identity)
        if key is None:
            return None
        return _object(next(iter(self._read(name, [key])), {}))

    def _searched(self, name: str, identity: Identity) -> KubernetesObject | None:
        names = self._type(name).identity
        for row in self.moment.rows(name, objects=True):
            if tuple(row.get(each) for each in names) == identity:
                return _object(row)
        return None

    def _read(self, name: str, keys: Sequence[int]) -> Iterator[Row]:
        store = _digesting(self.moment)
        return store.records(self.moment.stored_as, name, objects=True, only=keys)

    def _says_only_what_it_names(self) -> bool:
        """Whether it is of manifests: an object that a server gave has a uid."""
        cluster = self.moment.snapshot.cluster
        if cluster.uid or cluster.source != FROM_FILES:
            return False
        found = [each for kind in self.moment.types if (each := self._first(kind)) is not None]
        return bool(found) and not any(map(_has_uid, found))

    def _first(self, kind: ResourceType) -> KubernetesObject | None:
        return _object(next(self.moment.rows(kind.name, objects=True), {}))


def _digesting(moment: StoredMoment) -> DigestingStore:
    return cast(DigestingStore, moment.store)


def _object(row: Row) -> KubernetesObject | None:
    return row.get("spec")


def _has_uid(thing: KubernetesObject) -> bool:
    return bool((thing.get("metadata") or {}).get("uid"))
