"""Checks of what hooks return, before the host accepts it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from k8s_datamodel.contracts.specs import (
    CommandSpec,
    EvidenceSpec,
    FormatterSpec,
    SourceSpec,
    StorageSpec,
)
from k8s_datamodel.plugins.registrations import Spec, spec_name, targets
from k8s_datamodel.types.field_checks import misfits, no_target, repeated, unlike
from k8s_datamodel.types.resource_types import ResourceType
from k8s_datamodel.types.type_checks import type_faults

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+")  # RFC 3986; one letter would be a drive of Windows
_TYPE = re.compile(r"[a-z][a-z0-9_]*")
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
        found = (*type_faults(spec, reserved_options), *_noise(spec))
        return [f"type {spec.name}: {what}" for what in found]
    return [f"{type(spec).__name__} {spec_name(spec)}: {what}" for what in _spec_faults(spec)]


def _noise(spec: ResourceType) -> Iterator[str]:
    if not spec.noise:
        return
    from k8s_datamodel.comparing.field_paths import parsed  # noqa: PLC0415 - few types have noise

    if not spec.reads:
        yield "noise holds for the kinds that a type reads, and it has no reads"
    for path in spec.noise:
        try:
            parsed(path)
        except ValueError as error:
            yield f"noise {error}"


def _suffix_faults(suffixes: Sequence[str]) -> Iterator[str]:
    for suffix in suffixes:
        yield from unlike("suffix", suffix, _SUFFIX)
    yield from repeated("suffix", suffixes)


def _formatter_faults(spec: FormatterSpec) -> Iterator[str]:
    yield from unlike("name", spec.name)
    yield from _suffix_faults(spec.suffixes)
    if spec.argument:
        yield from unlike("argument", spec.argument, _METAVAR)
    if spec.argument and spec.suffixes:
        yield "a file's name gives no argument: a format with one has no suffixes"


def _spec_faults(spec: Spec) -> Iterator[str]:
    if isinstance(spec, StorageSpec | SourceSpec):
        yield from unlike("scheme", spec.scheme, _SCHEME)
        if isinstance(spec, SourceSpec):
            yield from _suffix_faults(spec.suffixes)
    elif isinstance(spec, FormatterSpec):
        yield from _formatter_faults(spec)
    elif isinstance(spec, CommandSpec):
        yield from unlike("name", spec.name)
        for what in ("group", "section"):
            if text := getattr(spec, what):
                yield from unlike(what, text)
    elif isinstance(spec, EvidenceSpec):
        yield from unlike("name", spec.name)
        yield from unlike("type", spec.type, _TYPE)
    for what, target in targets(spec):
        yield from no_target(what, target)
