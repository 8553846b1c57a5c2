"""Never overwrite what the user reads: database, source, kubeconfig, configuration.

Files are compared by what they are, not by their names: a link, a hard link or another spelling
of the path is the same file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from k8s_datamodel.base.errors import UsageError
from k8s_datamodel.cli.frame.app import App


def protect_inputs(app: App, output: Path, but: str = "") -> None:
    """Raise UsageError if a file must not be written.

    It must not if it is one of ``App.inputs``, belongs to one, or is in a folder that is one, also
    if this command does not read it; ``but`` names an input that may be written over.
    """
    for what, paths in app.inputs().items():
        for path in paths if what != but else ():
            if _is(output, path):
                raise UsageError(f"{output}: this is {what} ({path}): name another")
            if path.is_dir() and _is_in(output, path):
                raise UsageError(
                    f"{output}: this is a file of {what} ({path}): name a new one, or one elsewhere"
                )


def _is(output: Path, path: Path) -> bool:
    try:
        return output.samefile(path)
    except (OSError, ValueError):  # one is not there: it would be made under that name
        return os.path.realpath(output) == os.path.realpath(path)


def _is_in(output: Path, folder: Path) -> bool:
    """Whether a file that is there is below a folder, or is a link to or from one that is."""
    try:
        status = output.stat()
    except (OSError, ValueError):
        return False
    if Path(os.path.realpath(output)).is_relative_to(os.path.realpath(folder)):
        return True
    return any(os.path.samestat(status, each) for each in _below(folder))


def _below(folder: Path) -> Iterator[os.stat_result]:
    for root, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                yield (Path(root) / name).stat()
