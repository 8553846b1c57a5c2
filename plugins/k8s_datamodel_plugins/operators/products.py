"""Which product an operator is, wherever it is installed."""

from __future__ import annotations

from k8s_datamodel.api import Row
from k8s_datamodel_plugins.csvs import package_of
from k8s_datamodel_plugins.object_parts import text
from k8s_datamodel_plugins.operators.facts.images import parse_image

_OFFICIAL = "library/"
"""What Docker Hub puts before the repositories of official images, which references may omit."""


def product_of(row: Row) -> str | None:
    """The repository of its image without the registry, which a mirror replaces.

    Of an operator whose image names none it is the OLM package; None if there is neither.
    """
    repository = parse_image(text(row.get("image")) or "").repository
    if repository:
        return repository.removeprefix(_OFFICIAL) or repository
    installed = text(row.get("framework_name"))
    if installed and row.get("operator_framework") == "OLM":
        return package_of(installed, text(row.get("version")))
    return None
