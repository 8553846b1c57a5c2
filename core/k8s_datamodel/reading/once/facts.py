"""Gather the facts that each type needs while the objects of a list stream by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.data.chunks import Chunk
from k8s_datamodel.data.lazy_objects import opened
from k8s_datamodel.data.objects import KubernetesObject
from k8s_datamodel.plugins.registry import Registry
from k8s_datamodel.plugins.stamps import code_stamp
from k8s_datamodel.reading.once.makers import Maker
from k8s_datamodel.reading.run_redactor import RedactedChunk
from k8s_datamodel.types.resource_types import Read, ResourceType
from k8s_datamodel.types.selectors import Selector

ListKey: TypeAlias = tuple[str, Selector]
"""Names one list: of which resource, limited to what."""


def selector_of(read: Read) -> Selector:
    """What limits a read."""
    return Selector(read.label_selector, read.field_selector)


def key_of(read: Read) -> ListKey:
    """The list that a read needs."""
    return read.resource.name, selector_of(read)


@dataclass(slots=True)
class Facts:
    """The facts that types want of one list.

    A maker that fails is its own type's fault, whichever type streams the list: it is called no
    more. The makers of the types in ``raw`` get the objects as they are.
    """

    makers: dict[str, Callable[[KubernetesObject], Any]] = field(default_factory=dict)
    gathered: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    faults: dict[str, BaseException] = field(default_factory=dict)
    raw: set[str] = field(default_factory=set)

    def take(self, passed: RedactedChunk) -> None:
        """Make the facts of some objects."""
        for type_name, make in self.makers.items():
            if type_name not in self.faults:
                given = passed.as_is if type_name in self.raw else passed.clean
                self._take(type_name, make, given)

    def _take(self, type_name: str, make: Callable[[KubernetesObject], Any], chunk: Chunk) -> None:
        try:
            facts = [make(item) for item in chunk]
        except KeyboardInterrupt:
            raise
        except BaseException as fault:  # a plugin's function may raise anything
            self.faults[type_name] = fault
        else:
            self.gathered[type_name].extend(fact for fact in facts if fact is not None)


def facts_by_list(registry: Registry, types: Iterable[ResourceType]) -> dict[ListKey, Facts]:
    """The facts of each list that some types want facts of; none is gathered yet."""
    found: dict[ListKey, Facts] = defaultdict(Facts)
    for resource_type in types:
        for read in resource_type.reads:
            if not read.fact:
                continue
            facts = found[key_of(read)]
            if read.raw:
                facts.raw.add(resource_type.name)
            try:
                facts.makers[resource_type.name] = _maker(registry, resource_type, read)
            except DatamodelError as fault:  # raised when that type asks for the facts
                facts.faults[resource_type.name] = fault
    return found


def _maker(
    registry: Registry, resource_type: ResourceType, read: Read
) -> Callable[[KubernetesObject], Any]:
    """What makes the facts of a read. Raises DatamodelError if it cannot be imported."""
    make = registry.load_function(resource_type, read.fact)
    if read.pure and not any(each.raw for each in resource_type.reads):
        stamp = code_stamp(resource_type, registry.owner("type", resource_type.name))
        return Maker(read.fact, make, stamp)
    return lambda item: make(opened(item))
