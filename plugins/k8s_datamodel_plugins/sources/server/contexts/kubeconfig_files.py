"""Choose the kubeconfig files that a run reads, by client-go's rules."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from k8s_datamodel.api import SourceError

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
    # As client-go's loading rules: of several files, those that are missing do not matter, and
    # none is looked for elsewhere. A shell has put in the home where it stands for one.
    if named := environ.get("KUBECONFIG", ""):
        return [name for name in named.split(os.pathsep) if name and _is_there(name)]
    default = Path(DEFAULT).expanduser()
    return [str(default)] if default.exists() else []


def _is_there(name: str) -> bool:
    """Whether a file is there, or cannot be looked at, which whoever reads it will say."""
    try:
        Path(name).stat()
    except FileNotFoundError:
        return False
    except OSError:
        pass
    return True
