"""Read objects that the index has from the database instead of the API server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from itertools import dropwhile, islice
from typing import Any

from k8s_datamodel.api import (
    ClusterInfo,
    FieldManager,
    KubernetesObject,
    Memo,
    Resource,
    StorageError,
    UnchangedList,
)
from k8s_datamodel_plugins.sql.access.connection import Database
from k8s_datamodel_plugins.sql.layout.content import clean, digest_of, parsed
from k8s_datamodel_plugins.sql.layout.version_index import (
    CLUSTER,
    Indexed,
    IndexedObject,
    Version,
    how_redacted,
    indexable,
    is_sealed,
    memo_text,
    named_by,
    resource_name,
)
from k8s_datamodel_plugins.sql.readers.index_entries import IndexEntries
from k8s_datamodel_plugins.sql.readers.unchanged_lists import SqlUnchangedLists

_BLOCK_BYTES = 2 * 1024 * 1024
_BLOCK_OBJECTS = 200

_FIND_CLUSTER = """
SELECT id FROM kdm_clusters
WHERE uid = :uid AND source = :source AND version = :version AND redaction = :redaction
"""


class SqlReusableObjects:
    """A ``contracts.ReusableObjects`` of one cluster, one server version and one redaction."""

    def __init__(self, database: Database, cluster: Mapping[str, str | None]) -> None:
        self._database = database
        self._cluster = cluster
        self._entries = IndexEntries(database, cluster)
        self._lists = SqlUnchangedLists(database, cluster)

    def find(
        self, resource: Resource, versions: Mapping[str, str], definition: str = ""
    ) -> Mapping[str, KubernetesObject]:
        """Objects that the store still holds unchanged, see ``contracts.ReusableObjects``.

        What they hold is read from the database as it is asked for, some at a time: go through
        them in order. Ask for built-in kinds, or give the definition that the writer noted: a
        custom resource reads differently when its CRD changed, whatever its resourceVersion says.
        Entries of the index that somebody else changed, or that have no seal, are passed over.
        """
        name = resource_name(f"{resource.group}/{resource.version}", resource.kind)
        uids = [uid for uid in versions if indexable(uid)]
        definition = clean(definition)
        read = (*(self._cluster[part] for part in CLUSTER), name, definition)
        found: dict[str, IndexedObject] = {}
        bodies = _Bodies(self._database)
        for entry in self._entries.of(name, definition, uids):
            uid, version, sealed, digest, number, size, beside_id, beside, body, *memo = entry
            bound = is_sealed(sealed, read, uid, version, digest, beside)
            sound = isinstance(size, int) and bound
            managers = _field_managers(beside, body)
            if versions[uid] == version and sound and managers is not None:
                kept = Memo(memo_text(digest, version, memo))
                each = IndexedObject(partial(bodies.get, uid), named_by(kept))
                each.digest, each.size, each.field_managers = digest, size, managers
                each.memo = kept
                each.version = Version(name, uid, version)
                each.entry = Indexed(version, number, digest, beside_id, beside, sealed)
                found[uid] = each
        found = {uid: found[uid] for uid in uids if uid in found}
        bodies.entries |= {uid: (each.entry, each.size) for uid, each in found.items()}
        return found

    def unchanged_list(
        self, resource_type: str, resource: Resource, definition: str
    ) -> UnchangedList | None:
        """The records of a whole list, see ``contracts.ReusableRecords``."""
        return self._lists.find(resource_type, resource, definition)


class _Bodies:
    """The content of objects by uid, read from the database some at a time. Safe in threads."""

    def __init__(self, database: Database) -> None:
        self.entries: dict[str, tuple[Indexed, int]] = {}  # with their sizes, in order
        self._database = database
        self._block: Mapping[str, KubernetesObject] = {}

    def get(self, uid: str) -> KubernetesObject:
        """The complete object. Raises StorageError if it is gone, or damaged."""
        # Bound once: another thread may replace the block meanwhile.
        block = self._block
        if uid not in block:
            block = self._block = self._load(self._uids_from(uid))
        return block[uid]

    def _uids_from(self, first: str) -> list[str]:
        uids: list[str] = []
        size = 0
        for uid in islice(dropwhile(first.__ne__, self.entries), _BLOCK_OBJECTS):
            size += self.entries[uid][1]
            if uids and size > _BLOCK_BYTES:
                break
            uids.append(uid)
        return uids

    def _load(self, uids: Sequence[str]) -> Mapping[str, KubernetesObject]:
        ids = [self.entries[uid][0].object_id for uid in uids]
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
        return {uid: self._object(self.entries[uid][0], rows) for uid in uids}

    def _object(self, entry: Indexed, rows: Mapping[int, tuple[bytes, str]]) -> KubernetesObject:
        digest, body = rows[entry.object_id]
        if not isinstance(body, str) or digest_of(body) != digest or digest != entry.digest:
            raise StorageError(
                f"{self._database.place}: the database is damaged (`database verify` tells): the "
                f"content of object {entry.object_id} is not what its digest says"
            )
        stored: dict[str, Any] = parsed(body)
        metadata: dict[str, Any] = stored["metadata"]
        metadata["resourceVersion"] = entry.resource_version
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
    key = dict(zip(CLUSTER, values, strict=True))
    with database.read() as transaction:
        found = transaction.scalar(_FIND_CLUSTER, key)
    return None if found is None else SqlReusableObjects(database, key)
