"""Opens a live API server as a source and reads from it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from k8s_datamodel.api import (
    Listing,
    ListRequest,
    Outcome,
    Resource,
    ReusableObjects,
    Source,
    SourceRequest,
)
from k8s_datamodel_plugins.sources.live import open_source

CONFIGMAPS = Resource("", "v1", "configmaps", "ConfigMap")
CRDS = Resource(
    "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", False
)


@contextmanager
def live(kubeconfig: Path | str | None = None, **request: Any) -> Iterator[Source]:
    """An open source, closed in the end; the arguments are those of `SourceRequest`."""
    path = None if kubeconfig is None else str(kubeconfig)
    source = open_source(SourceRequest(kubeconfig=path, **request))
    try:
        yield source
    finally:
        source.close()


def read(
    source: Source,
    resource: Resource,
    namespace: str | None = None,
    known: ReusableObjects | None = None,
) -> tuple[list[Any], Outcome]:
    """All objects of a list, and how it ended."""
    return rest(source.list(ListRequest(resource, namespace, known)))


def rest(listing: Listing) -> tuple[list[Any], Outcome]:
    """What a list that was begun still gives, and how it ended."""
    return [item for chunk in listing for item in chunk], listing.outcome


def names(objects: Iterable[Mapping[str, Any]]) -> list[str]:
    """The names of objects, sorted; a name that stands twice stands here twice."""
    return sorted(each["metadata"]["name"] for each in objects)


def until(reached: Callable[[], bool], seconds: float = 60) -> None:
    """Returns when the server is where it should be."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "the server did not get there in time"
        time.sleep(0.1)


class Known:
    """What an earlier snapshot holds, as a store gives it."""

    def __init__(self, objects: Iterable[Mapping[str, Any]]) -> None:
        self._objects = {each["metadata"].get("uid"): each for each in objects}

    def find(
        self, resource: Resource, versions: Mapping[str, str], definition: str = ""
    ) -> Mapping[str, Any]:
        return {
            uid: each
            for uid, each in self._objects.items()
            if versions.get(uid) == each["metadata"]["resourceVersion"]
        }


def configmaps(namespace: str, count: int, **data: str) -> list[dict[str, Any]]:
    """Manifests of small objects, `config-00` and so on."""
    return [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": f"config-{number:02}", "namespace": namespace},
            "data": data,
        }
        for number in range(count)
    ]


def widget_crd(group: str, *, versions: Sequence[str] = ("v1",), **spec: Any) -> dict[str, Any]:
    """A CRD of namespaced widgets; the first version is stored."""
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"widgets.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
            "versions": [
                {
                    "name": version,
                    "served": True,
                    "storage": version == versions[0],
                    "schema": {"openAPIV3Schema": schema},
                }
                for version in versions
            ],
            **spec,
        },
    }


def widgets(group: str, namespace: str, count: int, version: str = "v1") -> list[dict[str, Any]]:
    """Instances of it."""
    return [
        {
            "apiVersion": f"{group}/{version}",
            "kind": "Widget",
            "metadata": {"name": f"widget-{number:04}", "namespace": namespace},
        }
        for number in range(count)
    ]
