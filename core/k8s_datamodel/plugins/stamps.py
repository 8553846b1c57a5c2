"""What changes with the code that makes a type's columns."""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from k8s_datamodel.plugins.finders import Plugin
from k8s_datamodel.types.resource_types import ResourceType

_LENGTH = 16
_HERE = Path(__file__).parents[1]


def stamp_of(resource_type: ResourceType, plugin: Plugin) -> str:
    """The stamp of a type's columns: of our version, and that of its plugin's distribution.

    A file of the user's has no version: its content counts.
    """
    parts = [version("k8s-datamodel"), plugin.distribution, plugin.version]
    for path in dict.fromkeys((plugin.value, getattr(resource_type, "declared_in", ""))):
        with suppress(OSError, ValueError):
            parts.append(hashlib.sha256(Path(path).read_bytes()).hexdigest())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_LENGTH]


def code_stamp(resource_type: ResourceType, plugin: Plugin) -> str:
    """The stamp of all that makes something of a type's objects: of files, not only of versions.

    A version alone would not tell of a checkout that is worked on. The files are the host's, and
    those of the plugin's package.
    """
    parts = [stamp_of(resource_type, plugin), _files(_HERE)]
    if plugin.kind != "type file":
        parts.append(_files(_folder(plugin)))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_LENGTH]


@lru_cache(maxsize=1)
def host_stamp() -> str:
    """The stamp of what the host itself makes of an object."""
    parts = [version("k8s-datamodel"), _files(_HERE)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_LENGTH]


def _folder(plugin: Plugin) -> Path | None:
    """Where a plugin's modules are, once it is imported; None where no folder tells."""
    if plugin.kind == "module":
        return Path(plugin.value).parent
    package = sys.modules.get(plugin.value.partition(":")[0].partition(".")[0])
    file = getattr(package, "__file__", None)
    if file is None:
        return None
    path = Path(file)
    return path.parent if path.name == "__init__.py" else path


@lru_cache(maxsize=64)
def _files(place: Path | None) -> str:
    """Names, sizes and times of the Python files of a folder, or of one file."""
    if place is None:
        return ""
    found = []
    for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
        with suppress(OSError):
            status = path.stat()
            found.append(f"{path.relative_to(place)} {status.st_size} {status.st_mtime_ns}")
    return "\n".join(found)
