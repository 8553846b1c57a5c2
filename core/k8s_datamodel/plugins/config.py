"""The user's configuration folder: disabled plugins, plugins' settings and declared types.

A plain file lists the disabled plugins, one name a line: it needs no parser and works when
everything else is broken.
"""

from __future__ import annotations

import os
import stat
import sys
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, cast

from k8s_datamodel.base.errors import DatamodelError, UsageError
from k8s_datamodel.base.unusable import reason, unusable
from k8s_datamodel.types.foreign_texts import FaultError
from k8s_datamodel.types.resource_types import ResourceType

_T = TypeVar("_T")

CONFIG_DIR = "K8S_DATAMODEL_CONFIG_DIR"
CACHE_DIR = "K8S_DATAMODEL_CACHE_DIR"
DISABLE = "K8S_DATAMODEL_DISABLE_PLUGINS"
NO_EXTERNAL = "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS"
STRICT = "K8S_DATAMODEL_STRICT"
TRACE = "K8S_DATAMODEL_TRACE_PLUGINS"

DISABLED_FILE = "disabled-plugins"
_HEADER = "# Plugins that are not loaded, one name a line; see `k8s-datamodel plugins --help`.\n"


@dataclass(frozen=True, slots=True)
class PluginSettings:
    """The user's settings for plugins.

    Attributes:
        disabled: what disabled a plugin, by its name or ``distribution/name``.
        external: whether plugins other than the built-ins may be loaded.
        strict: whether a plugin that cannot be used is an error.
        trace: whether to print each call of a hook to stderr.
        folder: the configuration folder; None if the user has no home folder.
    """

    disabled: Mapping[str, str] = field(default_factory=dict)
    external: bool = True
    strict: bool = False
    trace: bool = False
    folder: Path | None = None


