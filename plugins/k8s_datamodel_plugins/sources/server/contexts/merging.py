"""Merge several kubeconfigs and choose a context, by the rules of client-go's loader.go."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from k8s_datamodel.api import SourceError, UsageError, unusable
from k8s_datamodel_plugins.sources.server.contexts import named_files, text
from k8s_datamodel_plugins.sources.server.contexts.kubeconfig_fields import SECTIONS, FieldError
from k8s_datamodel_plugins.sources.server.contexts.kubeconfig_fields import text as as_text

KUBECONFIG_BYTES = 16 << 20
"""Most bytes of a kubeconfig; 300 contexts with all data inline have 0.9 MB."""

_PATHS = {
    "clusters": ("certificate-authority",),
    "users": ("client-certificate", "client-key", "tokenFile"),
    "contexts": (),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A cluster, a user or a context of a kubeconfig, and the file that defines it, if any.

    Its fields are without null and empty ones; paths are absolute.
    """

    name: str
    value: Mapping[str, Any] = field(repr=False)
    file: str | None


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """The merged content of several files: entries by name, and the current context or empty.

    ``where`` names the files for people.
    """

    where: str
    clusters: Mapping[str, Entry]
    users: Mapping[str, Entry]
    contexts: Mapping[str, Entry]
    current: str


@dataclass(frozen=True, slots=True)
class KubeContext:
    """One context; its user has neither a name nor fields if the context names none."""

    name: str
    cluster: Entry
    user: Entry
    namespace: str | None = None

    @property
    def server(self) -> str:
        """The URL as in the cluster; it may contain a password."""
        return str(self.cluster.value["server"])

    def mapping(self) -> dict[str, Any]:
        """A kubeconfig with only this context."""
        context = {"cluster": self.cluster.name, "user": self.user.name}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": self.name,
            "clusters": [{"name": self.cluster.name, "cluster": dict(self.cluster.value)}],
            "users": [{"name": self.user.name, "user": dict(self.user.value)}],
            "contexts": [{"name": self.name, "context": context}],
        }


def read_files(paths: Sequence[str]) -> Kubeconfig:
    """Merge several files; the first that defines an entry wins. Raises SourceError."""
    there = [(path, parsed) for path in paths if (parsed := _file(path)) is not None]
    return _merged(", ".join(path for path, _ in there), there)


def read_mapping(document: Mapping[str, Any], where: str) -> Kubeconfig:
    """The same for a kubeconfig that is not a file. Raises SourceError if it is invalid."""
    return _merged(where, [(None, _checked(document, where))])


def choose(config: Kubeconfig, name: str | None) -> KubeContext:
    """Choose a context by name, or the current one.

    Raises UsageError if it does not exist, and SourceError if it is incomplete.
    """
    chosen = name or config.current
    _check(config, chosen)
    context = config.contexts[chosen].value
    cluster_name, user_name = context.get("cluster", ""), context.get("user", "")
    cluster = config.clusters.get(cluster_name)
    if cluster is None:
        raise _incomplete(config, chosen, f"there is no cluster {cluster_name!r}")
    if not cluster.value.get("server"):
        raise _incomplete(config, chosen, f"cluster {cluster_name!r} has no server")
    if user_name and user_name not in config.users:
        raise _incomplete(config, chosen, f"there is no user {user_name!r}")
    user = config.users.get(user_name) or Entry("", {}, None)
    return KubeContext(chosen, cluster, user, context.get("namespace"))


def _check(config: Kubeconfig, chosen: str) -> None:
    names = sorted(config.contexts)
    if not names:
        raise SourceError(f"the kubeconfig {config.where} has no contexts")
    if chosen not in config.contexts:
        problem = f"has no context {chosen!r}" if chosen else "has no current context"
        choices = ", ".join(names)
        raise UsageError(f"{config.where} {problem}: choose one of {choices} with --context")


def _incomplete(config: Kubeconfig, context: str, problem: str) -> SourceError:
    return SourceError(f"context {context} of {config.where}: {problem}")


@dataclass(frozen=True, slots=True)
class _Parsed:
    """One file: its sections by name, and its current context."""

    sections: Mapping[str, Mapping[str, Mapping[str, Any]]]
    current: str


_parsed: dict[tuple[object, ...], _Parsed] = {}
_parsing = threading.Lock()


def _file(path: str) -> _Parsed | None:
    """Parse a file once, as long as it does not change; None if it does not exist."""
    try:
        status = Path(path).stat()
        # A pipe can be read only once, and its time is that of the reading.
        state = (status.st_mtime_ns, status.st_size) if stat.S_ISREG(status.st_mode) else ()
        key = (path, status.st_dev, status.st_ino, *state)
        with _parsing:
            if key not in _parsed:
                content = named_files.read(path, "the kubeconfig", KUBECONFIG_BYTES)
                _parsed[key] = _checked(text.parse(content), path)
            return _parsed[key]
    except text.TextError as error:
        raise SourceError(f"the kubeconfig {path} is not YAML: {error}") from None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unusable(f"the kubeconfig {path} cannot be read", error, SourceError) from error


def _checked(document: Any, where: str) -> _Parsed:
    if document is None:
        document = {}
    if not isinstance(document, Mapping):
        raise SourceError(f"{where} is not a kubeconfig")
    try:
        kind, version = (as_text(document.get(key), key) for key in ("kind", "apiVersion"))
        if (kind or "Config", version or "v1") != ("Config", "v1"):
            raise FieldError("it must be of the kind Config and the apiVersion v1")
        return _Parsed(
            {section: read(document.get(section), section) for section, read in SECTIONS.items()},
            as_text(document.get("current-context"), "current-context"),
        )
    except FieldError as error:
        raise SourceError(f"{where} is not a kubeconfig: {error}") from None


def _merged(where: str, parts: Sequence[tuple[str | None, _Parsed]]) -> Kubeconfig:
    sections: dict[str, dict[str, Entry]] = {section: {} for section in SECTIONS}
    for path, parsed in parts:
        folder = None if path is None else Path(path).absolute().parent
        for section, entries in parsed.sections.items():
            for name, value in entries.items():
                if name not in sections[section]:
                    sections[section][name] = Entry(name, _resolved(section, value, folder), path)
    current = next((parsed.current for _, parsed in parts if parsed.current), "")
    return Kubeconfig(where, current=current, **sections)


def _resolved(section: str, value: Mapping[str, Any], folder: Path | None) -> Mapping[str, Any]:
    """Resolve paths relative to the file's folder; a command without a slash is not a path."""
    if folder is None:
        return value
    found: dict[str, Any] = {
        key: str(folder / value[key]) for key in _PATHS[section] if key in value
    }
    if os.sep in (command := value.get("exec", {}).get("command", "")):
        found["exec"] = {**value["exec"], "command": str(folder / command)}
    return {**value, **found}
