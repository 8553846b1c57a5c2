"""Find the records of whole lists in earlier snapshots, and whether they are what they were."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import groupby, pairwise
from operator import itemgetter

from k8s_datamodel.api import Resource, StorageError, UnchangedList
from k8s_datamodel_plugins.sql.access.connection import Database, Transaction
from k8s_datamodel_plugins.sql.layout.content import clean
from k8s_datamodel_plugins.sql.layout.digests import sums_of_ranges
from k8s_datamodel_plugins.sql.layout.list_entries import KeptList, ListEntry, sealed_entry
from k8s_datamodel_plugins.sql.layout.version_index import CLUSTER, resource_name

_ENTRIES = """
SELECT t.name, d.resource, d.context, l.seal, l.snapshot_id, l.first_ref, l.records, l.sum,
  l.fingerprint, l.first_key, l.last_key, l.note
FROM kdm_lists l JOIN kdm_types t ON t.id = l.type_id JOIN kdm_indexed d ON d.id = l.indexed_id
JOIN kdm_clusters c ON c.id = d.cluster_id
WHERE c.uid = :uid AND c.source = :source AND c.version = :version AND c.redaction = :redaction
"""

_Key = tuple[str, str, str]
"""Name of the type, resource, definition."""


class SqlUnchangedLists:
    """The lists of one cluster. They are looked up, and summed up, when one is asked for first.

    Safe in threads.
    """

    def __init__(self, database: Database, cluster: Mapping[str, str | None]) -> None:
        self._database = database
        self._cluster = cluster
        self._lock = threading.Lock()
        self._found: Mapping[_Key, ListEntry] | None = None

    def find(self, type_name: str, resource: Resource, definition: str) -> UnchangedList | None:
        """The records of a list, if they are what they were, and can be read."""
        with self._lock:
            if self._found is None:
                self._found = {}
                with suppress(StorageError), self._database.read() as transaction:
                    self._found = dict(_sound(transaction, self._entries(transaction)))
        name = resource_name(f"{resource.group}/{resource.version}", resource.kind)
        entry = self._found.get((type_name, name, clean(definition)))
        if entry is None:
            return None
        kept = KeptList(name, entry)
        return UnchangedList(entry.fingerprint, entry.records, entry.note, kept)

    def _entries(self, transaction: Transaction) -> dict[_Key, ListEntry]:
        """Those with a sound seal."""
        found: dict[_Key, ListEntry] = {}
        of_cluster = [self._cluster[part] for part in CLUSTER]
        for type_name, resource, definition, seal, *values in transaction.run(
            _ENTRIES, self._cluster
        ):
            read = (*of_cluster, resource, definition)
            if entry := sealed_entry(values, seal, read, type_name):
                found[type_name, resource, definition] = entry
        return found


def _sound(
    transaction: Transaction, entries: Mapping[_Key, ListEntry]
) -> Iterator[tuple[_Key, ListEntry]]:
    """Those whose records come to their sum."""
    order = sorted((key[0], each.snapshot_id, each.first_ref, key) for key, each in entries.items())
    for (type_name, number), some in groupby(order, key=itemgetter(0, 1)):
        keys = [each[-1] for each in some]
        ranges = [(entries[key].first_ref, entries[key].records) for key in keys]
        if any(sum(one) > other[0] for one, other in pairwise(ranges)):
            continue  # nothing that we wrote: two lists share records
        try:
            sums = sums_of_ranges(transaction, number, type_name, ranges)
        except ValueError:
            continue  # damaged, as `verify` tells
        for key, records in zip(keys, sums, strict=True):
            if (records.number, str(records)) == (entries[key].records, entries[key].sum):
                yield key, entries[key]
