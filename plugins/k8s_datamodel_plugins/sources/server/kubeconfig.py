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

from kubernetes.client import Configuration
from kubernetes.config import ConfigException, incluster_config, kube_config

from k8s_datamodel.api import SourceError, SourceRequest, UsageError
from k8s_datamodel_plugins.sources.server import locations
from k8s_datamodel_plugins.sources.server.contexts.reader import (
    Kubeconfig,
    KubeContext,
    choose,
    read_files,
    read_mapping,
)

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where Kubernetes mounts a pod's token and the cluster's certificate authority."""

IN_CLUSTER = "in-cluster"
"""Name of the context when a pod's service account is used."""

# The kubernetes package says that it is typed, but these are not.
_InClusterConfigLoader: Callable[..., Any] = incluster_config.InClusterConfigLoader
_KubeConfigLoader: Callable[..., Any] = kube_config.KubeConfigLoader

# What the loader of the kubernetes package raises for files of a wrong shape.
_MALFORMED = (AttributeError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach one API server.

    Attributes:
        configuration: of the kubernetes package; its own, never the package's default one.
        context: name of the kubeconfig's context, or ``in-cluster``.
        impersonation: headers that make the server act as someone else (``as`` of the user).
        proxy_url: of the kubeconfig; the environment's is not looked at here.
    """

    configuration: Configuration
    context: str
    impersonation: Sequence[tuple[str, str]] = ()
    proxy_url: str | None = None


def find(request: SourceRequest, environ: Mapping[str, str] = os.environ) -> Access:
    """Load what the request names, or what there is, as kubectl does.

    The first of: the request's kubeconfig (its content, or a file), the files of ``KUBECONFIG``,
    ``~/.kube/config``, the service account of the pod that this runs in.

    Raises:
        SourceError: there is none, it cannot be read, or its credentials cannot be had.
        UsageError: it has no such context.
    """
    if request.kubeconfig_data is not None:
        where = "the kubeconfig of the source"
        return _chosen(read_mapping(request.kubeconfig_data, where), request.context)
    if files := locations.files(request.kubeconfig, environ):
        return _chosen(read_files(files), request.context)
    if _in_cluster(environ):
        return _from_service_account(request.context, environ)
    raise _none(environ)


def contexts(request: SourceRequest, environ: Mapping[str, str] = os.environ) -> Sequence[str]:
    """Names of the contexts that ``find`` accepts, sorted.

    Raises:
        SourceError: there is no kubeconfig, or it cannot be read.
    """
    if files := locations.files(request.kubeconfig, environ):
        return sorted(read_files(files).contexts)
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


def _chosen(config: Kubeconfig, context: str | None) -> Access:
    return _load(choose(config, context), config.where)


def _load(context: KubeContext, where: str) -> Access:
    configuration = Configuration()
    try:
        with _overheard() as complaints:
            loader = _KubeConfigLoader(config_dict=context.mapping(), config_base_path="")
            loader.load_and_set(configuration)
    except ConfigException as error:
        raise SourceError(f"context {context.name} of {where}: {_line(error)}") from error
    except (OSError, *_MALFORMED) as error:
        raise SourceError(f"context {context.name} of {where} is not complete") from error
    if complaints and not (configuration.api_key or configuration.cert_file):
        raise SourceError(f"no credentials for context {context.name}: {'; '.join(complaints)}")
    proxy_url = context.cluster.value.get("proxy-url")
    return Access(configuration, context.name, _impersonation(context.user.value), proxy_url)


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
