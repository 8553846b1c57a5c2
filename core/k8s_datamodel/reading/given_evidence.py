"""What plugins know of the objects that the collector of a type asks about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from k8s_datamodel.contracts.collecting import Evidence
from k8s_datamodel.data.lazy_objects import opened
from k8s_datamodel.data.ledger import LedgerEntry, Outcome
from k8s_datamodel.data.objects import KubernetesObject
from k8s_datamodel.plugins.isolation import fault_of, isolated
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.types.foreign_texts import shown

_PAIR = 2


class GivenEvidence:
    """The evidence of all plugins for one type, in one run."""

    def __init__(
        self, registry: Registry, resource_type: str, note: Callable[[LedgerEntry], None]
    ) -> None:
        self._registry = registry
        self._type = resource_type
        self._note = note
        self._asked: dict[str, Callable[[KubernetesObject], Any]] | None = None

    def of(self, item: KubernetesObject) -> Iterator[Evidence]:
        """What they know of an object; one that fails is noted and not asked again."""
        if self._asked is None:
            self._asked = dict(self._loaded())
        for name, function in list(self._asked.items()):
            try:
                with isolated():
                    found = [_pair(name, each) for each in function(opened(item)) or ()]
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # of whatever kind, as of a collector
                del self._asked[name]
                self._fail(name, error)
                continue
            yield from found

    def _loaded(self) -> Iterator[tuple[str, Callable[[KubernetesObject], Iterable[Any]]]]:
        for spec in self._registry.evidence:
            if spec.type != self._type:
                continue
            try:
                yield spec.name, self._registry.load_target(spec)
            except Exception as error:
                self._fail(spec.name, error)

    def _fail(self, name: str, error: BaseException) -> None:
        fault = fault_of(error)
        where = f" ({Path(fault.file).name}:{fault.line})" if fault.file else ""
        plugin = self._registry.owner("evidence", name)
        whose = f"plugin {plugin.name} of {plugin.origin}"
        reason = f"evidence {name} ({whose}) failed: {fault.reason}{where}"
        self._note(LedgerEntry(self._type, f"evidence {name}", Outcome("failed", reason)))


def _pair(name: str, given: object) -> Evidence:
    """Raises TypeError if a plugin gave anything else than two texts."""
    if not isinstance(given, tuple | list) or len(given) != _PAIR:
        raise TypeError(f"{shown(given)} is no pair of a word and a text")
    word, value = given
    if not isinstance(word, str) or not isinstance(value, str):
        raise TypeError(f"{shown(given)} is no pair of a word and a text")
    return Evidence(name, word, value)
