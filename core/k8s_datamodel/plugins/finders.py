"""Find plugins by metadata and file names, without an import.

To support another way of adding plugins, add a function here that yields ``Plugin``.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import Literal

from k8s_datamodel.plugins import distributions
from k8s_datamodel.plugins.distributions import EntryPoint
from k8s_datamodel.types.foreign_texts import Fault, FaultError, printable

OWN_DISTRIBUTION = "k8s-datamodel"
NO_DISTRIBUTION = "(file)"
LOCAL_PACKAGE = "k8s_datamodel_local"
"""The package of the plugins folder's modules, so that targets can name them."""

Kind = Literal["built-in", "installed", "module", "type file"]
State = Literal["found", "active", "disabled", "broken", "incompatible", "duplicate"]


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin, found and perhaps loaded.

    Attributes:
        distribution: the distribution that ships it; ``(file)`` for a file of the user's.
        value: of the entry point (``module`` or ``module:attribute``), or the file's path.
        load: imports it and returns the object with the hooks.
        state: ``found`` until it is loaded.
        reason: why it is in this state; for an active one, what the host had to restore.
        file: the file with the fault, if known, as ``line``.
        seconds: how long its import and its hooks took.
    """

    name: str
    distribution: str
    version: str
    value: str
    kind: Kind
    load: Callable[[], object] = field(repr=False, compare=False)
    state: State = "found"
    reason: str = ""
    file: str = ""
    line: int | None = None
    seconds: float = 0.0

    @property
    def builtin(self) -> bool:
        """Whether it comes with k8s-datamodel."""
        return self.kind == "built-in"

    @property
    def path(self) -> str:
        """``distribution/name``, unique among active plugins."""
        return f"{self.distribution}/{self.name}"

    @property
    def origin(self) -> str:
        """The distribution and version for people, such as ``acme-inventory 1.2``, or the file."""
        shipped = f"{self.distribution} {self.version}".rstrip()
        return self.value if self.distribution == NO_DISTRIBUTION else shipped

    @property
    def location(self) -> str:
        """``file:line`` of the fault, as far as known."""
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def found_to_be(self, state: State, fault: Fault) -> Plugin:
        """The plugin in another state, with the reason."""
        return replace(self, state=state, reason=fault.reason, file=fault.file, line=fault.line)


def sort_key(plugin: Plugin) -> tuple[bool, str, str, str]:
    """Sort built-ins first, then by name, independent of the file system."""
    return (not plugin.builtin, plugin.name, plugin.distribution, plugin.value)


def installed(entry_points: Iterable[EntryPoint] | None = None) -> Iterator[Plugin]:
    """Plugins that distributions declare as entry points of the group ``k8s_datamodel``.

    Of two copies of one distribution's metadata on ``sys.path`` the first counts, because an import
    finds the first. Tests pass other entry points.
    """
    seen: set[EntryPoint] = set()
    versions: dict[str, str] = {}
    for point in distributions.entry_points() if entry_points is None else entry_points:
        version = versions.setdefault(point.distribution, point.version)
        identity = point._replace(version=version)
        if identity not in seen:
            seen.add(identity)
            kind: Kind = "built-in" if point.distribution == OWN_DISTRIBUTION else "installed"
            load = partial(_load, point.value)
            name = printable(point.name)
            yield Plugin(name, point.distribution, version, point.value, kind, load)


def modules(folder: Path) -> Iterator[Plugin]:
    """Modules in the user's plugins folder, except helpers named ``_name.py``."""
    for path in sorted(_files(folder, "*.py")):
        if not path.name.startswith("_"):
            _make_importable(folder)  # targets may be imported without loading the plugin
            load = partial(_import_local, folder, path.stem)
            yield Plugin(printable(path.stem), NO_DISTRIBUTION, "", str(path), "module", load)


def type_files(folder: Path) -> Iterator[Plugin]:
    """Resource types in YAML files, without code."""
    for path in sorted([*_files(folder, "*.yaml"), *_files(folder, "*.yml")]):
        load = partial(_read_type_file, path)
        yield Plugin(printable(path.stem), NO_DISTRIBUTION, "", str(path), "type file", load)


def _files(folder: Path, pattern: str) -> Iterator[Path]:
    return (path for path in folder.glob(pattern) if path.is_file())


def _load(value: str) -> object:
    """Import the object that an entry point names; extras in brackets are ignored."""
    match = re.fullmatch(r"([\w.]+)\s*(?::\s*(\w+(?:\.\w+)*)\s*)?(?:\[.*\]\s*)?", value)
    if not match:
        raise FaultError(f"its entry point {value!r} is not module or module:attribute")
    module = importlib.import_module(match[1])
    return attrgetter(match[2])(module) if match[2] else module


def _import_local(folder: Path, name: str) -> ModuleType:
    _make_importable(folder)
    return importlib.import_module(f"{LOCAL_PACKAGE}.{name}")


def _make_importable(folder: Path) -> None:
    package = sys.modules.get(LOCAL_PACKAGE)
    if package is None or list(package.__path__) != [str(folder)]:
        for module in [m for m in sys.modules if m.startswith(f"{LOCAL_PACKAGE}.")]:
            del sys.modules[module]
        package = sys.modules[LOCAL_PACKAGE] = ModuleType(LOCAL_PACKAGE, "The plugins folder.")
        package.__path__ = [str(folder)]


def _read_type_file(path: Path) -> object:
    # The YAML and JSONPath modules are imported only for such a file.
    from k8s_datamodel.plugins import typefiles  # noqa: PLC0415

    return typefiles.read(path)
