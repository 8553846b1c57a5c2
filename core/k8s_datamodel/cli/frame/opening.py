"""Open sources and databases by the scheme of their URL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from k8s_datamodel.base.errors import DatamodelError, UsageError
from k8s_datamodel.cli.frame.settings import Place, Settings
from k8s_datamodel.contracts.sources import Source, SourceFactory, SourceRequest
from k8s_datamodel.contracts.stores import AbleStore, Restore, StorageRequest, Store, StoreFactory
from k8s_datamodel.data.objects import Resource
from k8s_datamodel.plugins.registry import Registry

if TYPE_CHECKING:
    from k8s_datamodel.contracts.specs import Capability, SourceSpec, StorageSpec

    Opener = TypeVar("Opener", SourceSpec, StorageSpec)

DATABASE = "the database"
"""What it is to the user, among ``Opening.inputs``."""

LIVE = "kubernetes"
"""Scheme of the source that is used without ``--source``."""

_INSTEAD: Mapping[str | None, str] = {
    "backup": "`k8s-datamodel database copy URL FILE` copies its snapshots into a file",
    "restore": "`k8s-datamodel database copy FILE URL` puts into it what it lacks of a file",
}
"""What to do where a backend lacks a capability."""


class Opening:
    """Opens what requests and URLs name."""

    def __init__(self, registry: Registry, settings: Settings) -> None:
        self._registry = registry
        self._settings = settings

    def contexts(self) -> Sequence[str]:
        """The contexts that a live source can be opened with. Raises DatamodelError."""
        spec = self._registry.source(LIVE)
        request = SourceRequest(kubeconfig=self._settings.kubeconfig)
        names: Sequence[str] = self._registry.load_function(spec, spec.contexts)(request)
        return names

    def inputs(self) -> Mapping[str, Sequence[Path]]:
        """The files and folders that the settings name to be read, by what they are to the user.

        Whether a command reads them does not matter. What cannot be told is left out: who opens
        it says what is wrong with it.
        """
        found: dict[str, Sequence[Path]] = {}
        for what, files in ((DATABASE, self._stored), ("the source", self._read)):
            with suppress(DatamodelError):
                found[what] = files()
        with suppress(DatamodelError):
            found["a kubeconfig"] = self._read(live=True)
        return found

    def _stored(self) -> Sequence[Path]:
        request = StorageRequest(self._settings.db_path or "", self._registry.types)
        return self._files(self.backend(), request)

    def _read(self, *, live: bool = False) -> Sequence[Path]:
        request = self.request(())
        if live:
            return self._files(self._registry.source(LIVE), replace(request, location=""))
        if not request.location:
            return ()
        return self._files(
            _by_scheme(self._registry.sources, request.location, "file", "--source"), request
        )

    def _files(self, spec: Opener, request: SourceRequest | StorageRequest) -> Sequence[Path]:
        if not spec.files:
            return ()
        return tuple(self._registry.load_function(spec, spec.files)(request))

    def backend(self) -> StorageSpec:
        """What opens the database that the settings name. Raises UsageError."""
        url = self._settings.db_path or ""
        return _by_scheme(self._registry.storages, url, "sqlite", "--db-path")

    def restore(self, url: str) -> Callable[[Path], Sequence[Path]]:
        """What puts a backup in the place of a database, see ``contracts.Restore``.

        Raises UsageError if its backend cannot.
        """
        spec = _by_scheme(self._registry.storages, url, "sqlite", "--db-path")
        _insist(spec, "restore", there=bool(spec.restore))
        restore: Restore = self._registry.load_function(spec, spec.restore)
        return partial(restore, StorageRequest(url, self._registry.types, create=True))

    def store(self, url: str, *, create: bool, needs: Capability | None = None) -> AbleStore:
        """The database at a path or URL; beyond ``Store`` it has what ``needs`` names.

        Raises StorageError, or UsageError if its backend lacks what is needed.
        """
        spec = self._able(url, needs)
        factory: StoreFactory = self._registry.load_target(spec)
        store = factory(StorageRequest(url, self._registry.types, create))
        self._registry.expect(spec, store, Store, spec.can)
        return cast(AbleStore, store)

    def insist(self, url: str, needs: Capability) -> None:
        """Raise UsageError if the backend of a database lacks what is needed."""
        self._able(url, needs)

    def _able(self, url: str, needs: Capability | None) -> StorageSpec:
        option = "--db-path" if url == self._settings.db_path else "the database"
        spec = _by_scheme(self._registry.storages, url, "sqlite", option)
        _insist(spec, needs, there=needs is None or needs in spec.can)
        return spec

    def request(self, resources: Sequence[Resource], place: Place | None = None) -> SourceRequest:
        """To list these resources of a place, or of the one that the settings name."""
        settings = self._settings
        place = place or Place(settings.context, settings.source or "")
        return SourceRequest(
            location=place.location,
            context=place.context,
            kubeconfig=settings.kubeconfig,
            namespace=settings.namespace,
            resources=tuple(resources),
            opener=self.source,
            max_in_flight=settings.max_in_flight,
            max_per_second=settings.max_per_second,
        )

    def cluster_name(self, typed: Collection[str]) -> str | None:
        """What the user calls the cluster of the source; None for the name that it has.

        What was ``typed`` wins over the environment. Raises UsageError without a source.
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


def _insist(spec: StorageSpec, needs: str | None, *, there: bool) -> None:
    if not there:
        copies = needs != "backup" or "types" in spec.can
        instead = f": {_INSTEAD[needs]}" if needs in _INSTEAD and copies else ""
        raise UsageError(f'the backend of {spec.scheme} databases has no "{needs}"{instead}')


def _by_scheme(specs: Mapping[str, Opener], url: str, default: str, option: str) -> Opener:
    scheme = url.partition("://")[0].partition("+")[0] if "://" in url else default
    if scheme not in specs:
        there = f"there are {', '.join(specs)}" if specs else "no plugin that is enabled opens any"
        raise UsageError(f"{option}: nothing opens {scheme}://; {there}")
    return specs[scheme]
