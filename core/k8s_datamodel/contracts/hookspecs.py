"""The hooks. Each takes nothing and returns descriptions, which the host validates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

from k8s_datamodel import PROJECT

if TYPE_CHECKING:
    from k8s_datamodel.contracts.specs import (
        CommandSpec,
        EvidenceSpec,
        FormatterSpec,
        SourceSpec,
        StorageSpec,
    )
    from k8s_datamodel.types.resource_types import ResourceType

hookspec = pluggy.HookspecMarker(PROJECT)


@hookspec
def register_resource_types() -> Iterable[ResourceType]:
    """Resource types, each with its columns and its collector. Added in API 1."""
    return ()


@hookspec
def register_storage_backends() -> Iterable[StorageSpec]:
    """Storage backends, chosen by the URL scheme of ``--db-path``. Added in API 1."""
    return ()


@hookspec
def register_formatters() -> Iterable[FormatterSpec]:
    """Output formats, chosen by ``--output`` or by a file's suffix. Added in API 1."""
    return ()


@hookspec
def register_sources() -> Iterable[SourceSpec]:
    """Ways to open a source, chosen by the URL scheme of ``--source``. Added in API 1."""
    return ()


@hookspec
def register_commands() -> Iterable[CommandSpec]:
    """Extra commands, in a group of their own or in one that is there. Added in API 1."""
    return ()


@hookspec
def register_evidence() -> Iterable[EvidenceSpec]:
    """What is known of the things of a type, beyond what its rules find. Added in API 1."""
    return ()
