"""Notes which records of the snapshot that is being committed are those of whole lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from k8s_datamodel.api import Snapshot
from k8s_datamodel_plugins.sql.access.connection import Transaction
from k8s_datamodel_plugins.sql.layout.content import clean
from k8s_datamodel_plugins.sql.layout.list_entries import ListEntry
from k8s_datamodel_plugins.sql.layout.version_index import CLUSTER, KINDS, how_redacted, indexable
from k8s_datamodel_plugins.sql.writers.references import Place
from k8s_datamodel_plugins.sql.writers.stored_lists import Part

_COLUMNS = ("indexed_id", "type_id", *ListEntry._fields, "seal")


class TypeLists(NamedTuple):
    """What is stored of a type, and where the records of its lists lie, by number of the list."""

    part: Part
    places: Mapping[int, Place]


def note_lists(
    transaction: Transaction,
    number: int,
    snapshot: Snapshot,
    types: Sequence[TypeLists],
    definitions: Mapping[str, str],
) -> None:
    """Put an entry for each list that is known whole in place of the one that was there.

    A list is, if the index has its kind under the same definition, and if its records lie together.
    """
    cluster = snapshot.cluster
    if snapshot.namespace_filter or not indexable(cluster.uid, cluster.version, cluster.source):
        return
    redaction = how_redacted(snapshot.redaction)
    read = (cluster.uid, cluster.source, cluster.version, redaction)
    of = dict(zip(CLUSTER, read, strict=True))
    kinds = {(row[0], row[1]): int(row[2]) for row in transaction.run(KINDS, of)}
    rows = []
    for each in types:
        part = each.part
        for resource, entry in _entries(number, each):
            definition = clean(definitions.get(resource, ""))
            indexed_id = kinds.get((resource, definition))
            if indexed_id is not None and definition:
                seal = entry.seal((*read, resource, definition), part.stored.type.name)
                rows.append((indexed_id, part.stored.id, *entry, seal))
    transaction.insert("kdm_lists", _COLUMNS, sorted(rows), replace=("indexed_id", "type_id"))


def _entries(number: int, type_lists: TypeLists) -> Iterator[tuple[str, ListEntry]]:
    """The lists of a type that lie together, and are its only ones of their kind."""
    part, places = type_lists
    uses = Counter(each.resource for each in part.lists)
    for each in part.lists:
        place = places.get(each.number)
        note = part.notes.get(each.resource)
        if place is None or place.torn or note is None or uses[each.resource] > 1:
            continue
        lies = place.first_ref, place.records
        keys = place.first_key, place.last_key
        yield each.resource, ListEntry(number, *lies, str(each.sum), each.state, *keys, note)
