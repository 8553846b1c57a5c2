"""Who made an object is told by its bookkeeping, which no store keeps: so the trace is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import starmap
from typing import Any

from k8s_datamodel.contracts.sources import ReusableObjects
from k8s_datamodel.data.memos import MISSING
from k8s_datamodel.data.objects import KubernetesObject, ReadObject, Resource
from k8s_datamodel.data.traces import Trace, TraceSum, trace_of
from k8s_datamodel.plugins.stamps import host_stamp
from k8s_datamodel.reading.once.makers import Maker, memo_of
from k8s_datamodel.reading.once.unchanged import KnownList
from k8s_datamodel.reading.run_redactor import RedactedChunk

_TRACE = "trace"


class Traced:
    """Those of some reusable objects whose trace is known: the others must be read again.

    Args:
        reusable: the objects of one list.
        known: the list as it was stored, if it may be passed over when it did not change.

    Attributes:
        unchanged_list: ``known``, once the source found that it did not change.
    """

    def __init__(self, reusable: ReusableObjects, known: KnownList | None = None) -> None:
        self._reusable = reusable
        self._known_list = known
        self._stamp = host_stamp()
        self.unchanged_list: KnownList | None = None

    def unchanged(self, resource: Resource, definition: str, state: Callable[[], str]) -> bool:
        """See ``contracts.ReusableLists``."""
        known = self._known_list
        # A kind that is served at another version by now is asked for there.
        if known is None or (known.resource, known.definition) != (resource, definition):
            return False
        if known.stored.fingerprint != state():
            return False
        self.unchanged_list = known
        return True

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


class ListTraces:
    """Who made the objects of one list, as its chunks pass.

    Attributes:
        storable: no trace so far names anything that was replaced in its object.
    """

    def __init__(self) -> None:
        self.storable = True
        self._make = Maker(_TRACE, trace_of, host_stamp())
        self._sum = TraceSum()

    def add(self, chunk: RedactedChunk) -> None:
        """Take the trace of each object of a chunk; it is known where the object is a store's."""
        self._sum.add(starmap(self._trace, zip(chunk.clean, chunk.as_is, strict=True)))

    def traces(self) -> tuple[Trace, ...]:
        """All so far, those that look alike as one."""
        return self._sum.traces()

    def _trace(self, clean: KubernetesObject, as_is: KubernetesObject) -> Trace:
        if clean is as_is:
            known: Trace = self._make(clean)
            return known
        trace = trace_of(as_is)
        if _is_whole_in(clean, as_is, trace):
            self._make.keep(clean, trace)
        else:
            self.storable = False
        return trace


def _is_whole_in(clean: KubernetesObject, as_is: KubernetesObject, trace: Trace) -> bool:
    """Whether nothing was replaced in an object that its trace names."""
    if _owners(clean) != _owners(as_is):
        return False
    managers = clean.field_managers if isinstance(clean, ReadObject) else None
    known = {text for manager in managers or () for text in manager}
    return known.issuperset(name for name, _ in trace.writers)


def _owners(complete: KubernetesObject) -> Any:
    metadata = complete.get("metadata")
    return metadata.get("ownerReferences") if isinstance(metadata, (dict, Mapping)) else None
