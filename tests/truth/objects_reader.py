"""A collector's reader over a list of plain objects, for tests of the judging code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pkgutil import resolve_name
from typing import Any

from k8s_datamodel.api import (
    Chunk,
    Count,
    Evidence,
    KubernetesObject,
    Outcome,
    Resource,
    Status,
    Trace,
    traces_of,
)
from k8s_datamodel.types.selectors import Selector
from k8s_datamodel_plugins.operators import TYPE


class ObjectsReader:
    """Reads for a collector from objects in memory.

    Args:
        objects: complete objects, of any kinds.
        unread: names of resources whose read ends otherwise, with that status.
        whole: the source vouches that there is nothing else.
    """

    namespace: str | None = None

    def __init__(
        self,
        objects: Iterable[KubernetesObject],
        unread: dict[str, Status] | None = None,
        *,
        whole: bool = True,
    ) -> None:
        self._whole = whole
        self._objects: dict[str, list[KubernetesObject]] = {}
        for item in objects:
            self._objects.setdefault(str(item.get("kind")), []).append(item)
        self._unread = unread or {}
        self.notes: dict[str, Outcome] = {}
        self._makers = {
            read.resource.name: resolve_name(read.fact) for read in TYPE.reads if read.fact
        }

    def objects(self, resource: Resource) -> Iterator[KubernetesObject]:
        for item in () if resource.name in self._unread else self._objects.get(resource.kind, ()):
            if str(item.get("apiVersion")).rpartition("/")[0] == resource.group:
                yield item

    def chunks(self, resource: Resource) -> Iterator[Chunk]:
        yield list(self.objects(resource))

    def facts(self, resource: Resource) -> Sequence[Any]:
        made = (self._makers[resource.name](item) for item in self.objects(resource))
        return [fact for fact in made if fact is not None]

    def made(self, function: Any, item: KubernetesObject) -> Any:
        return function(item)

    def status(self, resource: Resource) -> Status:
        return self._unread.get(resource.name, "complete")

    def may_lack(self, resource: Resource, reason: str) -> None:
        """What objects hold is read."""

    def whole(self, resource: Resource) -> bool:
        return self._whole

    def evidence(self, item: KubernetesObject) -> Iterator[Evidence]:
        return iter(())

    def note(self, what: str, outcome: Outcome, *, optional: bool = False) -> None:
        self.notes[what] = outcome

    def chosen(
        self, resource: Resource, namespace: str | None, field_selector: str
    ) -> Iterator[KubernetesObject]:
        chosen = Selector("", field_selector)
        for item in self.objects(resource):
            if namespace in (None, item["metadata"].get("namespace")) and chosen.matches(item):
                yield item

    def traces(self, resources: Sequence[Resource]) -> Iterator[Sequence[Trace] | None]:
        for each in resources:
            yield None if each.name in self._unread else traces_of(self.objects(each))

    def count(self, resources: Sequence[Resource]) -> Iterator[Count]:
        return iter([Count(None, None, Outcome("skipped"))] * len(resources))
