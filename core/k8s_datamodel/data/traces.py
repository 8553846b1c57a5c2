"""Who made the objects of a kind, as far as their metadata tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from k8s_datamodel.data.objects import KubernetesObject, ReadObject

_PARTS = ("finalizers", "ownerReferences")


class Trace(NamedTuple):
    """What the metadata of some objects of a kind tells of the programs that made them.

    Attributes:
        writers: who wrote, as it called itself, and what it wrote: ``status``, ``finalizers``,
            ``ownerReferences``, or empty for anything else. Sorted, each once.
        owners: ``apiVersion`` and kind of the owner that controls each of the objects.
        objects: how many look so.
    """

    writers: tuple[tuple[str, str], ...] = ()
    owners: tuple[tuple[str, str], ...] = ()
    objects: int = 1


def traces_of(objects: Iterable[KubernetesObject]) -> tuple[Trace, ...]:
    """The traces of some objects, those that look alike as one."""
    return added_up(map(trace_of, objects))


class TraceSum:
    """Traces as they come, those that look alike as one."""

    def __init__(self) -> None:
        self._found: Counter[tuple[Any, Any]] = Counter()

    def add(self, traces: Iterable[Trace]) -> None:
        """Take some more."""
        for each in traces:
            self._found[each.writers, each.owners] += each.objects

    def traces(self) -> tuple[Trace, ...]:
        """All so far, in order."""
        return tuple(Trace(*look, objects) for look, objects in sorted(self._found.items()))


def added_up(traces: Iterable[Trace]) -> tuple[Trace, ...]:
    """Traces, those that look alike as one, in order."""
    found = TraceSum()
    found.add(traces)
    return found.traces()


def trace_of(complete: KubernetesObject) -> Trace:
    """The trace of one object.

    Programs wrote the status of kinds without a subresource, or on old servers, with the rest of
    the object: then only the fields tell. Source: ManagedFieldsEntry, OwnerReference in the API
    reference.
    """
    metadata = _mapping(complete.get("metadata"))
    entries = metadata.get("managedFields")
    if isinstance(entries, (list, tuple)):
        writers = {pair for each in entries for pair in _written(_mapping(each))}
    else:  # one that a store gave back, or without any
        known = complete.field_managers if isinstance(complete, ReadObject) else None
        writers = {(each[1], each[3]) for each in known or ()}
    owners = metadata.get("ownerReferences")
    owners = owners if isinstance(owners, (list, tuple)) else ()
    return Trace(
        tuple(sorted(writers)),
        tuple(
            sorted(
                (str(each.get("apiVersion") or ""), str(each.get("kind") or ""))
                for each in map(_mapping, owners)
                if each.get("controller") is True
            )
        ),
    )


def _written(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The manager of an entry of ``managedFields`` with each part that it wrote."""
    manager, part = str(entry.get("manager") or ""), str(entry.get("subresource") or "")
    if part:
        yield manager, part
        return
    yield manager, ""
    fields = _mapping(entry.get("fieldsV1"))
    if "f:status" in fields:
        yield manager, "status"
    of_metadata = _mapping(fields.get("f:metadata"))
    for each in _PARTS:
        if f"f:{each}" in of_metadata:
            yield manager, each


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, (dict, Mapping)) else {}
