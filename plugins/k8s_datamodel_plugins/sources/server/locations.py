"""Find kubeconfigs and the contexts that they name, without importing the Kubernetes client."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from k8s_datamodel.api import SourceRequest
from k8s_datamodel_plugins.sources.server.contexts import kubeconfig_files, merging


def inputs(request: SourceRequest) -> Sequence[Path]:
    """The kubeconfigs that a run would read. Raises SourceError."""
    return [Path(file) for file in kubeconfig_files.files(request.kubeconfig)]


def contexts(request: SourceRequest) -> Sequence[str]:
    """Names of the contexts that a run would find, sorted. Raises SourceError."""
    if names := sorted(merging.read_files(kubeconfig_files.files(request.kubeconfig)).contexts):
        return names
    from k8s_datamodel_plugins.sources.server import kubeconfig  # noqa: PLC0415 - it is slow

    return kubeconfig.contexts(request)  # the context of a pod, or an error that says what is wrong
