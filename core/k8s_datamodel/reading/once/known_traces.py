"""Who made an object is told by its bookkeeping, which no store keeps: so the trace is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from k8s_datamodel.contracts.sources import ReusableObjects
from k8s_datamodel.data.memos import MISSING
from k8s_datamodel.data.objects import KubernetesObject, ReadObject, Resource
from k8s_datamodel.data.traces import Trace, trace_of
from k8s_datamodel.plugins.stamps import host_stamp
from k8s_datamodel.reading.once.makers import Maker, memo_of
from k8s_datamodel.reading.run_redactor import RedactedChunk

_TRACE = "trace"


class Traced:
    """Those of some reusable objects whose trace is known: the others must be read again."""

    def __init__(self, reusable: ReusableObjects) -> None:
        self._reusable = reusable
        self._stamp = host_stamp()

    def find(
        self, resource: Resource, versions: Mapping[str, str], definition: str = ""
    ) -> Mapping[str, KubernetesObject]:
        """See ``contracts.ReusableObjects``."""
        found = self._reusable.find(resource, versions, definition)
        return {uid: found[uid] for uid in found if self._known(found[uid])}

    def _known(self, stored: KubernetesObject) -> bool:
        """Whether its trace is kept, or the store keeps nothing that was made of objects."""
        memo = memo_of(stored)
        return memo is None or memo.get(_TRACE, self._stamp) is not MISSING


def traces_in(chunk: RedactedChunk) -> Iterator[Trace]:
    """The trace of each object of a chunk; found again where the object is a store's."""
    make = Maker(_TRACE, trace_of, host_stamp())
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
