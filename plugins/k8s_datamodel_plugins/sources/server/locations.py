"""Choose the kubeconfig files and the context of a run by client-go's rules.

Shell completion asks this module, so it does not import the Kubernetes client, which is slow.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from k8s_datamodel.api import SourceError, SourceRequest, UsageError
from k8s_datamodel_plugins.sources.server.contexts.merging import (
    Entry,
    KubeContext,
    choose,
    read_files,
    read_mapping,
)

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where Kubernetes mounts a pod's token and the cluster's certificate authority."""

_DEFAULT = "~/.kube/config"
_IN_CLUSTER = "in-cluster"


def inputs(request: SourceRequest) -> Sequence[Path]:
    """The kubeconfigs that a run would read. Raises SourceError."""
    return [Path(file) for file in _files(request.kubeconfig, os.environ)]


def contexts(request: SourceRequest) -> Sequence[str]:
    """Names of the contexts that ``chosen`` accepts, sorted. Raises SourceError."""
    if files := _files(request.kubeconfig, os.environ):
        return sorted(read_files(files).contexts)
    if _in_cluster(os.environ):
        return [_IN_CLUSTER]
    raise _none(os.environ)


def chosen(request: SourceRequest, environ: Mapping[str, str]) -> KubeContext:
    """The context of the request, with kubectl's defaults.

    From the first of: the request's kubeconfig (content or file), the files of ``KUBECONFIG``,
    ``~/.kube/config``, the service account of this pod.

    Raises SourceError if none exists or can be read, and UsageError if it has no such context.
    """
    if request.kubeconfig_data is not None:
        config = read_mapping(request.kubeconfig_data, "the kubeconfig of the source")
        return choose(config, request.context)
    if files := _files(request.kubeconfig, environ):
        return choose(read_files(files), request.context)
    if _in_cluster(environ):
        return _of_the_pod(request.context, environ)
    raise _none(environ)


def _files(kubeconfig: str | None, environ: Mapping[str, str]) -> list[str]:
    if kubeconfig:
        if not Path(kubeconfig).expanduser().exists():
            raise SourceError(f"the kubeconfig {kubeconfig} is not there")
        return [str(Path(kubeconfig).expanduser())]
    # As client-go's loading rules: missing files are skipped, without a search elsewhere. The
    # shell has expanded the home folder.
    if named := environ.get("KUBECONFIG", ""):
        return [name for name in named.split(os.pathsep) if name and _is_there(name)]
    default = Path(_DEFAULT).expanduser()
    return [str(default)] if default.exists() else []


def _is_there(name: str) -> bool:
    """Whether a file exists or cannot be examined; its reader then reports that."""
    try:
        Path(name).stat()
    except FileNotFoundError:
        return False
    except OSError:
        pass
    return True


def _none(environ: Mapping[str, str]) -> SourceError:
    named = environ.get("KUBECONFIG", "")
    return SourceError(
        (f"KUBECONFIG names {named}, which is not there" if named else f"no kubeconfig: {_DEFAULT}")
        + ("; " if named else " is not there; ")
        + "use --kubeconfig FILE, or read manifests or a dump with --source PATH"
    )


def _in_cluster(environ: Mapping[str, str]) -> bool:
    named = environ.get("KUBERNETES_SERVICE_HOST") and environ.get("KUBERNETES_SERVICE_PORT")
    return bool(named) and (SERVICE_ACCOUNT / "token").is_file()


def _of_the_pod(context: str | None, environ: Mapping[str, str]) -> KubeContext:
    """The service account of this pod, as ``InClusterConfig`` of client-go reads it."""
    if context not in (None, _IN_CLUSTER):
        raise UsageError(f"no kubeconfig has a context {context!r}: there is none in this pod")
    host = environ["KUBERNETES_SERVICE_HOST"]
    where = f"[{host}]" if ":" in host else host
    server = f"https://{where}:{environ['KUBERNETES_SERVICE_PORT']}"
    authority = str(SERVICE_ACCOUNT / "ca.crt")
    cluster = {"server": server, "certificate-authority": authority}
    return KubeContext(
        _IN_CLUSTER,
        Entry(_IN_CLUSTER, cluster, None),
        Entry("service-account", {"tokenFile": str(SERVICE_ACCOUNT / "token")}, None),
    )
