"""What users set in files: ``.k8s-datamodel.yaml`` of a project, and one in their own folder.

A file has sections, each named after what reads it. Both files may have the same sections: what
the nearer one says holds, and mappings are merged key by key.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.types.foreign_texts import FaultError

if TYPE_CHECKING:
    from k8s_datamodel.plugins.yamlfiles import Fields, File

PROJECT_FILE = ".k8s-datamodel.yaml"
"""What is looked for in the working directory, then in each folder above it."""

FOLDER_FILE = "config.yaml"
"""The file of the user's configuration folder."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the configuration.

    Attributes:
        name: its key in the files.
        value: what all files say together; empty if none has the section.
    """

    name: str
    value: Mapping[str, Any] = field(default_factory=dict)
    _files: Sequence[File] = ()

    def check(
        self, place: Sequence[str | int], allowed: Mapping[str, type], needed: Iterable[str] = ()
    ) -> None:
        """Check the keys of a mapping and the types of its values, in each file that has it.

        Args:
            place: keys and positions that lead to it from the section, which is ``()``.
            allowed: the type of each value by its key.
            needed: keys that must be there.

        Raises:
            UsageError: a key is not allowed, missing, or has a value of another type. It says
                in which file and line, and which key is meant perhaps.
        """
        for file in self._files:
            if (self.name, *place) in file.lines:
                try:
                    file.check((self.name, *place), allowed, tuple(needed))
                except FaultError as error:
                    raise _usage(error) from None

    def fault(self, place: Sequence[str | int], reason: str) -> UsageError:
        """The error about a place, with the file and the line that say what holds there."""
        return _usage(self._file(place).fault((self.name, *place), reason))

    def _file(self, place: Sequence[str | int]) -> File:
        """The file that says what holds at a place, or around it."""
        found = list(self._files)
        for end in range(1, len(place) + 1):
            within = (self.name, *place[:end])
            having = [each for each in found if within in each.lines]
            if not having:
                break
            found = having
            if not isinstance(found[0].at(within), dict):
                break
        return found[0]


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the user's files say."""

    _files: Sequence[File] = ()

    @property
    def paths(self) -> Sequence[Path]:
        """The files, the nearest first."""
        return [each.path for each in self._files]

    def section(self, name: str) -> Section:
        """A section, which is empty if no file has it."""
        having = [each for each in self._files if name in each.value]
        return Section(name, _merged([each.value[name] for each in having]), having)


NO_CONFIGURATION = Configuration()


def configuration(
    sections: Iterable[str], chosen: Path | None = None, folder: Path | None = None
) -> Configuration:
    """What the user's files say.

    Args:
        sections: those that a file may have.
        chosen: the project's file; None to look for it in the working directory and above.
        folder: the configuration folder, if there is one.

    Raises:
        UsageError: a file cannot be read, is no YAML, or has a section that nothing reads.
    """
    allowed = dict.fromkeys(sections, dict)
    found = [] if chosen is None else [_read(chosen, allowed)]
    found += [_read(path, allowed) for path in _usual(folder, project=chosen is None)]
    return Configuration(found)


def _usual(folder: Path | None, *, project: bool) -> Iterator[Path]:
    """The files that are there without being named, the nearest first."""
    if project:
        above = (each / PROJECT_FILE for each in _here())
        if found := next(filter(os.path.lexists, above), None):
            yield found
    if folder and os.path.lexists(folder / FOLDER_FILE):
        yield folder / FOLDER_FILE


def _here() -> Sequence[Path]:
    """The working directory and all above it; none if it is gone."""
    try:
        here = Path.cwd()
    except OSError:
        return ()
    return (here, *here.parents)


def _read(path: Path, allowed: Fields) -> File:
    from k8s_datamodel.plugins.yamlfiles import read_yaml  # noqa: PLC0415 - few commands read a file

    try:
        file = read_yaml(path)
        file.check((), allowed, ())
    except FaultError as error:
        raise _usage(error, str(path)) from None
    return file


def _merged(values: Sequence[Any]) -> dict[str, Any]:
    """Mappings as one: at each key what the first says, mappings key by key."""
    keys = dict.fromkeys(key for each in values for key in each)
    found: dict[str, Any] = {}
    for key in keys:
        said = [each[key] for each in values if key in each]
        nested = [each for each in said if isinstance(each, dict)]
        found[key] = _merged(nested) if isinstance(said[0], dict) else said[0]
    return found


def _usage(error: FaultError, path: str = "") -> UsageError:
    fault = error.fault
    line = f":{fault.line}" if fault.line else ""
    return UsageError(f"{fault.file or path}{line}: {fault.reason}")
