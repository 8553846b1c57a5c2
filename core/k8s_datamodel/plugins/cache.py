"""What plugins registered last time, so that a command need not import them to know.

A cache holds plain JSON and is believed only when it is whole, belongs to this user, was made for
the very same plugins, and no file that they were made of has changed since. Whatever else is
found, or cannot be written, is as if there were no cache.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from k8s_datamodel.base.errors import DatamodelError
from k8s_datamodel.contracts import specs
from k8s_datamodel.data import columns, objects
from k8s_datamodel.plugins.finders import LOCAL_PACKAGE, Plugin
from k8s_datamodel.plugins.registrations import Spec
from k8s_datamodel.types import resource_types

_FORMAT = 1
_KEPT = 8  # caches of other environments and settings; a file each
_MOST_FILES = 300
_HERE = Path(__file__).parents[1]
_NOT_THEIRS = (f"{_HERE}{os.sep}", f"{Path(os.__file__).parent}{os.sep}")

_MODULES = (resource_types, columns, objects, specs)
_CLASSES: Mapping[str, Any] = {
    name: cls for each in _MODULES for name, cls in vars(each).items() if is_dataclass(cls)
}
"""The dataclasses that hooks may return, by name."""

Stamp: TypeAlias = tuple[int, int]
"""When a file was changed (ns), and its size."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The registrations of one plugin and the files that define them."""

    specs: tuple[Spec, ...]
    files: Mapping[str, Stamp]


def key_of(plugins: Iterable[Plugin]) -> str:
    """A digest of everything that decides registrations, except the contents of plugins' files.

    The host's own files are part of it: they define valid registrations and reserved names.
    """
    parts = [
        _FORMAT,
        sys.version,
        sys.prefix,
        [(file, stamp_of(file)) for file in _own_files()],
        [(p.path, p.version, p.value) for p in plugins if p.state == "found"],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class Cache:
    """A folder with registrations by key. It need not exist."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, key: str) -> dict[str, Entry]:
        """Entries by ``Plugin.path``; none if anything is wrong with one of them."""
        try:
            with self._path(key).open("rb") as file:
                status = os.fstat(file.fileno())
                if not _is_ours(status):
                    return {}
                digest, _, content = file.read().partition(b"\n")
            if hashlib.sha256(content).hexdigest().encode() != digest:
                return {}
            entries = {path: _entry(raw) for path, raw in json.loads(content).items()}
        except (OSError, ValueError, TypeError, LookupError, AttributeError):
            return {}
        stamps = {file: stamp for entry in entries.values() for file, stamp in entry.files.items()}
        changed = any(stamp_of(file) != stamp for file, stamp in stamps.items())
        return {} if changed else entries

    def write(self, key: str, entries: Mapping[str, Entry]) -> None:
        """Keep entries; never fails, because the cache is optional."""
        raw = {
            path: [_encoded(entry.specs), {f: list(s) for f, s in entry.files.items()}]
            for path, entry in entries.items()
        }
        from k8s_datamodel.base.files import whole_file  # noqa: PLC0415 - rarely needed

        content = json.dumps(raw, separators=(",", ":")).encode()
        with contextlib.suppress(OSError, DatamodelError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with whole_file(self._path(key), mode=0o600) as file:
                file.write(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
            self._prune()

    def _path(self, key: str) -> Path:
        return self._folder / f"plugins-{key[:32]}.json"

    def _prune(self) -> None:
        found = sorted(self._folder.glob("plugins-*.json"), key=lambda path: path.stat().st_mtime)
        for path in found[:-_KEPT]:
            path.unlink()


def entry_of(plugin: Plugin, registered: Sequence[Spec], before: set[str]) -> Entry | None:
    """The entry for a plugin that was just loaded without a fault; None if it cannot be kept.

    ``before`` are the names of the modules that were loaded before it.
    """
    try:
        _encoded(registered)
    except (TypeError, LookupError):  # a collector that is a function, for instance
        return None
    declared = {s.declared_in for s in registered if isinstance(s, resource_types.DeclaredType)}
    files = {*_files(plugin, before), *declared}
    stamps = {file: stamp_of(file) for file in files}
    there = {file: stamp for file, stamp in stamps.items() if stamp is not None}
    if not there or len(there) < len(stamps) or len(there) > _MOST_FILES:
        return None
    return Entry(tuple(registered), there)


def stamp_of(file: str) -> Stamp | None:
    """The stamp of a file; None if there is no such file."""
    try:
        status = os.stat(file)  # noqa: PTH116 - faster than by Path, and there are many
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size)


def _own_files() -> list[str]:
    """The host's modules; none in an archive, whose version then has to do."""
    folders = os.walk(_HERE)
    return sorted(
        f"{folder}{os.sep}{name}"
        for folder, _, names in folders
        for name in names
        if name.endswith(".py")
    )


def _files(plugin: Plugin, before: set[str]) -> Iterator[str]:
    """Files of the modules that loading imported, and of all in the plugin's package."""
    if plugin.kind == "type file":
        yield plugin.value
        return
    top = LOCAL_PACKAGE if plugin.kind == "module" else plugin.value.partition(":")[0]
    top = top.partition(".")[0]
    for name, module in list(sys.modules.items()):
        if isinstance(module, ModuleType) and (name not in before or name.partition(".")[0] == top):
            file = vars(module).get("__file__")
            if isinstance(file, str) and (
                not file.startswith(_NOT_THEIRS) or "site-packages" in file
            ):
                yield file


def _is_ours(status: os.stat_result) -> bool:
    if not hasattr(os, "geteuid"):  # Windows protects a user's folders
        return True
    return status.st_uid == os.geteuid() and not stat.S_IMODE(status.st_mode) & 0o022


def _encoded(value: Any) -> Any:
    """The value as JSON; a dataclass becomes an object with its class's name. Raises TypeError."""
    if isinstance(value, list | tuple):
        return [_encoded(item) for item in value]
    if value is None or type(value) in (str, int, bool, float):
        return value
    cls = type(value)
    if _CLASSES[cls.__name__] is not cls:
        raise TypeError(f"{cls.__name__} cannot be kept")
    return {"": cls.__name__} | {f.name: _encoded(getattr(value, f.name)) for f in fields(cls)}


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_decoded, value))
    if isinstance(value, dict):
        cls = _CLASSES[value.pop("")]
        return cls(**{name: _decoded(item) for name, item in value.items()})
    return value


def _entry(raw: Any) -> Entry:
    registered, files = raw
    return Entry(_decoded(registered), {file: (at, size) for file, (at, size) in files.items()})
