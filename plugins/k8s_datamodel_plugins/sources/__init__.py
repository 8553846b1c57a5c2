"""Where objects come from: a live API server, manifests and dumps, or a git repository."""

from collections.abc import Iterable

from k8s_datamodel.api import SourceSpec, hookimpl


@hookimpl
def register_sources() -> Iterable[SourceSpec]:
    """The live API server, the path, and the git repository."""
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
        SourceSpec(
            "git",
            f"{here}.revisions:open_source",
            "A git revision: git+file:///PATH?ref=REVISION&dir=FOLDER",
            files=f"{here}.revisions:inputs",
        ),
    )
