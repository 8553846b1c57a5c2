"""Choose the kubeconfig files that a run reads, by client-go's rules."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from k8s_datamodel.api import SourceError

DEFAULT = "~/.kube/config"


def files(kubeconfig: str | None, environ: Mapping[str, str] = os.environ) -> list[str]:
    """The named kubeconfig, else those of ``KUBECONFIG``, else the default. Raises SourceError."""
    if kubeconfig:
        if not Path(kubeconfig).expanduser().exists():
            raise SourceError(f"the kubeconfig {kubeconfig} is not there")
        return [str(Path(kubeconfig).expanduser())]
    # As client-go's loading rules: missing files are skipped, without a search elsewhere. The
    # shell has expanded the home folder.
    if named := environ.get("KUBECONFIG", ""):
        return [name for name in named.split(os.pathsep) if name and _is_there(name)]
    default = Path(DEFAULT).expanduser()
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
