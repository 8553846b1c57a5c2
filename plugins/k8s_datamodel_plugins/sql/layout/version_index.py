"""Which object had which resourceVersion, so that the next snapshot reads only what changed.

The index speaks of the newest snapshots of a cluster only and is no content: losing it costs a full
read. It is empty of what an earlier server version or another redaction gave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from k8s_datamodel.api import REDACTION_RULES, ClusterInfo, KubernetesObject, Memo, Snapshot
from k8s_datamodel_plugins.sql.access.connection import Transaction
from k8s_datamodel_plugins.sql.layout.content import StoredObject, clean, digest_of


class Indexed(NamedTuple):
    """An object as the index knows it: its version, and content and what is beside it twice.

    By number and by digest; ``beside`` is None where nothing is. ``sealed`` is the seal that the
    entry has, empty for one that is to be made.
    """

    resource_version: str
    object_id: int
    digest: bytes
    beside_id: int | None
    beside: bytes | None
    sealed: bytes = b""


ObjectVersions = dict[str, Indexed]
"""By uid."""

_NAMED = "name"
_LONGEST_KEY = 512
_SEAL_BYTES = 16


class Version(NamedTuple):
    """Which object it is, in which version; ``resource`` is ``group/version/kind``."""

    resource: str
    uid: str
    resource_version: str


class IndexedObject(StoredObject):
    """An object of the database as the index knows it, with ``version`` and ``entry`` there."""

    __slots__ = ("entry", "version")
    version: Version
    entry: Indexed


def version_of(complete: KubernetesObject) -> Version | None:
    """Which object this is; None when kind, uid or resourceVersion are missing, or are odd."""
    if isinstance(complete, IndexedObject):
        return complete.version
    metadata = complete.get("metadata")
    if not isinstance(metadata, Mapping):
        return None
    api_version, kind = complete.get("apiVersion"), complete.get("kind")
    uid, resource_version = metadata.get("uid"), metadata.get("resourceVersion")
    if not indexable(api_version, kind, uid, resource_version):
        return None
    return Version(resource_name(str(api_version), str(kind)), str(uid), str(resource_version))


def indexable(*parts: object) -> bool:
    """Whether these can be keys of the index: what an API server writes as such, always is."""
    return all(
        isinstance(part, str)
        and 0 < len(part) <= _LONGEST_KEY
        and part.isascii()
        and "\0" not in part
        for part in parts
    )


def resource_name(api_version: str, kind: str) -> str:
    """``group/version/kind``; the core group is empty."""
    return f"{api_version if '/' in api_version else '/' + api_version}/{kind}"


def update_index(
    transaction: Transaction,
    snapshot: Snapshot,
    parts: Sequence[Mapping[str, ObjectVersions]],
    definitions: Mapping[str, str],
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
    redaction = how_redacted(snapshot.redaction)
    cluster_id = _cluster_id(transaction, cluster, redaction)
    for resource, versions in sorted(objects.items()):
        definition = clean(definitions.get(resource, ""))
        indexed_id = _indexed_id(transaction, cluster_id, resource, definition)
        partial = snapshot.namespace_filter is not None
        read = (cluster.uid, cluster.source, cluster.version, redaction, resource, definition)
        _update_resource(transaction, indexed_id, read, versions, keep_others=partial)


def how_redacted(redaction: str) -> str:
    """With the rules, for under others an object that is the same may have to be redacted anew."""
    return f"{redaction}/{REDACTION_RULES}"


def _cluster_id(transaction: Transaction, cluster: ClusterInfo, redaction: str) -> int:
    key = {"uid": cluster.uid, "source": cluster.source}
    columns = ("uid", "source", "version", "redaction")
    values = [(cluster.uid, cluster.source, cluster.version, redaction)]
    transaction.insert("kdm_clusters", columns, values, ignore=True)
    # The update also makes writers of the same cluster queue here.
    transaction.run("UPDATE kdm_clusters SET uid = uid WHERE uid = :uid AND source = :source", key)
    row = transaction.run(
        "SELECT id, version, redaction FROM kdm_clusters WHERE uid = :uid AND source = :source", key
    ).one()
    if (row.version, row.redaction) != (cluster.version, redaction):
        known = {"cluster": row.id}
        transaction.run(
            "DELETE FROM kdm_index WHERE indexed_id IN "
            "(SELECT id FROM kdm_indexed WHERE cluster_id = :cluster)",
            known,
        )
        transaction.run("DELETE FROM kdm_indexed WHERE cluster_id = :cluster", known)
        transaction.run(
            "UPDATE kdm_clusters SET version = :version, redaction = :redaction WHERE id = :id",
            {"version": cluster.version, "redaction": redaction, "id": row.id},
        )
    return int(row.id)


def _indexed_id(transaction: Transaction, cluster_id: int, resource: str, definition: str) -> int:
    key = {"cluster": cluster_id, "resource": resource}
    find = (
        "SELECT id, context FROM kdm_indexed WHERE cluster_id = :cluster AND resource = :resource"
    )
    row = transaction.run(find, key).one_or_none()
    if row is not None and row.context == definition:
        return int(row.id)
    if row is not None:
        transaction.run("DELETE FROM kdm_index WHERE indexed_id = :id", {"id": row.id})
        transaction.run("DELETE FROM kdm_indexed WHERE id = :id", {"id": row.id})
    transaction.run(
        "INSERT INTO kdm_indexed (cluster_id, resource, context) "
        "VALUES (:cluster, :resource, :context)",
        {**key, "context": definition},
    )
    return int(transaction.run(find, key).one().id)


def seal(
    read: Sequence[str | None], uid: str, version: str, digest: bytes, beside: bytes | None
) -> bytes:
    """The seal of an entry: it binds a version of an object to its content, and what is beside it.

    ``read`` is the cluster's uid, source and version, the redaction, the resource, its definition.
    """
    kept = [digest.hex()] if beside is None else [digest.hex(), beside.hex()]
    text = "\0".join([*(part or "" for part in read), uid, version, *kept])
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
        "SELECT uid, resource_version, object_id, seal, beside_id FROM kdm_index "
        "WHERE indexed_id = :id",
        {"id": indexed_id},
    )
    old = {row[0]: tuple(row[1:]) for row in rows}
    new = {
        uid: (
            each.resource_version,
            each.object_id,
            each.sealed or seal(read, uid, each.resource_version, each.digest, each.beside),
            each.beside_id,
        )
        for uid, each in versions.items()
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
        ("indexed_id", "uid", "resource_version", "object_id", "seal", "beside_id"),
        [(indexed_id, uid, *entry) for uid, entry in sorted(changed.items())],
    )


def is_sealed(
    sealed: object,
    read: Sequence[str | None],
    uid: str,
    version: str,
    digest: object,
    beside: object,
) -> bool:
    """Whether an entry carries the seal that it must carry."""
    return (
        isinstance(digest, bytes)
        and isinstance(beside, bytes | None)
        and sealed == seal(read, uid, version, digest, beside)
    )


def memo_seal(digest: bytes, version: str, body: str) -> bytes:
    """The seal of what was made of an object: it binds it to the content, at one version."""
    return digest_of(f"{digest.hex()}\0{version}\0{body}")[:_SEAL_BYTES]


def memo_text(digest: bytes, version: str, memo: Sequence[object]) -> str:
    """The text of a memo (version, seal and body), if it is one of this object; else empty."""
    of, sealed, body = memo
    sound = of == version and isinstance(body, str) and sealed == memo_seal(digest, version, body)
    return body if sound and isinstance(body, str) else ""


def note_name(memo: Memo, complete: KubernetesObject) -> None:
    """Note namespace and name of an object, so that they are known without reading it."""
    metadata = complete.get("metadata")
    if isinstance(metadata, Mapping):
        memo.put(_NAMED, "", [metadata.get("namespace", ""), metadata.get("name")])


def named_by(memo: Memo) -> tuple[str, str] | None:
    """Namespace and name as a memo has them; None if it does not."""
    found = memo.get(_NAMED, "")
    if not (isinstance(found, list) and len(found) == 2):  # noqa: PLR2004
        return None
    namespace, name = found
    sound = isinstance(namespace, str) and isinstance(name, str)
    return (namespace, name) if sound else None
