"""What changes with the code that makes a type's columns."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from k8s_datamodel.plugins.finders import Plugin
from k8s_datamodel.types.resource_types import ResourceType

_LENGTH = 16


def stamp_of(resource_type: ResourceType, plugin: Plugin) -> str:
    """The stamp of a type's columns: of our version, and that of its plugin's distribution.

    A file of the user's has no version: its content counts.
    """
    parts = [version("k8s-datamodel"), plugin.distribution, plugin.version]
    for path in dict.fromkeys((plugin.value, getattr(resource_type, "declared_in", ""))):
        with suppress(OSError, ValueError):
            parts.append(hashlib.sha256(Path(path).read_bytes()).hexdigest())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_LENGTH]
