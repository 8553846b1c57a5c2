"""Two runs of a resource type that store: the second finds what the first made of each object."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from k8s_datamodel.contracts.sources import Source
from k8s_datamodel.data.lazy_objects import LazyObject
from k8s_datamodel.data.memos import Memo
from k8s_datamodel.data.objects import KubernetesObject, ReadObject, Record, RedactedObject
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.reading.once.kept_values import conversion_of
from k8s_datamodel.reading.once.makers import Maker
from k8s_datamodel.reading.pipeline import start
from k8s_datamodel.reading.reader import Passage
from k8s_datamodel.reading.run_redactor import RunRedactor
from k8s_datamodel.types.resource_types import ResourceType

_ROW = "as it was stored"


class _Store(RunRedactor):
    """Stands where a store would: it keeps each object with what was made of it."""

    def __init__(self) -> None:
        super().__init__(b"any salt", remembering=True)
        self.kept: dict[str, ReadObject] = {}
        self.opened = 0
        self._known: dict[str, ReadObject] = {}

    def next(self) -> _Store:
        """The store of the next run, which has what this one kept."""
        following = _Store()
        following._known = self.kept
        return following

    def _object(self, complete: KubernetesObject, redactor: Any) -> KubernetesObject:
        done = super()._object(complete, redactor)
        key = json.dumps([complete.get("kind"), complete.get("metadata")], default=str)
        known = self._known.get(key)
        if known is not None and isinstance(done, RedactedObject):
            done = self._again(known)
        if isinstance(done, ReadObject):
            self.kept[key] = done
        return done

    def _again(self, known: ReadObject) -> LazyObject:
        def load() -> KubernetesObject:
            self.opened += 1
            return known

        found = LazyObject(load)
        found.field_managers = known.field_managers
        found.memo = Memo(known.memo.text() if known.memo else "")
        return found


class Runs:
    """The records of both runs, and how many objects the second one had to look into."""

    def __init__(
        self, resource_type: ResourceType, registry: Registry, source: Callable[[], Source]
    ) -> None:
        store = _Store()
        self.first = _records(resource_type, registry, source, store)
        following = store.next()
        self.next = _records(resource_type, registry, source, following)
        self.opened = following.opened
        self.reused = sum(bool(each.row and each.row.known) for each in self.next)


def _records(
    resource_type: ResourceType, registry: Registry, source: Callable[[], Source], store: _Store
) -> list[Record]:
    with start(source, registry, (resource_type,), storing=True) as run:
        records = [record for _, record in run.records(run.reader(Passage(store)))]
    for record in records:
        if record.row and not record.row.known:
            record.row.note(_ROW)
    return records


def differing_facts(
    resource_type: ResourceType, registry: Registry, objects: Sequence[KubernetesObject]
) -> list[str]:
    """What a pure fact comes to when it is kept, if that is not what it was; a line each."""
    found = []
    for read in resource_type.reads:
        if not (read.fact and read.pure):
            continue
        function = registry.load_function(resource_type, read.fact)
        if conversion_of(function) is None:
            found.append(f"{read.fact} does not say what it returns, or what cannot be kept")
            continue
        make = Maker(read.fact, function, "stamp")
        for item in objects:
            if item.get("kind") == read.resource.kind:
                fresh = ReadObject(item)
                fresh.memo = Memo()
                made = make(fresh)
                again = LazyObject(dict)
                again.memo = Memo(fresh.memo.text())
                if make(again) != made:
                    found.append(f"{read.fact} is {make(again)!r}, and was {made!r}")
    return found
