"""Where kubeconfigs are and which contexts they name, without importing the Kubernetes client."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from k8s_datamodel.api import SourceError, SourceRequest
from k8s_datamodel_plugins.sources.server.contexts import reader

DEFAULT = "~/.kube/config"


def files(kubeconfig: str | None, environ: Mapping[str, str] = os.environ) -> list[str]:
    """The kubeconfig that was named, else those of ``KUBECONFIG``, else the default one.

    Raises:
        SourceError: the one that was named is not there.
    """
    if kubeconfig:
        if not Path(kubeconfig).expanduser().exists():
            raise SourceError(f"the kubeconfig {kubeconfig} is not there")
        return [str(Path(kubeconfig).expanduser())]
    # As client-go's loading rules: of several files, those that are missing do not matter.
    named = environ.get("KUBECONFIG", "").split(os.pathsep)
    paths = [Path(name).expanduser() for name in named if name] or [Path(DEFAULT).expanduser()]
    return [str(path) for path in paths if path.exists()]


def contexts(request: SourceRequest) -> Sequence[str]:
    """Names of the contexts that a run would find, sorted.

    Raises:
        SourceError: there is no kubeconfig, or it cannot be read.
    """
    if names := sorted(reader.read_files(files(request.kubeconfig)).contexts):
        return names
    from k8s_datamodel_plugins.sources.server import kubeconfig  # noqa: PLC0415 - it is slow

    return kubeconfig.contexts(request)  # knows a pod's, or says what is wrong
