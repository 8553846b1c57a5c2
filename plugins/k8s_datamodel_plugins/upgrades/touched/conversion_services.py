"""A conversion webhook whose service is in neither side of an upgrade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from k8s_datamodel.api import KubernetesObject, Severity
from k8s_datamodel_plugins.definitions import conversion_service, versions_of
from k8s_datamodel_plugins.grading.definition.crd_versions import OfVersion
from k8s_datamodel_plugins.grading.schema.found import Found
from k8s_datamodel_plugins.object_parts import mapping

_ONE_VERSION: Severity = "risky"


class SeenService(NamedTuple):
    """Whether one side has a service; ``seen`` is None where nobody knows, for a reason."""

    side: str
    seen: bool | None
    reason: str = ""


def missing_service(crd: KubernetesObject, sides: Sequence[SeenService]) -> OfVersion | str | None:
    """A finding if no side has the service that converts a new CRD's objects.

    Args:
        crd: the new CRD.
        sides: what each side says of the service.

    Returns:
        The finding; a sentence if nobody knows; None if all is well, or no service converts.
    """
    service = conversion_service(crd)
    converts = mapping(mapping(crd.get("spec")).get("conversion")).get("strategy") == "Webhook"
    if service is None or not converts or any(each.seen for each in sides):
        return None
    name = "/".join(part for part in service if part)
    unknown = [f"{each.side}: {each.reason}" for each in sides if each.seen is None]
    if unknown:
        return f"whether there is a service {name}, which converts objects ({'; '.join(unknown)})"
    alone = len(versions_of(crd)) == 1
    more = "; with one version nothing is converted yet" if alone else ""
    said = f"The conversion webhook is behind service {name}, which is in neither side{more}."
    found = Found(
        "conversion-service-missing", said, None, None, name, _ONE_VERSION if alone else None
    )
    return OfVersion(None, found)
