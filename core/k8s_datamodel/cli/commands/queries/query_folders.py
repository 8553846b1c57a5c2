"""Where queries with a name are: the user's, those of resource types, and of the backend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.contracts.specs import StorageSpec
from k8s_datamodel.naming.named_queries import FOLDER, OWN, NamedQuery, named_queries
from k8s_datamodel.types.resource_types import ResourceType


def stored_queries(app: App) -> Mapping[str, NamedQuery]:
    """The queries that have a name, by it. Raises UsageError."""
    return named_queries(_folders(app))


def _folders(app: App) -> Iterator[tuple[str, Path]]:
    """The user's own queries come first, then those of types, then those of the backend."""
    if folder := app.host.settings.folder:
        yield OWN, folder / FOLDER
    backend = app.opening.backend()
    specs: list[ResourceType | StorageSpec] = [*app.registry.types, backend]
    for spec in specs:
        if spec.queries:
            function = app.registry.load_function(spec, spec.queries)
            origin = spec.name if isinstance(spec, ResourceType) else spec.scheme
            yield origin, Path(function())
