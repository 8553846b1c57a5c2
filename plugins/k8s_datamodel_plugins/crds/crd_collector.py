"""Make records of CustomResourceDefinitions, with their instances counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from k8s_datamodel.api import (
    Chunk,
    Count,
    KubernetesObject,
    Outcome,
    Record,
    Resource,
    TypeReader,
)
from k8s_datamodel_plugins.definitions import (
    CRDS,
    NO_OPERATORS,
    conditions_of,
    instances_of,
    refused,
    unserved,
)
from k8s_datamodel_plugins.object_parts import mapping, text


def collect(reader: TypeReader) -> Iterator[Record]:
    """One record for each CRD. The counts of a chunk are on their way while the next is read."""
    before: tuple[Chunk, Sequence[Serving], Iterator[Count]] | None = None
    for chunk in reader.chunks(CRDS):
        served = [reader.made(serving, crd) for crd in chunk]
        for each in served:
            if each.instances and each.unserved:
                reader.may_lack(each.instances, each.unserved)
        counts = reader.count([each.instances for each in served if each.instances])
        if before:
            yield from _records(*before)
        before = (chunk, served, counts)
    if before:
        yield from _records(*before)


class Serving(NamedTuple):
    """What a CRD defines, None where its names are refused, and why that need not be served."""

    instances: Resource | None
    unserved: str


def serving(crd: KubernetesObject) -> Serving:
    """What must be known of a CRD to count its instances."""
    why_not = refused(crd)
    return Serving(None, why_not) if why_not else Serving(instances_of(crd), unserved(crd))


def _records(chunk: Chunk, served: Sequence[Serving], counts: Iterator[Count]) -> Iterable[Record]:
    for crd, each in zip(chunk, served, strict=True):
        count = next(counts) if each.instances else Count(None, None, Outcome("skipped"))
        reasons = dict.fromkeys(why for why in (each.unserved, count.outcome.reason) if why)
        values = {
            "instance_count": count.value,
            "instance_count_method": count.method,
            "instance_count_reason": None
            if count.value is not None
            else "; ".join(reasons or [count.outcome.status]),
            "managed_by_reason": NO_OPERATORS,  # until they are read, see ``crds.MANAGERS``
        }
        yield Record(values, crd)


def singular(crd: KubernetesObject) -> str | None:
    """The singular, which the API server makes of the kind if it is not given."""
    names = mapping(mapping(crd.get("spec")).get("names"))
    return text(names.get("singular")) or str(names.get("kind") or "").lower() or None


def conversion_strategy(crd: KubernetesObject) -> str:
    """How objects are converted between versions."""
    conversion = mapping(mapping(crd.get("spec")).get("conversion"))
    return text(conversion.get("strategy")) or "None"


def established(crd: KubernetesObject) -> bool | None:
    """Whether the API serves it; None when its status does not say."""
    condition = conditions_of(crd).get("Established")
    return condition.get("status") == "True" if condition else None
