"""Write a small package to start a plugin from; it installs and passes the conformance kit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.base.unusable import unusable
from k8s_datamodel.contracts.specs import CommandSpec, FormatterSpec, SourceSpec, StorageSpec
from k8s_datamodel.data.columns import Column
from k8s_datamodel.plugins.registrations import Spec
from k8s_datamodel.plugins.validation import faults
from k8s_datamodel.types.resource_types import ResourceType

if TYPE_CHECKING:  # only types need it, and newer Pythons have it elsewhere
    from importlib.abc import Traversable

KINDS: Mapping[str, str] = {
    "resource-type": "resource type",
    "backend": "storage backend",
    "formatter": "output format",
    "source": "source",
    "command": "command",
}
"""The kinds of plugins, and their names in texts."""

_PREFIX = "k8s-datamodel-"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_MARK = re.compile(r"@([A-Z_]+)@")


def write(name: str, kind: str, parent: Path) -> Path:
    """Write a package of a kind of ``KINDS`` into a new folder below ``parent``, and return it.

    The name is the plugin's and its command's, format's or scheme's, with or without the prefix
    ``k8s-datamodel-`` of its distribution. Raises UsageError if it is invalid, or if the folder
    exists.
    """
    words = _words(name.removeprefix(_PREFIX), kind)
    folder = parent / words["DISTRIBUTION"]
    contents = {
        _place(path, words): _MARK.sub(lambda mark: words[mark[1]], content)
        for part in ("common", kind)
        for path, content in _templates(files("k8s_datamodel") / "templates" / part, "")
    }
    try:
        folder.mkdir()
        for place, content in contents.items():
            path = folder / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise unusable(f"{folder}: cannot be made", error) from error
    return folder


def _words(name: str, kind: str) -> dict[str, str]:
    """The values for the marks of the templates. Raises UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is not a name of a plugin; use a-z, 0-9 and - between them")
    sql_name = name.replace("-", "_")
    if wrong := faults(_spec(name, sql_name, kind)):
        raise UsageError(f"{name!r} cannot be the name of this {KINDS[kind]}: {wrong[0]}")
    return {
        "NAME": name,
        "SQL_NAME": sql_name,
        "TITLE": name.replace("-", " ").capitalize(),
        "MODULE": f"k8s_datamodel_{sql_name}",
        "DISTRIBUTION": f"{_PREFIX}{name}",
        "SUFFIX": f".{name.replace('-', '')}",
        "KIND": KINDS[kind],
    }


def _spec(name: str, sql_name: str, kind: str) -> Spec:
    """The registration of the plugin, as far as its name matters."""
    if kind == "backend":
        return StorageSpec(name, "plugin:target")
    if kind == "formatter":
        return FormatterSpec(name, "plugin:target", (f".{name.replace('-', '')}",))
    if kind == "source":
        return SourceSpec(name, "plugin:target")
    if kind == "command":
        return CommandSpec(name, "plugin:target", "", "A command")
    column = Column("name", show="table")
    return ResourceType(
        name=sql_name, columns=(column,), identity=("name",), collector="plugin:target"
    )


def _templates(folder: Traversable, place: str) -> Iterator[tuple[str, str]]:
    """Path below the folder, without ``.txt``, and content of each template."""
    for each in sorted(folder.iterdir(), key=lambda found: found.name):
        path = f"{place}{each.name}"
        if each.is_dir():
            yield from _templates(each, f"{path}/")
        else:
            yield path.removesuffix(".txt"), each.read_text(encoding="utf-8")


def _place(path: str, words: Mapping[str, str]) -> str:
    """The path of a file in the new folder; modules go to the package."""
    return path if "/" in path or not path.endswith(".py") else f"{words['MODULE']}/{path}"
