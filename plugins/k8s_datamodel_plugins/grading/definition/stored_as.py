"""What is lost where versions differ, and nothing converts between them (strategy None)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from k8s_datamodel.api import AnyItem, AnyKey, same_json, written_path
from k8s_datamodel_plugins.grading.definition.crd_reading import Definition
from k8s_datamodel_plugins.grading.definition.crd_versions import OfVersion
from k8s_datamodel_plugins.grading.schema.found import Found, Steps
from k8s_datamodel_plugins.grading.schema.leaf_values import type_of
from k8s_datamodel_plugins.grading.schema.schema_nodes import Node, node

_SHOWN = 3

_Place = tuple[Steps, list[Any], list[Any]]
"""A field, and what two versions say of it."""


def lossy_versions(old: Definition, new: Definition) -> Iterator[OfVersion]:
    """Pairs of versions between which fields are lost, and were not so before.

    A field is lost where an object that has it is read, or stored, at a version without it.
    """
    if new.strategy != "None" or new.storage is None:
        return
    for source, target in _pairs(old, new):
        known = set()
        if old.strategy == "None" and not _moves(old, new, source):
            known = set(_lost(old, source, target))
        lost = [path for path in _lost(new, source, target) if path not in known]
        if lost:
            shown = ", ".join(lost[:_SHOWN])
            more = f" and {len(lost) - _SHOWN:,} more" if len(lost) > _SHOWN else ""
            differ = f"what {source} has and {target} lacks, or has of another type"
            said = f"Nothing converts {differ}: {shown}{more}."
            found = Found("storage-none-conversion-schema-differs", said, None, lost, None)
            yield OfVersion(f"{source} -> {target}", found)


def _moves(old: Definition, new: Definition, source: str) -> bool:
    """Whether objects stored as one version are stored as another from now on."""
    return source == old.storage and old.storage != new.storage


def _pairs(old: Definition, new: Definition) -> Iterator[tuple[str, str]]:
    stored = new.storage or ""
    for name, version in new.versions.items():
        if name == stored:
            continue
        if version.served or name == old.storage:
            yield name, stored
        if version.served and name != old.storage:
            yield stored, name


def _lost(crd: Definition, source: str, target: str) -> list[str]:
    """Paths of fields that a version has and another has not, or has of another type."""
    if source not in crd.versions or target not in crd.versions or not crd.prunes:
        return []
    lost: list[str] = []
    waiting: list[_Place] = [((), [crd.versions[source].schema], [crd.versions[target].schema])]
    while waiting:
        steps, ours, theirs = waiting.pop()
        if same_json(ours, theirs):
            continue
        one, other = node(ours), node(theirs)
        kinds = type_of(one), type_of(other)
        if steps and None not in kinds and not same_json(*kinds):
            lost.append(written_path(steps))
            continue
        for place in _below(steps, one, other):
            if place[2]:
                waiting.append(place)
            elif not other.open:
                lost.append(written_path(place[0]))
    return sorted(lost)


def _below(steps: Steps, one: Node, other: Node) -> Iterator[_Place]:
    """The fields of one node, with what the other one says of them."""
    for name in one.names():
        below = (*steps, str(name))
        yield below, one.schemas_of(name), other.schemas_of(name) or other.map_values
    if one.items and other.items:
        yield (*steps, AnyItem()), one.items, other.items
    if one.map_values:
        yield (*steps, AnyKey()), one.map_values, other.map_values
