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
    partial = snapshot.namespace_filter is not None
    kinds: dict[int, _Kind] = {}
    known = _known_kinds(transaction, cluster_id)
    for resource, versions in objects.items():  # new ones get their place in this order
        definition = clean(definitions.get(resource, ""))
        indexed_id = known.get((resource, definition))
        if indexed_id is None:
            indexed_id = _new_kind(transaction, cluster_id, resource, definition)
        read = (cluster.uid, cluster.source, cluster.version, redaction, resource, definition)
        kinds[indexed_id] = _Kind(read, versions, keep_others=partial)
    _update_kinds(transaction, cluster_id, kinds)


class _Kind:
    """The entries that a kind is to have; those that it has are taken out of ``versions``."""

    def __init__(
        self, read: Sequence[str | None], versions: ObjectVersions, *, keep_others: bool
    ) -> None:
        self._read = read
        self._keep_others = keep_others
        self.missing = versions

    def entry(self, uid: str, each: Indexed) -> tuple[str, int, bytes, int | None]:
        """What stands in the table of an object, from its version on."""
        digests = each.digest, each.beside
        sealed = each.sealed or seal(self._read, uid, each.resource_version, *digests)
        return each.resource_version, each.object_id, sealed, each.beside_id

    def stays(self, uid: str, old: tuple[object, ...]) -> bool:
        """Whether an entry that is there is to stay as it is."""
        each = self.missing.get(uid)
        if each is None:
            return self._keep_others
        same = self.entry(uid, each) == old
        if same:
            del self.missing[uid]
        return same


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


def _known_kinds(transaction: Transaction, cluster_id: int) -> dict[tuple[str, str], int]:
    """Numbers of the kinds of a cluster by resource and definition."""
    rows = transaction.run(
        "SELECT resource, context, id FROM kdm_indexed WHERE cluster_id = :cluster",
        {"cluster": cluster_id},
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _new_kind(transaction: Transaction, cluster_id: int, resource: str, definition: str) -> int:
    """The number of a kind that has another definition than it had, or is new."""
    key = {"cluster": cluster_id, "resource": resource}
    find = "SELECT id FROM kdm_indexed WHERE cluster_id = :cluster AND resource = :resource"
    before = transaction.scalar(find, key)
    if before is not None:
        transaction.run("DELETE FROM kdm_index WHERE indexed_id = :id", {"id": before})
        transaction.run("DELETE FROM kdm_indexed WHERE id = :id", {"id": before})
    transaction.run(
        "INSERT INTO kdm_indexed (cluster_id, resource, context) "
        "VALUES (:cluster, :resource, :context)",
        {**key, "context": definition},
    )
    return int(transaction.scalar(find, key))


def seal(
    read: Sequence[str | None], uid: str, version: str, digest: bytes, beside: bytes | None
) -> bytes:
    """The seal of an entry: it binds a version of an object to its content, and what is beside it.

    ``read`` is the cluster's uid, source and version, the redaction, the resource, its definition.
    """
    kept = [digest.hex()] if beside is None else [digest.hex(), beside.hex()]
    text = "\0".join([*(part or "" for part in read), uid, version, *kept])
    return digest_of(text)[:_SEAL_BYTES]


def _update_kinds(transaction: Transaction, cluster_id: int, kinds: Mapping[int, _Kind]) -> None:
    """Write what is missing of these kinds, and remove what must not stay; one query for all."""
    rows = transaction.run(
        "SELECT x.indexed_id, x.uid, x.resource_version, x.object_id, x.seal, x.beside_id "
        "FROM kdm_index x JOIN kdm_indexed d ON d.id = x.indexed_id WHERE d.cluster_id = :cluster",
        {"cluster": cluster_id},
    )
    gone = [
        (indexed_id, uid)
        for indexed_id, uid, *old in rows
        if indexed_id in kinds and not kinds[indexed_id].stays(uid, tuple(old))
    ]
    for indexed_id, uid in sorted(gone):
        transaction.run(
            "DELETE FROM kdm_index WHERE indexed_id = :id AND uid = :uid",
            {"id": indexed_id, "uid": uid},
        )
    transaction.insert(
        "kdm_index",
        ("indexed_id", "uid", "resource_version", "object_id", "seal", "beside_id"),
        (
            (indexed_id, uid, *kind.entry(uid, kind.missing[uid]))
            for indexed_id, kind in sorted(kinds.items())
            for uid in sorted(kind.missing)
        ),
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
