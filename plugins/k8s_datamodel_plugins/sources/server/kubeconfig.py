"""Which API server, as whom: a kubeconfig or a pod's service account becomes an ``Access``."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from kubernetes.client import Configuration
from kubernetes.config import ConfigException, incluster_config, kube_config

from k8s_datamodel.api import SourceError, SourceRequest, UsageError
from k8s_datamodel_plugins.sources.server import locations

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where Kubernetes mounts a pod's token and the cluster's certificate authority."""

IN_CLUSTER = "in-cluster"
"""Name of the context when a pod's service account is used."""

# The kubernetes package says that it is typed, but these are not.
_InClusterConfigLoader: Callable[..., Any] = incluster_config.InClusterConfigLoader
_KubeConfigLoader: Callable[..., Any] = kube_config.KubeConfigLoader
_KubeConfigMerger: Callable[..., Any] = kube_config.KubeConfigMerger
_ConfigNode: Callable[..., Any] = kube_config.ConfigNode

# What the loader of the kubernetes package raises for files of a wrong shape.
_MALFORMED = (AttributeError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach one API server.

    Attributes:
        configuration: of the kubernetes package; its own, never the package's default one.
        context: name of the kubeconfig's context, or ``in-cluster``.
        impersonation: headers that make the server act as someone else (``as`` of the user).
    """

    configuration: Configuration
    context: str
    impersonation: Sequence[tuple[str, str]] = ()


def find(request: SourceRequest, environ: Mapping[str, str] = os.environ) -> Access:
    """Load what the request names, or what there is, as kubectl does.

    The first of: the request's kubeconfig (its content, or a file), the files of ``KUBECONFIG``,
    ``~/.kube/config``, the service account of the pod that this runs in.

    Raises:
        SourceError: there is none, it cannot be read, or its credentials cannot be had.
        UsageError: it has no such context.
    """
    if request.kubeconfig_data is not None:
        return _from_data(request.kubeconfig_data, request.context)
    if files := locations.files(request.kubeconfig, environ):
        return _from_files(files, request.context)
    if _in_cluster(environ):
        return _from_service_account(request.context, environ)
    raise _none(environ)


def contexts(request: SourceRequest, environ: Mapping[str, str] = os.environ) -> Sequence[str]:
    """Names of the contexts that ``find`` accepts, sorted.

    Raises:
        SourceError: there is no kubeconfig, or it cannot be read.
    """
    if files := locations.files(request.kubeconfig, environ):
        return _merged(files)[1]
    if _in_cluster(environ):
        return [IN_CLUSTER]
    raise _none(environ)


def _none(environ: Mapping[str, str]) -> SourceError:
    named, default = environ.get("KUBECONFIG", ""), locations.DEFAULT
    return SourceError(
        (f"KUBECONFIG names {named}, which is not there" if named else f"no kubeconfig: {default}")
        + ("; " if named else " is not there; ")
        + "say --kubeconfig FILE, or read manifests or a dump with --source PATH"
    )


def _in_cluster(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("KUBERNETES_SERVICE_HOST")) and (SERVICE_ACCOUNT / "token").is_file()


def _from_service_account(context: str | None, environ: Mapping[str, str]) -> Access:
    if context not in (None, IN_CLUSTER):
        raise UsageError(f"no kubeconfig has a context {context!r}: there is none in this pod")
    configuration = Configuration()
    loader = _InClusterConfigLoader(
        token_filename=str(SERVICE_ACCOUNT / "token"),
        cert_filename=str(SERVICE_ACCOUNT / "ca.crt"),
        environ=environ,
    )
    try:
        loader.load_and_set(configuration)
    except (ConfigException, OSError) as error:
        raise SourceError(f"the pod's service account cannot be used: {error}") from error
    return Access(configuration, IN_CLUSTER)


def _from_files(files: Sequence[str], context: str | None) -> Access:
    where = ", ".join(files)
    merger, names, current = _merged(files)
    chosen = context or current
    _check(chosen, names, where)
    return _load(merger.config, merger.save_changes, chosen, where)


def _merged(files: Sequence[str]) -> tuple[Any, list[str], str]:
    """The files as one, the names of their contexts, and which is the current one."""
    where = ", ".join(files)
    try:
        merger = _KubeConfigMerger(os.pathsep.join(files))
        return merger, _context_names(merger.config), _current(merger, files)
    except yaml.MarkedYAMLError as error:
        # Only the place: the text around it may be a token.
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise SourceError(f"the kubeconfig {where} is not YAML: {error.problem}{line}") from None
    except (ConfigException, OSError) as error:
        raise SourceError(f"the kubeconfig {where} cannot be read: {error}") from error
    except (yaml.YAMLError, *_MALFORMED):
        raise SourceError(f"{where} is not a kubeconfig") from None


def _from_data(data: Mapping[str, Any], context: str | None) -> Access:
    where = "the kubeconfig of the source"
    config = _ConfigNode("kube-config", data)
    try:
        names = _context_names(config)
        chosen = context or str(data.get("current-context") or "")
    except _MALFORMED:
        raise SourceError(f"{where} is none") from None
    _check(chosen, names, where)
    return _load(config, None, chosen, where)


def _context_names(config: Any) -> list[str]:
    if config is None:
        raise ConfigException("it holds nothing")
    return sorted(str(context["name"]) for context in config.value.get("contexts") or [])


def _current(merger: Any, files: Sequence[str]) -> str:
    # Of several files the first that says so wins in client-go; the merger takes the last.
    for path in files:
        if current := merger.config_files[path].get("current-context"):
            return str(current)
    return ""


def _check(chosen: str, names: Sequence[str], where: str) -> None:
    if not names:
        raise SourceError(f"the kubeconfig {where} has no contexts")
    if chosen not in names:
        problem = f"has no context {chosen!r}" if chosen else "has no current context"
        raise UsageError(f"{where} {problem}: choose one of {', '.join(names)} with --context")


def _load(config: Any, save: Callable[[], None] | None, context: str, where: str) -> Access:
    configuration = Configuration()
    try:
        with _overheard() as complaints:
            loader = _KubeConfigLoader(
                config_dict=config,
                active_context=context,
                config_base_path=None,
                config_persister=save,
            )
            loader.load_and_set(configuration)
        user = _user(config, context)
    except ConfigException as error:
        raise SourceError(f"context {context} of {where}: {_line(error)}") from error
    except (OSError, *_MALFORMED) as error:
        raise SourceError(f"context {context} of {where} is not complete") from error
    if complaints and not (configuration.api_key or configuration.cert_file):
        raise SourceError(f"no credentials for context {context}: {'; '.join(complaints)}")
    return Access(configuration, context, _impersonation(user))


def _user(config: Any, context: str) -> Mapping[str, Any]:
    content = config.value
    name = _named(content["contexts"], context)["context"].get("user")
    if not name:
        return {}
    if not (found := _named(content["users"], name)):
        raise ConfigException(f"there is no user {name!r}")
    return found.get("user") or {}


def _named(entries: Sequence[Any], name: object) -> Mapping[str, Any]:
    nodes = (getattr(entry, "value", entry) for entry in entries)
    return next((node for node in nodes if node["name"] == name), {})


def _impersonation(user: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Headers for ``as``, ``as-uid`` and ``as-groups``, which the kubernetes package passes over.

    Without them we would read with other rights than kubectl does with the same file.
    """
    single = (("as", "Impersonate-User"), ("as-uid", "Impersonate-Uid"))
    headers = [(header, str(user[key])) for key, header in single if user.get(key)]
    return headers + [("Impersonate-Group", str(group)) for group in user.get("as-groups") or []]


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """What the root logger is told by this thread.

    There, and only there, the kubernetes package says why a credential plugin failed, before it
    goes on without credentials.
    """
    heard: list[str] = []
    thread = threading.get_ident()

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.name == "root" and record.thread == thread:
                heard.append(_line(record.getMessage()))

    listener = Listener(logging.ERROR)
    logging.getLogger().addHandler(listener)
    try:
        yield heard
    finally:
        logging.getLogger().removeHandler(listener)


def _line(text: object) -> str:
    return " ".join(str(text).split())