def config_dir(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The user's configuration folder, which may not exist.

    It is ``K8S_DATAMODEL_CONFIG_DIR``, else ``k8s-datamodel`` in ``%APPDATA%`` on Windows and in
    ``XDG_CONFIG_HOME`` or ``~/.config`` elsewhere (XDG Base Directory Specification, which ignores
    relative paths). None without a home folder, as in many containers.
    """
    return _user_folder(environ, CONFIG_DIR, "APPDATA", "XDG_CONFIG_HOME", ".config")


def cache_dir(environ: Mapping[str, str] = os.environ) -> Path | None:
    """The folder for caches; found like ``config_dir``, by the variables for caches."""
    return _user_folder(environ, CACHE_DIR, "LOCALAPPDATA", "XDG_CACHE_HOME", ".cache")


def _user_folder(
    environ: Mapping[str, str], own: str, windows: str, xdg: str, default: str
) -> Path | None:
    if chosen := environ.get(own):
        return Path(chosen).absolute()
    base = environ.get(windows if sys.platform == "win32" else xdg, "")
    if base and Path(base).is_absolute():
        return Path(base) / "k8s-datamodel"
    try:
        return Path.home() / default / "k8s-datamodel"
    except RuntimeError:
        return None


def plugin_settings(
    *, no_external: bool = False, strict: bool = False, environ: Mapping[str, str] = os.environ
) -> PluginSettings:
    """Combine options, environment and configuration.

    Raises DatamodelError if the list of disabled plugins cannot be read.
    """
    folder = config_dir(environ)
    lines = map(str.strip, _lines(folder / DISABLED_FILE) if folder else ())
    names = (line for line in lines if line and not line.startswith("#"))
    disabled = dict.fromkeys(names, "disabled by `plugins disable`")
    for name in filter(None, map(str.strip, environ.get(DISABLE, "").split(","))):
        disabled[name] = f"disabled by {DISABLE}"
    return PluginSettings(
        disabled=disabled,
        external=not (no_external or _flag(environ, NO_EXTERNAL)),
        strict=strict or _flag(environ, STRICT),
        trace=_flag(environ, TRACE),
        folder=folder,
    )


def disable(name: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Add a plugin, by name or ``distribution/name``, to the disabled ones; whether it was missing.

    Raises UsageError if the name is invalid or there is no configuration folder, and DatamodelError
    if the list cannot be written.
    """
    name = name.strip()
    if not name or name.startswith("#") or not name.isprintable():
        raise UsageError(f"{name!r} is not a name of a plugin")
    lines = _lines(path := _list_path(environ))
    if name in map(str.strip, lines):
        return False
    _write(path, [*(lines or [_HEADER]), f"{name}\n"])
    return True


def enable(name: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Remove a plugin from the list of disabled ones; returns whether it was there.

    Raises as ``disable`` does.
    """
    lines = _lines(path := _list_path(environ))
    kept = [line for line in lines if line.strip() != name.strip()]
    if kept == lines:
        return False
    _write(path, kept)
    return True


def settings(plugin: str, cls: type[_T]) -> _T:
    """What the user set for a plugin, in ``settings/<plugin>.yaml`` of the configuration folder.

    Read them when they are needed, not in a hook: what hooks return is kept until the plugin
    changes, not until its settings do.

    Args:
        plugin: its name.
        cls: a dataclass; its fields (``str``, ``int``, ``bool``, ``list``, ``dict``, each perhaps
            ``| None``) are what may be set, those without a default what must be.

    Raises:
        UsageError: something is missing, unknown or of another type, and it says in which line; or
            what is there cannot be read, such as a folder.
    """
    hints = typing.get_type_hints(cls)
    allowed = {field.name: _plain(hints[field.name]) for field in fields(cast("Any", cls))}
    needed = [
        field.name
        for field in fields(cast("Any", cls))
        if field.default is MISSING and field.default_factory is MISSING
    ]
    folder = config_dir()
    path = folder / "settings" / f"{plugin}.yaml" if folder else None
    try:
        if path is not None and _is_there(path):
            return cls(**_values(path, allowed, needed))
    except FaultError as error:
        line = f":{error.fault.line}" if error.fault.line else ""
        why = error.fault.reason
        raise UsageError(f"settings of plugin {plugin}: {path}{line}: {why}") from None
    if needed:
        where = path or "the configuration folder"
        raise UsageError(f"plugin {plugin} needs settings: {where} must give {needed[0]}")
    return cls()


def _values(path: Path, allowed: Mapping[str, type], needed: Sequence[str]) -> Mapping[str, Any]:
    """What a file sets. Raises FaultError if it is not what is allowed and needed."""
    from k8s_datamodel.plugins.yamlfiles import read_yaml  # noqa: PLC0415 - YAML only for who has a file

    file = read_yaml(path)
    file.check((), allowed, needed)
    values: Mapping[str, Any] = file.value
    return values


def _is_there(path: Path) -> bool:
    """Whether the user has such a file; raises FaultError for anything else in its place."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise FaultError("is a link that leads nowhere: mend or remove it") from None
        if (other := path.with_suffix(".yml")).exists():
            raise FaultError(f"is not there, and {other.name} is not read: rename it") from None
        return False
    except OSError as error:
        raise FaultError(f"cannot be read: {reason(error)}") from None
    if not stat.S_ISREG(mode):
        raise FaultError("is no file: put the settings into a file of this name")
    return True


def declared_type(path: str | Path) -> ResourceType:
    """The resource type that a YAML file of a plugin's package declares.

    Args:
        path: of the file, such as ``Path(__file__).with_name("ships.yaml")``.

    Raises:
        FaultError: the file does not declare a valid type; the host reports the line.
    """
    from k8s_datamodel.plugins import typefiles  # noqa: PLC0415 - YAML only for who has such a file

    return typefiles.read(Path(path)).type


def _flag(environ: Mapping[str, str], name: str) -> bool:
    return environ.get(name, "").strip().lower() not in ("", "0", "false", "no", "off")


def _list_path(environ: Mapping[str, str]) -> Path:
    folder = config_dir(environ)
    if folder is None:
        raise UsageError(f"there is no home folder for a configuration; set {CONFIG_DIR}")
    return folder / DISABLED_FILE


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise DatamodelError(f"cannot read {path}, the list of disabled plugins: {error}") from None
    return [f"{line}\n" for line in text.splitlines()]


def _write(path: Path, lines: list[str]) -> None:
    from k8s_datamodel.base.files import whole_file  # noqa: PLC0415 - only who changes the list needs it

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with whole_file(path) as file:
            file.writelines(line.encode() for line in lines)
    except OSError as error:
        raise unusable(f"{path}: cannot be written", error) from None


def _plain(hint: Any) -> type:
    """The class of a hint: ``str`` of ``str | None``, ``list`` of ``list[str]``."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(each for each in typing.get_args(hint) if each is not type(None))
    plain: type = typing.get_origin(hint) or hint
    return plain
