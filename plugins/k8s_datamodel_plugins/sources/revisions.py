"""The source ``git``: a folder in a git repository at a revision, without a checkout."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from k8s_datamodel.api import SourceError, SourceRequest
from k8s_datamodel_plugins.sources.dump.files import git_trees
from k8s_datamodel_plugins.sources.dump.scan import Scan
from k8s_datamodel_plugins.sources.paths import FileSource, nothing_in


def open_source(request: SourceRequest) -> FileSource:
    """Read all that a folder held at a revision, as ``paths.open_source`` reads one.

    The source is called like the folder, else like the repository. It was made when the commit
    was.

    Raises SourceError if there is no such repository, revision or folder, or no Kubernetes object.
    """
    started = time.monotonic()
    revision = git_trees.revision_of(request.location)
    commit = git_trees.commit_of(revision)
    files = git_trees.tree_members(revision, commit)
    scan = Scan(request, files, made=commit.time, bundle=revision.bundle)
    if not scan.index.kinds:
        raise SourceError(
            nothing_in(f"{revision.folder or revision.repository} at {revision.ref}", scan)
        )
    seconds = time.monotonic() - started
    reason = f"{revision.ref} is commit {commit.id}"
    return FileSource(request, scan, seconds, name=_name(revision), reason=reason)


def inputs(request: SourceRequest) -> Sequence[Path]:
    """The repository that a run would read."""
    return (git_trees.revision_of(request.location).repository,)


def _name(revision: git_trees.Revision) -> str:
    path = revision.repository.resolve()
    bare = path.parent if path.name == ".git" else path
    return Path(revision.folder).name or bare.name.removesuffix(".git") or str(bare)
