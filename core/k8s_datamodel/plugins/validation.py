"""Checks of what hooks return, before the host accepts it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from k8s_datamodel.contracts.specs import CommandSpec, FormatterSpec, SourceSpec, StorageSpec
from k8s_datamodel.types.field_checks import misfits, no_target, repeated, unlike
from k8s_datamodel.types.resource_types import ResourceType
from k8s_datamodel.types.type_checks import type_faults

Spec: TypeAlias = ResourceType | StorageSpec | FormatterSpec | SourceSpec | CommandSpec
"""What hooks return."""

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+")  # RFC 3986; one letter would be a drive of Windows
_METAVAR = re.compile(r"[A-Z][A-Z0-9:,.|_-]*")
_SUFFIX = re.compile(r"\.[a-z0-9][a-z0-9.]*")


def faults(spec: Spec, reserved_options: Iterable[str] = ()) -> list[str]:
    """Everything that is wrong with a specification, whose fields may hold anything.

    ``reserved_options`` (without dashes) are those that commands of every type have already.
    """
    wrong = list(misfits(spec, type(spec).__name__))
    if wrong:
        return wrong  # the rules below take the types for granted
    if isinstance(spec, ResourceType):
        return [f"type {spec.name}: {what}" for what in type_faults(spec, reserved_options)]
    return [f"{type(spec).__name__} {spec_name(spec)}: {what}" for what in _spec_faults(spec)]


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
        commands = (spec.command, *(f"{spec.command} {verb}" for verb in ("list", "get", "count")))
        return [
            ("resource type", name),
            ("count column", spec.count),
            *(("command", command) for command in commands),
            *(("option", flag) for flag in flags),
        ]
    if isinstance(spec, FormatterSpec):
        return [("format", name), *(("file suffix", suffix) for suffix in spec.suffixes)]
    if isinstance(spec, CommandSpec):
        return [("command", name)]
    return [("storage scheme" if isinstance(spec, StorageSpec) else "source scheme", name)]


def targets(spec: Spec) -> Iterator[tuple[str, str]]:
    """What each ``"module:attribute"`` of a specification is for, and it."""
    if isinstance(spec, ResourceType):
        yield from spec.targets()
        yield from (("derived", each.target) for each in spec.derived)
        yield from (("summary", each) for each in (spec.summary,) if each)
        return
    for what in ("target", "contexts", "files", "restore"):
        target = getattr(spec, what, None)
        if isinstance(target, str) and (target or what == "target"):
            yield what, target


def _spec_faults(spec: Spec) -> Iterator[str]:
    if isinstance(spec, StorageSpec | SourceSpec):
        yield from unlike("scheme", spec.scheme, _SCHEME)
    elif isinstance(spec, FormatterSpec):
        yield from unlike("name", spec.name)
        for suffix in spec.suffixes:
            yield from unlike("suffix", suffix, _SUFFIX)
        yield from repeated("suffix", spec.suffixes)
        if spec.argument:
            yield from unlike("argument", spec.argument, _METAVAR)
        if spec.argument and spec.suffixes:
            yield "a file's name gives no argument: a format with one has no suffixes"
    elif isinstance(spec, CommandSpec):
        yield from unlike("name", spec.name)
        if spec.group:
            yield from unlike("group", spec.group)
    for what, target in targets(spec):
        yield from no_target(what, target)
