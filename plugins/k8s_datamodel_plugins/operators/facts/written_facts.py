"""Reduce the traces of those who wrote the objects of a CRD to what tells their managers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from k8s_datamodel.api import Trace
from k8s_datamodel_plugins.operators.facts.fact_types import Crd, Write, Written
from k8s_datamodel_plugins.operators.facts.words import called

_MOST_WRITERS = 200
"""Of more programs that wrote the objects of a kind, those that wrote the most tell enough."""


def written(
    crd: Crd, traces: Iterable[Trace] | None, kinds: Mapping[tuple[str, str], str]
) -> Written:
    """Who wrote the objects of a CRD; no traces where these could not be read.

    ``kinds`` are the names of CRDs by group and kind.
    """
    if traces is None:
        return Written(crd.name, None)
    objects = 0
    names: dict[tuple[str, str], str] = {}
    writes: Counter[tuple[str, str]] = Counter()
    owners = set()
    for trace in traces:
        objects += trace.objects
        programs = {(called(manager), part): manager for manager, part in trace.writers}
        for program, manager in programs.items():
            names.setdefault(program, manager)
            writes[program] += trace.objects
        owners |= {kinds.get((version.rpartition("/")[0], kind)) for version, kind in trace.owners}
    return Written(
        crd.name,
        objects,
        tuple(
            Write(names[program, part], part, number)
            for (program, part), number in sorted(writes.most_common(_MOST_WRITERS))
        ),
        tuple(sorted(filter(None, owners - {crd.name}))),
    )
