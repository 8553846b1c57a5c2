"""Read a list of complete objects, anew or reused, at the server's version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from k8s_datamodel.api import Chunk, Listing, ListRequest, Outcome
from k8s_datamodel_plugins.sources.server.client import Client, Meter
from k8s_datamodel_plugins.sources.server.lists.discovery import at_another_version
from k8s_datamodel_plugins.sources.server.lists.paging import PagedList, list_path, selection
from k8s_datamodel_plugins.sources.server.lists.reuse import read_changed
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError


def read(client: Client, request: ListRequest) -> Iterator[Chunk | Outcome]:
    """Yield the objects of a list and then how it ended, also when it fails.

    A kind that the server serves at another version than the one asked for is read there.
    """
    meter = Meter()
    listing = _listing(client, request, meter)
    yield from listing
    outcome = listing.outcome
    if outcome.status == "absent":
        try:
            found = at_another_version(client, request.resource, meter, outcome.reason)
        except RequestError as fault:
            outcome = meter.failure(fault, outcome.objects)
        else:
            if found is not None:
                listing = _listing(client, replace(request, resource=found), meter)
                yield from listing
                outcome = listing.outcome
    yield outcome


def _listing(client: Client, request: ListRequest, meter: Meter) -> Listing:
    if request.reusable is not None:
        return Listing(read_changed(client, request, request.reusable, meter))
    path = list_path(request.resource, request.namespace)
    return PagedList(client, path, meter, request.resource, selection(request))
