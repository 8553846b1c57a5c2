"""The source ``kubernetes``: a live API server, chosen by kubeconfig, only read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

from k8s_datamodel.api import (
    Chunk,
    ClusterInfo,
    Count,
    LedgerEntry,
    Listing,
    ListRequest,
    Outcome,
    Resource,
    Source,
    SourceError,
    SourceRequest,
)
from k8s_datamodel_plugins.sources.server import kubeconfig
from k8s_datamodel_plugins.sources.server.client import Client, Meter
from k8s_datamodel_plugins.sources.server.lists.counting import Ownership, count
from k8s_datamodel_plugins.sources.server.lists.describe import (
    ReadValue,
    describe,
    look_up_namespace,
    server_version,
)
from k8s_datamodel_plugins.sources.server.lists.listing import read
from k8s_datamodel_plugins.sources.server.pace.gates import gate_of
from k8s_datamodel_plugins.sources.server.wire.connections import Connections
from k8s_datamodel_plugins.sources.server.wire.faults import RequestError
from k8s_datamodel_plugins.sources.server.wire.request_limits import Limits, from_environment
from k8s_datamodel_plugins.sources.server.wire.tls import expiry

_UNAUTHORIZED, _FORBIDDEN = 401, 403

_ANONYMOUS = "system:anonymous"
# Whoever is known may read it, by the ClusterRole system:discovery.
_FOR_USERS = "/apis"


def open_source(request: SourceRequest) -> Source:
    """Connect to the API server that the request's kubeconfig and context name.

    Raises SourceError without usable credentials, or if no API server answers that lets us in, and
    UsageError without such a context, or if a limit in the environment is not a number.
    """
    limits = _limits(request)
    access = kubeconfig.find(request)
    try:
        connections = Connections(access.configuration, access.proxy_url, limits)
    except SourceError as error:
        raise SourceError(f"context {access.context}: {error}") from error
    with ExitStack() as stack:
        stack.callback(connections.close)
        gate = stack.enter_context(gate_of(connections.url, limits))
        client = Client(connections, kubeconfig.Identity(access), limits, gate)
        version = server_version(client)
        _check(access, client.url, version)
        _check_password(access, client)
        closing = stack.pop_all().close
    return LiveSource(client, access.context, version, request.progress, closing)


def _limits(request: SourceRequest) -> Limits:
    given = {"max_in_flight": request.max_in_flight, "max_per_second": request.max_per_second}
    said = {name: value for name, value in given.items() if value is not None}
    return replace(from_environment(), **said)  # type: ignore[arg-type]  # of their fields' types


def _check(access: kubeconfig.Access, url: str, version: ReadValue[str]) -> None:
    """Raise SourceError unless what answered is an API server, and knows us."""
    outcome = version.outcome
    if version.value is not None or outcome.http_code == _FORBIDDEN:
        return
    who = f"context {access.context}, {url}"
    if outcome.http_code == _UNAUTHORIZED:
        certificate = access.configuration.cert_file
        expired = expiry(certificate) if certificate else None
        why = f"; the client certificate expired on {expired}" if expired else ""
        raise SourceError(f"{who} does not accept the credentials ({outcome.reason}{why})")
    if outcome.http_code is None:
        raise SourceError(f"{who}: {outcome.reason}")
    raise SourceError(f"{who} does not answer as an API server: {outcome.reason}")


def _check_password(access: kubeconfig.Access, client: Client) -> None:
    """Raise SourceError if the server passes over the name and password that we send.

    Kubernetes itself takes none since 1.19, and reads on as a user who may see nothing; what stands
    before an API server may take them.
    """
    if not access.by_password:
        return
    try:
        client.get(_FOR_USERS, Meter())
    except RequestError as fault:
        if _ANONYMOUS in fault.reason:
            raise SourceError(
                f"context {access.context}, {client.url} does not accept a name and password: it "
                f"takes us for {_ANONYMOUS}"
            ) from None


class LiveSource:
    """A ``contracts.Source``."""

    def __init__(
        self,
        client: Client,
        context: str,
        version: ReadValue[str],
        progress: Callable[[str], None],
        closing: Callable[[], None],
    ) -> None:
        self._client = client
        self._context = context
        self._version = version
        self._progress = progress
        self._closing = closing
        self._ownership = Ownership(client)

    def describe(self, note: Callable[[LedgerEntry], None]) -> ClusterInfo:
        """What the cluster is; see ``contracts.Source``."""
        return describe(self._client, self._ownership, self._context, self._version, note)

    def list(self, request: ListRequest) -> Listing:
        """The objects of a list; see ``contracts.Source``."""
        return Listing(self._watched(request))

    def _watched(self, request: ListRequest) -> Iterator[Chunk | Outcome]:
        number, meter = 0, Meter()
        for part in read(self._client, request, meter):
            if not isinstance(part, Outcome):
                number += len(part)
                of = "" if meter.announced is None else f" of {max(number, meter.announced):,}"
                self._progress(f"{request.resource.plural} {number:,}{of}")
            yield part

    def count(self, resource: Resource, namespace: str | None = None) -> Count:
        """How many objects there are; see ``contracts.Source``."""
        return count(self._client, self._ownership, resource, namespace)

    def namespace(self, name: str) -> Outcome:
        """Whether there is a namespace; see ``contracts.NamespaceSource``."""
        return look_up_namespace(self._client, name)

    def at_once(self) -> int:
        """How many counts are worth being asked for; see ``contracts.ElasticSource``."""
        return self._client.gate.share

    def close(self) -> None:
        """Close all connections."""
        self._closing()
