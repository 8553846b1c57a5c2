"""Which object had which resourceVersion, so that the next snapshot reads what changed.

The index speaks of the newest snapshots of a cluster only and is no content: losing it costs a full
read. It is empty of what an earlier server version or another redaction gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from k8s_datamodel.api import (
    REDACTION_RULES,
    ClusterInfo,
    KubernetesObject,
    Resource,
    Snapshot,
    StorageError,
)
from k8s_datamodel_plugins.sql.connection import Database, Transaction
from k8s_datamodel_plugins.sql.content import StoredObject, clean, digest_of, parsed
from k8s_datamodel_plugins.sql.encoding import indexable, resource_name

ObjectVersions = dict[str, tuple[str, int, bytes]]
"""resourceVersion, number and digest of the object, by uid."""

_SEAL_BYTES = 16

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


def update_index(
    transaction: Transaction,
    snapshot: Snapshot,
    parts: Sequence[Mapping[str, ObjectVersions]],
    contexts: Mapping[str, str],
) -> None:
    """Make the index speak of this snapshot, writing only what changed.

    Objects of resources that this snapshot did not read stay known, and so do those outside of its
    namespace.
    """
    cluster = snapshot.cluster
    if not indexable(cluster.uid, cluster.version, cluster.source):
        return
    objects: dict[str, ObjectVersions] = {}
    for part in parts:
        for resource, versions in part.items():
            objects.setdefault(resource, {}).update(versions)
    if not objects:
        return  # an old snapshot, copied from elsewhere, must not make this cluster unknown
    redaction = _how_redacted(snapshot.redaction)
    cluster_id = _cluster_id(transaction, cluster, redaction)
    for resource, versions in sorted(objects.items()):
        context = clean(contexts.get(resource, ""))
        indexed_id = _indexed_id(transaction, cluster_id, resource, context)
        partial = snapshot.namespace_filter is not None
        read = (cluster.uid, cluster.source, cluster.version, redaction, resource, context)
        _update_resource(transaction, indexed_id, read, versions, keep_others=partial)


def _how_redacted(redaction: str) -> str:
    """With the rules, for under others an object that is the same may have to be redacted anew."""
    return f"{redaction}/{REDACTION_RULES}"


def _cluster_id(transaction: Transaction, cluster: ClusterInfo, redaction: str) -> int:
    key = {"uid": cluster.uid, "source": cluster.source}
    transaction.insert(
        "kdm_clusters",
        ("uid", "source", "version", "redaction"),
        [(cluster.uid, cluster.source, cluster.version, redaction)],
        ignore=True,
    )
    # The update also makes writers of the same cluster queue here.
    transaction.run("UPDATE kdm_clusters SET uid = uid WHERE uid = :uid AND source = :source", key)
    row = transaction.run(
        "SELECT id, version, redaction FROM kdm_clusters WHERE uid = :uid AND source = :source", key
    ).one()
    if (row.version, row.redaction) != (cluster.version, redaction):
        _forget(transaction, row.id)
        transaction.run(
            "UPDATE kdm_clusters SET version = :version, redaction = :redaction WHERE id = :id",
            {"version": cluster.version, "redaction": redaction, "id": row.id},
        )
    return int(row.id)


def _forget(transaction: Transaction, cluster_id: int) -> None:
    key = {"cluster": cluster_id}
    transaction.run(
        "DELETE FROM kdm_index WHERE indexed_id IN "
        "(SELECT id FROM kdm_indexed WHERE cluster_id = :cluster)",
        key,
    )
    transaction.run("DELETE FROM kdm_indexed WHERE cluster_id = :cluster", key)


def _indexed_id(transaction: Transaction, cluster_id: int, resource: str, context: str) -> int:
    key = {"cluster": cluster_id, "resource": resource}
    find = (
        "SELECT id, context FROM kdm_indexed WHERE cluster_id = :cluster AND resource = :resource"
    )
    row = transaction.run(find, key).one_or_none()
    if row is not None and row.context == context:
        return int(row.id)
    if row is not None:
        transaction.run("DELETE FROM kdm_index WHERE indexed_id = :id", {"id": row.id})
        transaction.run("DELETE FROM kdm_indexed WHERE id = :id", {"id": row.id})
    transaction.run(
        "INSERT INTO kdm_indexed (cluster_id, resource, context) "
        "VALUES (:cluster, :resource, :context)",
        {**key, "context": context},
    )
    return int(transaction.run(find, key).one().id)


def seal(read: Sequence[str | None], uid: str, version: str, digest: bytes) -> bytes:
    """What an entry must carry to be believed: it binds a version of an object to its content.

    Args:
        read: the cluster's uid, source and version, how it was redacted, the resource, its context.
        uid: of the object.
        version: its resourceVersion.
        digest: of its content.
    """
    text = "\0".join([*(part or "" for part in read), uid, version, digest.hex()])
    return digest_of(text)[:_SEAL_BYTES]


def _update_resource(
    transaction: Transaction,
    indexed_id: int,
    read: Sequence[str | None],
    versions: ObjectVersions,
    *,
    keep_others: bool,
) -> None:
    rows = transaction.run(
        "SELECT uid, resource_version, object_id, seal FROM kdm_index WHERE indexed_id = :id",
        {"id": indexed_id},
    )
    old = {row[0]: (row[1], row[2], row[3] and bytes(row[3])) for row in rows}
    new = {
        uid: (version, object_id, seal(read, uid, version, digest))
        for uid, (version, object_id, digest) in versions.items()
    }
    changed = {uid: entry for uid, entry in new.items() if old.get(uid) != entry}
    gone = set() if keep_others else old.keys() - versions.keys()
    for uid in sorted((changed.keys() & old.keys()) | gone):
        transaction.run(
            "DELETE FROM kdm_index WHERE indexed_id = :id AND uid = :uid",
            {"id": indexed_id, "uid": uid},
        )
    transaction.insert(
        "kdm_index",
        ("indexed_id", "uid", "resource_version", "object_id", "seal"),
        [(indexed_id, uid, *entry) for uid, entry in sorted(changed.items())],
    )


def is_sealed(
    sealed: bytes | None, read: Sequence[str | None], uid: str, version: str, digest: bytes
) -> bool:
    """Whether an entry carries the seal that it must carry."""
    return sealed is not None and bytes(sealed) == seal(read, uid, version, bytes(digest))


class SqlKnownObjects:
    """A ``contracts.KnownObjects`` of one cluster, one server version and one redaction."""

    def __init__(self, database: Database, cluster: Mapping[str, str | None]) -> None:
        self._database = database
        self._cluster = cluster

    def find(
        self, resource: Resource, versions: Mapping[str, str], context: str = ""
    ) -> Mapping[str, KubernetesObject]:
        """Objects that the store still holds unchanged, see ``contracts.KnownObjects``.

        They are read from the database as they are asked for, some at a time: go through them in
        order. Ask for kinds that are built in, or give the context that the writer noted: a custom
        resource reads differently when its CRD changed, whatever its resourceVersion says. An entry
        of the index that was changed by anybody else, or made before entries had seals, is passed
        over.
        """
        name = resource_name(f"{resource.group}/{resource.version}", resource.kind)
        uids = [uid for uid in versions if indexable(uid)]
        context = clean(context)
        read = (*(self._cluster[part] for part in _CLUSTER), name, context)
        found: dict[str, tuple[int, int, str]] = {}
        with self._database.read() as transaction:
            indexed_id = transaction.run(
                _FIND_RESOURCE,
                {**self._cluster, "resource": name, "context": context},
            ).scalar()
            if indexed_id is None:
                return {}
            for row in transaction.lookup(
                "SELECT x.uid, x.resource_version, x.seal, o.digest, o.id, o.size FROM kdm_index x "
                "JOIN kdm_objects o ON o.id = x.object_id "
                "WHERE x.indexed_id = {mark} AND x.uid IN ({keys})",
                uids,
                indexed_id,
            ):
                uid, version, sealed, digest, number, size = row
                if versions[uid] == version and is_sealed(sealed, read, uid, version, digest):
                    found[uid] = (number, size, version)
        return _StoredObjects(self._database, found)


class _StoredObjects(Mapping[str, KubernetesObject]):
    """Objects by uid, read from the database some at a time."""

    def __init__(self, database: Database, found: Mapping[str, tuple[int, int, str]]) -> None:
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
            size += self._found[uid][1]
            if uids and size > _BLOCK_BYTES:
                break
            uids.append(uid)
        return uids

    def _load(self, uids: Sequence[str]) -> Mapping[str, KubernetesObject]:
        ids = [self._found[uid][0] for uid in uids]
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
        return {uid: self._object(uid, *rows[self._found[uid][0]]) for uid in uids}

    def _object(self, uid: str, digest: bytes, body: str) -> KubernetesObject:
        if digest_of(body) != bytes(digest):
            raise StorageError(
                f"{self._database.place}: the database is damaged (`database verify` tells): the "
                f"content of object {self._found[uid][0]} is not what its digest says"
            )
        stored = StoredObject(parsed(body))
        stored.digest = bytes(digest)
        stored.size = self._found[uid][1]
        metadata: dict[str, Any] = stored["metadata"]
        metadata["resourceVersion"] = self._found[uid][2]
        return stored


def known_objects(
    database: Database, cluster: ClusterInfo, redaction: str
) -> SqlKnownObjects | None:
    """What is known of a cluster at this server version, redacted in this way; None for nothing."""
    if not indexable(cluster.uid, cluster.version, cluster.source, redaction):
        return None
    values = (cluster.uid, cluster.source, cluster.version, _how_redacted(redaction))
    key = dict(zip(_CLUSTER, values, strict=True))
    with database.read() as transaction:
        found = transaction.scalar(_FIND_CLUSTER, key)
    return None if found is None else SqlKnownObjects(database, key)
