"""Where kubeconfigs are and which contexts they name, without importing the Kubernetes client."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from k8s_datamodel.api import SourceRequest
from k8s_datamodel_plugins.sources.server.contexts import kubeconfig_files, merging


def inputs(request: SourceRequest) -> Sequence[Path]:
    """The kubeconfigs that a run would read. Raises SourceError."""
    return [Path(file) for file in kubeconfig_files.files(request.kubeconfig)]


def contexts(request: SourceRequest) -> Sequence[str]:
    """Names of the contexts that a run would find, sorted.

    Raises:
        SourceError: there is no kubeconfig, or it cannot be read.
    """
    if names := sorted(merging.read_files(kubeconfig_files.files(request.kubeconfig)).contexts):
        return names
    from k8s_datamodel_plugins.sources.server import kubeconfig  # noqa: PLC0415 - it is slow

    return kubeconfig.contexts(request)  # knows a pod's, or says what is wrong
