"""Opening sources and databases: whoever registered the scheme of their URL does it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from k8s_datamodel.contracts import Source, SourceFactory, StorageRequest, Store, StoreFactory
from k8s_datamodel.errors import UsageError
from k8s_datamodel.model import SourceRequest
from k8s_datamodel.registry import Registry
from k8s_datamodel.resource_types import Resource

if TYPE_CHECKING:
    from k8s_datamodel.cli.app import Settings
    from k8s_datamodel.specs import SourceSpec, StorageSpec

    Opener = SourceSpec | StorageSpec

LIVE = "kubernetes"
"""Scheme of the source that is used without ``--source``."""


class Opening:
    """Opens what requests and URLs name.

    Args:
        registry: knows who opens what.
        settings: what the user said.
    """

    def __init__(self, registry: Registry, settings: Settings) -> None:
        self._registry = registry
        self._settings = settings

    def contexts(self) -> Sequence[str]:
        """The contexts that a live source can be opened with. Raises DatamodelError."""
        spec = self._registry.source(LIVE)
        request = SourceRequest(kubeconfig=self._settings.kubeconfig)
        names: Sequence[str] = self._registry.load_contexts(spec)(request)
        return names

    def store(self, url: str, *, create: bool) -> Store:
        """The database at a path or URL. Raises StorageError, UsageError."""
        spec = _by_scheme(self._registry.storages, url, "sqlite", "--db-path")
        factory: StoreFactory = self._registry.load_target(spec)
        store = factory(StorageRequest(url, self._registry.types, create))
        self._registry.expect(spec, store, Store)
        return store

    def request(self, resources: Sequence[Resource]) -> SourceRequest:
        """What the settings say about the source, to list these resources."""
        settings = self._settings
        return SourceRequest(
            location=settings.source or "",
            context=settings.context,
            kubeconfig=settings.kubeconfig,
            namespace=settings.namespace,
            resources=tuple(resources),
            opener=self.source,
        )

    def cluster_name(self, typed: Collection[str]) -> str | None:
        """What the user calls the cluster of the source; None for the name that it has.

        Args:
            typed: names of the options of the command line, which win over the environment.

        Raises:
            UsageError: there is no source whose cluster could be named.
        """
        settings = self._settings
        if not settings.source:
            if "cluster_name" in typed:
                raise UsageError("--cluster-name names the cluster of a dump: add --source PATH")
            return None
        # A source of a plugin may be the front of a cluster, and choose it by its context.
        path = "://" not in settings.source
        if path and "context" in typed and "cluster_name" not in typed:
            return settings.context
        return settings.cluster_name

    def source(self, request: SourceRequest) -> Source:
        """The source of a request. Raises SourceError, UsageError."""
        default = "file" if request.location else LIVE
        spec = _by_scheme(self._registry.sources, request.location, default, "--source")
        factory: SourceFactory = self._registry.load_target(spec)
        source = factory(request)
        self._registry.expect(spec, source, Source)
        return source


def _by_scheme(specs: Mapping[str, Opener], url: str, default: str, option: str) -> Opener:
    scheme = url.partition("://")[0].partition("+")[0] if "://" in url else default
    if scheme not in specs:
        known = ", ".join(specs)
        raise UsageError(f"{option}: nothing opens {scheme}://; there are {known}")
    return specs[scheme]
