"""Read objects that the index has from the database instead of the API server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from k8s_datamodel.api import (
    ClusterInfo,
    FieldManager,
    KubernetesObject,
    Resource,
    StorageError,
)
from k8s_datamodel_plugins.sql.access.connection import Database
from k8s_datamodel_plugins.sql.layout.content import StoredObject, clean, digest_of, parsed
from k8s_datamodel_plugins.sql.layout.version_index import (
    how_redacted,
    indexable,
    is_sealed,
    resource_name,
)

_BLOCK_BYTES = 2 * 1024 * 1024
_BLOCK_OBJECTS = 200

_CLUSTER = ("uid", "source", "version", "redaction")

_FIND_CLUSTER = """
SELECT id FROM kdm_clusters
WHERE uid = :uid AND source = :source AND version = :version AND redaction = :redaction
"""

_FIND_RESOURCE = """
SELECT d.id FROM kdm_indexed d JOIN kdm_clusters c ON c.id = d.cluster_id
WHERE d.resource = :resource AND d.context = :context
  AND c.uid = :uid AND c.source = :source AND c.version = :version AND c.redaction = :redaction
"""


class _Found(NamedTuple):
    """An object that can be reused; who manages its fields is known, or it is read anew."""

    number: int
    size: int
    version: str
    managers: tuple[FieldManager, ...]


class SqlReusableObjects:
    """A ``contracts.ReusableObjects`` of one cluster, one server version and one redaction."""

    def __init__(self, database: Database, cluster: Mapping[str, str | None]) -> None:
        self._database = database
        self._cluster = cluster

    def find(
        self, resource: Resource, versions: Mapping[str, str], definition: str = ""
    ) -> Mapping[str, KubernetesObject]:
        """Objects that the store still holds unchanged, see ``contracts.ReusableObjects``.

        They are read from the database as they are asked for, some at a time: go through them in
        order. Ask for built-in kinds, or give the definition that the writer noted: a custom
        resource reads differently when its CRD changed, whatever its resourceVersion says. Entries
        of the index that somebody else changed, or that have no seal, are passed over.
        """
        name = resource_name(f"{resource.group}/{resource.version}", resource.kind)
        uids = [uid for uid in versions if indexable(uid)]
        definition = clean(definition)
        read = (*(self._cluster[part] for part in _CLUSTER), name, definition)
        found: dict[str, _Found] = {}
        with self._database.read() as transaction:
            key = {**self._cluster, "resource": name, "context": definition}
            indexed_id = transaction.scalar(_FIND_RESOURCE, key)
            if indexed_id is None:
                return {}
            for row in transaction.lookup(
                "SELECT x.uid, x.resource_version, x.seal, o.digest, o.id, o.size, "
                "b.digest, b.body FROM kdm_index x JOIN kdm_objects o ON o.id = x.object_id "
                "JOIN kdm_beside b ON b.id = x.beside_id "
                "WHERE x.indexed_id = {mark} AND x.uid IN ({keys})",
                uids,
                indexed_id,
            ):
                uid, version, sealed, digest, number, size, *beside = row
                bound = is_sealed(sealed, read, uid, version, digest, beside[0])
                sound = isinstance(size, int) and bound
                managers = _field_managers(*beside)
                if versions[uid] == version and sound and managers is not None:
                    found[uid] = _Found(number, size, version, managers)
        return _StoredObjects(self._database, found)


class _StoredObjects(Mapping[str, KubernetesObject]):
    """Objects by uid, read from the database some at a time."""

    def __init__(self, database: Database, found: Mapping[str, _Found]) -> None:
        self._database = database
        self._found = found
        self._order = list(found)
        self._position = {uid: position for position, uid in enumerate(self._order)}
        self._block: Mapping[str, KubernetesObject] = {}

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[str]:
        return iter(self._order)

    def __contains__(self, uid: object) -> bool:
        return uid in self._found

    def __getitem__(self, uid: str) -> KubernetesObject:
        # Bound once: another thread may replace the block meanwhile.
        block = self._block
        if uid not in block:
            block = self._block = self._load(self._uids_from(self._position[uid]))
        return block[uid]

    def _uids_from(self, start: int) -> list[str]:
        uids: list[str] = []
        size = 0
        for uid in self._order[start : start + _BLOCK_OBJECTS]:
            size += self._found[uid].size
            if uids and size > _BLOCK_BYTES:
                break
            uids.append(uid)
        return uids

    def _load(self, uids: Sequence[str]) -> Mapping[str, KubernetesObject]:
        ids = [self._found[uid].number for uid in uids]
        with self._database.read() as transaction:
            rows = {
                row[0]: (row[1], row[2])
                for row in transaction.lookup(
                    "SELECT id, digest, body FROM kdm_objects WHERE id IN ({keys})", ids
                )
            }
        if len(rows) < len(set(ids)):
            raise StorageError(
                f"{self._database.place}: another process deleted snapshots meanwhile; run again"
            )
        return {uid: self._object(uid, *rows[self._found[uid].number]) for uid in uids}

    def _object(self, uid: str, digest: bytes, body: str) -> KubernetesObject:
        if not isinstance(body, str) or digest_of(body) != digest:
            raise StorageError(
                f"{self._database.place}: the database is damaged (`database verify` tells): the "
                f"content of object {self._found[uid].number} is not what its digest says"
            )
        stored = StoredObject(parsed(body))
        stored.digest = digest
        stored.size = self._found[uid].size
        stored.field_managers = self._found[uid].managers
        metadata: dict[str, Any] = stored["metadata"]
        metadata["resourceVersion"] = self._found[uid].version
        return stored


@lru_cache(maxsize=1024)
def _field_managers(digest: object, beside: object) -> tuple[FieldManager, ...] | None:
    """The managers of an object's fields, of what is kept beside it; the same few for most.

    None if there are none, or if it is not what its digest says.
    """
    text = str(beside)
    if digest != digest_of(text):
        return None
    try:
        found = parsed(text)["field_managers"]
        return tuple((str(a), str(b), str(c), str(d)) for a, b, c, d in found)
    except (ValueError, TypeError, KeyError):
        return None


def reusable_objects(
    database: Database, cluster: ClusterInfo, redaction: str
) -> SqlReusableObjects | None:
    """What is known of a cluster at this server version, redacted in this way; None for nothing."""
    if not indexable(cluster.uid, cluster.version, cluster.source, redaction):
        return None
    values = (cluster.uid, cluster.source, cluster.version, how_redacted(redaction))
    key = dict(zip(_CLUSTER, values, strict=True))
    with database.read() as transaction:
        found = transaction.scalar(_FIND_CLUSTER, key)
    return None if found is None else SqlReusableObjects(database, key)
