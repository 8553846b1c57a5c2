"""What plugins register: the names of each registration, those it reserves, and its targets.

Its checks are in ``validation``, which only a plugin needs that the cache does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from k8s_datamodel.contracts.specs import (
    CommandSpec,
    EvidenceSpec,
    FormatterSpec,
    SourceSpec,
    StorageSpec,
)
from k8s_datamodel.types.resource_types import ResourceType

Spec: TypeAlias = (
    ResourceType | StorageSpec | FormatterSpec | SourceSpec | CommandSpec | EvidenceSpec
)
"""What hooks return."""


def spec_name(spec: Spec) -> str:
    """The name a specification is known by: its name or scheme, ``group name`` of a command."""
    if isinstance(spec, StorageSpec | SourceSpec):
        return spec.scheme
    return f"{spec.group} {spec.name}".lstrip() if isinstance(spec, CommandSpec) else spec.name


def claims(spec: Spec) -> list[tuple[str, str]]:
    """The names that this description reserves: pairs of a word for people and the name."""
    name = spec_name(spec)
    if isinstance(spec, ResourceType):
        own = f"with-{spec.on_request}" if spec.on_request else f"no-{spec.skip}"
        flags = (own, f"{spec.name.replace('_', '-')}-only")
        verbs = ("list", "get", "count", "matrix")
        commands = (spec.command, *(f"{spec.command} {verb}" for verb in verbs))
        return [
            ("resource type", name),
            ("count column", spec.count),
            *(("command", command) for command in commands),
            *(("option", flag) for flag in flags),
            *(("relation", each.name) for each in spec.relations),
        ]
    if isinstance(spec, FormatterSpec):
        return [("format", name), *(("file suffix", suffix) for suffix in spec.suffixes)]
    if isinstance(spec, CommandSpec):
        return [("command", name)]
    if isinstance(spec, EvidenceSpec):
        return [("evidence", name)]
    return [("storage scheme" if isinstance(spec, StorageSpec) else "source scheme", name)]


def targets(spec: Spec) -> Iterator[tuple[str, str]]:
    """What each ``"module:attribute"`` of a specification is for, and it."""
    if isinstance(spec, ResourceType):
        yield from spec.targets()
        yield from (("derived", each.target) for each in spec.derived)
        yield from (("deferred", each.target) for each in spec.deferred)
        kinds = ("summary", "comparison", "grading", "queries")
        more = [(what, getattr(spec, what)) for what in kinds]
        more.append(("matrix product", spec.matrix.product))
        yield from (each for each in more if each[1])
        return
    for what in ("target", "contexts", "files", "restore", "queries"):
        target = getattr(spec, what, None)
        if isinstance(target, str) and (target or what == "target"):
            yield what, target
