"""What of a CRD others can no longer name: versions that are served no more, or the kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from k8s_datamodel.api import KubernetesObject
from k8s_datamodel_plugins.definitions import served_versions, versions_of
from k8s_datamodel_plugins.object_parts import mapping, name_of, text, texts

_MANY = 8


@dataclass(frozen=True, slots=True)
class Loss:
    """What an upgrade takes from who names a CRD.

    Attributes:
        crd: its name.
        group: its API group.
        plural: as rules of rights and of webhooks name it.
        versions: that are served before and not after, in their order.
        stay: that are in the CRD after, served or not.
        whole: the CRD is deleted.
    """

    crd: str
    group: str
    plural: str
    versions: tuple[str, ...]
    stay: frozenset[str] = frozenset()
    whole: bool = False


def loss_of(old: KubernetesObject, new: KubernetesObject | None) -> Loss | None:
    """What is lost where a CRD becomes another one, or is deleted (None); None if nothing is.

    Nobody can use a version that is in the CRD and is not served, so it counts as one that is not
    there.
    """
    before, after = served_versions(old), served_versions(new) if new else []
    gone = tuple(each for each in before if each not in after)
    if new is not None and not gone:
        return None
    stay = frozenset(texts([each.get("name") for each in versions_of(new or {})]))
    spec = mapping(old.get("spec"))
    plural = text(mapping(spec.get("names")).get("plural")) or name_of(old).partition(".")[0]
    group = text(spec.get("group")) or ""
    return Loss(name_of(old), group, plural, gone, stay.union(after), new is None)


def enumerated(names: Iterable[str]) -> str:
    """The first of some names, and how many more there are."""
    found = list(names)
    more = len(found) - _MANY
    said = ", ".join(found[:_MANY])
    return f"{said} and {more:,} more" if more > 0 else said
