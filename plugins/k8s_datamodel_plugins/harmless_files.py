"""Files that give nothing and are no failure, and what the ledger says of the others."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePosixPath

NO_OBJECT = "holds no Kubernetes object"
"""Why a file gives nothing that was read, or that is of a kind that never holds one."""

NOTHING = "holds nothing"
"""Why a file gives nothing that is empty, or has comments only."""

UNKNOWN_KIND = "is not read: its name and first bytes tell no kind that could hold an object"
"""Why a file gives nothing that was not read."""

ARCHIVE = "an archive inside the source is not opened; name it as --source to read it"
"""Why an archive inside a source is skipped: it may be another cluster's."""

NOWHERE = "a link that leads nowhere"
"""Why a link is skipped."""

SPECIAL = "neither a file nor a folder"
"""Why a pipe, a socket or a device is skipped: opening it could block for ever."""

OTHER_CONTENT = "with other content"
"""In the reason of an entry on objects that stood in a source more than once, if they differ."""

_TEXTS = ("md", "markdown", "txt", "rst", "adoc", "html", "htm", "css", "js", "pdf", "log")
_PICTURES = ("svg", "png", "jpg", "jpeg", "gif", "ico")
_CODE = ("sh", "py", "go", "mod", "sum", "toml", "ini", "cfg", "lock")
_SUFFIXES = frozenset(f".{each}" for each in (*_TEXTS, *_PICTURES, *_CODE))
_NAMES = (
    *("license*", "notice*", "owners*", "codeowners", "readme*", "changelog*", "authors*"),
    *("makefile", "dockerfile", "project", ".*"),
    *("kustomization", "kustomization.y*ml", "kustomizeconfig.y*ml"),
    *("chart.y*ml", "values*.y*ml", "values.schema.json"),
)


def is_harmless(path: str) -> bool:
    """Whether a file's name says that it holds no object."""
    name = PurePosixPath(path.lower())
    return name.suffix in _SUFFIXES or any(fnmatchcase(name.name, each) for each in _NAMES)
