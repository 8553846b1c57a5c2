"""Makes the index speak of the snapshot that is being committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from k8s_datamodel.api import ClusterInfo, Snapshot
from k8s_datamodel_plugins.sql.access.connection import Transaction
from k8s_datamodel_plugins.sql.layout.content import clean
from k8s_datamodel_plugins.sql.layout.version_index import Indexed, how_redacted, indexable, seal
from k8s_datamodel_plugins.sql.writers.held import Held

_KINDS_AT_ONCE = 64
"""A query for each kind takes too long, the entries of all kinds take too much memory."""

_KNOWN = (
    "SELECT indexed_id, uid, resource_version, object_id, seal, beside_id "
    "FROM kdm_index WHERE indexed_id IN ({keys})"
)

_OF_KINDS = ("kdm_index", "kdm_lists")
"""What is known of kinds."""

_Stored = tuple[str, int, bytes, int | None]
"""What stands in the table of an object, from its version on."""


def update_index(
    transaction: Transaction, snapshot: Snapshot, held: Held, definitions: Mapping[str, str]
) -> None:
    """Make the index speak of this snapshot, writing only what changed.

    Objects of resources that this snapshot did not read stay known, and so do those outside of its
    namespace.
    """
    cluster = snapshot.cluster
    resources = held.resources()
    if not indexable(cluster.uid, cluster.version, cluster.source) or not resources:
        return  # an old snapshot, copied from elsewhere, must not make this cluster unknown
    redaction = how_redacted(snapshot.redaction)
    cluster_id = _cluster_id(transaction, cluster, redaction)
    known = _known_kinds(transaction, cluster_id)
    kinds: dict[int, _Kind] = {}
    for resource in resources:  # new ones get their place in this order
        definition = clean(definitions.get(resource, ""))
        indexed_id = known.get((resource, definition))
        if indexed_id is None:
            indexed_id = _new_kind(transaction, cluster_id, resource, definition)
        read = (cluster.uid, cluster.source, cluster.version, redaction, resource, definition)
        kinds[indexed_id] = _Kind(resource, read)
    numbers = iter(sorted(kinds))
    while some := {number: kinds[number] for number in islice(numbers, _KINDS_AT_ONCE)}:
        _update(transaction, held, some, partial=snapshot.namespace_filter is not None)


class _Kind(NamedTuple):
    """A resource, and the first parts of its seals."""

    resource: str
    read: Sequence[str | None]

    def stored(self, uid: str, each: Indexed) -> _Stored:
        digests = each.digest, each.beside
        sealed = each.sealed or seal(self.read, uid, each.resource_version, *digests)
        return each.resource_version, each.object_id, sealed, each.beside_id


def _update(
    transaction: Transaction, held: Held, kinds: Mapping[int, _Kind], *, partial: bool
) -> None:
    """Write what is missing of these kinds, and remove what must not stay."""
    missing = {
        number: {uid: kind.stored(uid, each) for uid, each in held.versions(kind.resource)}
        for number, kind in kinds.items()
    }
    gone = []
    for number, uid, *old in transaction.lookup(_KNOWN, list(kinds)):
        wanted = missing[number].get(uid)
        if wanted == tuple(old):
            del missing[number][uid]
        elif wanted is not None or not partial:
            gone.append((number, uid))
    for number, uid in sorted(gone):
        transaction.run(
            "DELETE FROM kdm_index WHERE indexed_id = :id AND uid = :uid",
            {"id": number, "uid": uid},
        )
    transaction.insert(
        "kdm_index",
        ("indexed_id", "uid", "resource_version", "object_id", "seal", "beside_id"),
        (
            (number, uid, *missing[number][uid])
            for number in kinds
            for uid in sorted(missing[number])
        ),
    )


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
        for table in _OF_KINDS:
            transaction.run(
                "DELETE FROM {table} WHERE indexed_id IN "
                "(SELECT id FROM kdm_indexed WHERE cluster_id = :cluster)",
                known,
                table=table,
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
        for table in _OF_KINDS:
            delete = "DELETE FROM {table} WHERE indexed_id = :id"
            transaction.run(delete, {"id": before}, table=table)
        transaction.run("DELETE FROM kdm_indexed WHERE id = :id", {"id": before})
    transaction.run(
        "INSERT INTO kdm_indexed (cluster_id, resource, context) "
        "VALUES (:cluster, :resource, :context)",
        {**key, "context": definition},
    )
    return int(transaction.scalar(find, key))
