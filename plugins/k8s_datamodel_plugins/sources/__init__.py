"""Where objects come from: a live API server, or manifests and dumps."""

from collections.abc import Iterable

from k8s_datamodel.api import SourceSpec, hookimpl


@hookimpl
def register_sources() -> Iterable[SourceSpec]:
    """The live API server and the path."""
    here = "k8s_datamodel_plugins.sources"
    return (
        SourceSpec(
            "kubernetes",
            f"{here}.live:open_source",
            "A live API server, by kubeconfig",
            f"{here}.server.locations:contexts",
            f"{here}.server.locations:inputs",
        ),
        SourceSpec(
            "file",
            f"{here}.paths:open_source",
            "Manifests or a dump: folder, file, tar, -",
            files=f"{here}.dump.files.members:inputs",
            suffixes=(
                *(".yaml", ".yml", ".json", ".jsonl", ".ndjson"),
                *(".gz", ".xz", ".bz2", ".tar", ".tgz", ".txz", ".tbz2", ".zip"),
            ),
        ),
    )
