"""Count objects, in one small request if the server supports it."""

from __future__ import annotations

import threading
from dataclasses import replace

from k8s_datamodel.api import Count, Outcome, Resource, Trace, traces_of
from k8s_datamodel_plugins.sources.server.client import METADATA, Client, Meter
from k8s_datamodel_plugins.sources.server.lists.discovery import (
    GroupVersion,
    aggregated,
    at_another_version,
)
from k8s_datamodel_plugins.sources.server.lists.paging import PagedList, fetch, list_path
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError


class Ownership:
    """Whether this server itself keeps the objects of a kind; asks at most once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._outcome: Outcome | None = None
        self._others: frozenset[GroupVersion] = frozenset()

    def read(self) -> Outcome:
        """The outcome of asking, now or before."""
        with self._lock:
            if self._outcome is None:
                meter = Meter()
                try:
                    self._others = aggregated(self._client, meter)
                    self._outcome = meter.outcome("complete", objects=len(self._others))
                except RequestError as fault:
                    self._outcome = meter.failure(fault)
            return self._outcome

    def keeps(self, resource: Resource) -> bool:
        """Whether it surely keeps them; a server without an aggregation layer does."""
        if not resource.group:
            return True
        known = self.read().status in ("complete", "absent")
        return known and (resource.group, resource.version) not in self._others


def count(client: Client, ownership: Ownership, resource: Resource, namespace: str | None) -> Count:
    """Count by ``remainingItemCount``, or by reading all metadata where the server has none.

    ``remainingItemCount`` is exact for what a server keeps itself, and may be an estimate
    otherwise (ListMeta in the API reference). A kind that is not served at the version asked for,
    but at another one, is counted there.
    """
    meter = Meter()
    try:
        return _count(client, ownership, resource, namespace, meter)
    except RequestError as fault:
        return Count(None, None, meter.failure(fault))


def _count(
    client: Client, ownership: Ownership, resource: Resource, namespace: str | None, meter: Meter
) -> Count:
    path = list_path(resource, namespace)
    try:
        chunk = fetch(client, path, meter, METADATA, 1, resource=resource)
    except RequestError as fault:
        if fault.status != "absent":
            raise
        found = at_another_version(client, resource, meter, fault.reason)
        if found is None:
            raise
        return _count(client, ownership, found, namespace, meter)
    traces = traces_of(chunk.items)
    if not chunk.token:
        return _exact(len(chunk.items), meter, traces)
    if chunk.remaining is None:
        return replace(_by_reading(client, path, meter), traces=traces)
    number = len(chunk.items) + chunk.remaining
    if ownership.keeps(resource):
        return _exact(number, meter, traces)
    return Count(number, "estimate", meter.outcome("complete", objects=number), traces)


def _exact(number: int, meter: Meter, traces: tuple[Trace, ...] = ()) -> Count:
    return Count(number, "exact", meter.outcome("complete", objects=number), traces)


def _by_reading(client: Client, path: str, meter: Meter) -> Count:
    listing = PagedList(client, path, meter)
    outcome = listing.drain()
    return _exact(len(listing.seen), meter) if listing.whole else Count(None, None, outcome)
