"""Prints the lowest version of each direct dependency that pyproject.toml allows, as pip's pins.

PIP_CONSTRAINT=FILE, with what this printed, makes pip install just those.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import requires

_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(\[[^]]*\])?(?P<versions>[^;]*)")


def lowest(requirements: list[str]) -> list[str]:
    """Pins of requirements, each of which has to say a lower bound.

    Raises:
        ValueError: one has none.
    """
    pins = []
    for requirement in requirements:
        found = _REQUIREMENT.match(requirement)
        bound = found and re.search(r">=\s*([^,\s]+)", found["versions"])
        if not (found and bound):
            raise ValueError(f"{requirement} has no lower bound")
        pins.append(f"{found['name']}=={bound[1]}")
    return pins


if __name__ == "__main__":
    sys.stdout.writelines(f"{pin}\n" for pin in lowest(requires("k8s-datamodel") or []))
