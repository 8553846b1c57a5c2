"""A plugin's settings, and resource types declared in YAML."""

from __future__ import annotations

import types
import typing
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar, cast

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.plugins.config import config_dir
from k8s_datamodel.types.foreign_texts import FaultError
from k8s_datamodel.types.resource_types import ResourceType

_T = TypeVar("_T")


def settings(plugin: str, cls: type[_T]) -> _T:
    """What the user set for a plugin, in ``settings/<plugin>.yaml`` of the configuration folder.

    Read them when they are needed, not in a hook: what hooks return is kept until the plugin
    changes, not until its settings do.

    Args:
        plugin: its name.
        cls: a dataclass; its fields (``str``, ``int``, ``bool``, ``list``, ``dict``, each perhaps
            ``| None``) are what may be set, those without a default what must be.

    Raises:
        UsageError: something is missing, unknown or of another type; it says in which line.
    """
    hints = typing.get_type_hints(cls)
    known = {field.name: _plain(hints[field.name]) for field in fields(cast("Any", cls))}
    needed = [
        field.name
        for field in fields(cast("Any", cls))
        if field.default is MISSING and field.default_factory is MISSING
    ]
    folder = config_dir()
    path = folder / "settings" / f"{plugin}.yaml" if folder else None
    if path is None or not path.is_file():
        if needed:
            where = path or "the configuration folder"
            raise UsageError(f"plugin {plugin} needs settings: {where} must give {needed[0]}")
        return cls()
    from k8s_datamodel.plugins.yamlfiles import read_yaml  # noqa: PLC0415 - YAML only for who has a file

    try:
        file = read_yaml(path)
        file.check((), known, needed)
    except FaultError as error:
        line = f":{error.fault.line}" if error.fault.line else ""
        raise UsageError(f"settings of plugin {plugin}: {path}{line}: {error}") from None
    return cls(**file.value)


def declared_type(path: str | Path) -> ResourceType:
    """The resource type that a YAML file of a plugin's package declares.

    Args:
        path: of the file, such as ``Path(__file__).with_name("ships.yaml")``.

    Raises:
        FaultError: the file is none for a type; the host reports it with the line.
    """
    from k8s_datamodel.plugins import typefiles  # noqa: PLC0415 - YAML only for who has such a file

    return typefiles.read(Path(path)).type


def _plain(hint: Any) -> type:
    """The class of a hint: ``str`` of ``str | None``, ``list`` of ``list[str]``."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(each for each in typing.get_args(hint) if each is not type(None))
    plain: type = typing.get_origin(hint) or hint
    return plain
