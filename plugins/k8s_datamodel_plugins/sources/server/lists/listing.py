"""A list of complete objects: read anew or reused, at the version that the server has."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from k8s_datamodel.api import Chunk, ListRequest, Outcome
from k8s_datamodel_plugins.sources.server.client import Client, Meter
from k8s_datamodel_plugins.sources.server.lists.discovery import at_another_version
from k8s_datamodel_plugins.sources.server.lists.paging import PagedList, list_path, selection
from k8s_datamodel_plugins.sources.server.lists.reuse import read_changed
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError


def read(client: Client, request: ListRequest) -> Generator[Chunk, None, Outcome]:
    """Yield the objects of a list, page by page, and return how it ended, also when it fails.

    A kind that is not served at the version asked for, but at another one, is read there.
    """
    meter = Meter()
    outcome = yield from _read(client, request, meter)
    if outcome.status != "absent":
        return outcome
    try:
        found = at_another_version(client, request.resource, meter, outcome.reason)
    except RequestError as fault:
        return meter.failure(fault, outcome.objects)
    if found is None:
        return outcome
    return (yield from _read(client, replace(request, resource=found), meter))


def _read(client: Client, request: ListRequest, meter: Meter) -> Generator[Chunk, None, Outcome]:
    if request.known is not None:
        return (yield from read_changed(client, request, request.known, meter))
    path = list_path(request.resource, request.namespace)
    pages = PagedList(client, path, meter, request.resource, selection(request)).pages()
    return (yield from pages)
