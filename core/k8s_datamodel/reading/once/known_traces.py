"""Who made an object is told by its bookkeeping, which no store keeps: so the trace is kept."""

from __future__ import annotations

from collections.abc import Iterator

from k8s_datamodel.data.objects import KubernetesObject, ReadObject
from k8s_datamodel.data.traces import Trace, trace_of
from k8s_datamodel.plugins.stamps import host_stamp
from k8s_datamodel.reading.once.makers import Maker
from k8s_datamodel.reading.run_redactor import RedactedChunk


def traces_in(chunk: RedactedChunk) -> Iterator[Trace]:
    """The trace of each object of a chunk; found again where the object is a store's."""
    make = Maker("trace", trace_of, host_stamp())
    for clean, as_is in zip(chunk.clean, chunk.as_is, strict=True):
        same = clean is as_is or _says_nothing_else(clean, as_is)
        yield make(clean, as_is) if same else trace_of(as_is)


def _says_nothing_else(clean: KubernetesObject, as_is: KubernetesObject) -> bool:
    """Whether the trace of an object names nothing that was replaced in it."""
    managers = clean.field_managers if isinstance(clean, ReadObject) else None
    known = {text for manager in managers or () for text in manager}
    trace = trace_of(as_is)
    return known.issuperset(name for name, _ in trace.writers) and (
        trace.owners == trace_of(clean).owners
    )
