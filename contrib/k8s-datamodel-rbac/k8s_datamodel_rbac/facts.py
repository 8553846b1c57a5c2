"""What of CRDs and roles matters for rights, taken while their lists stream by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from k8s_datamodel.api import KubernetesObject


@dataclass(frozen=True, slots=True)
class Definition:
    """A CRD.

    Attributes:
        subresources: of any of its versions: ``status``, ``scale``.
    """

    group: str
    plural: str
    namespaced: bool
    subresources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a role, without what is about other things than resources."""

    groups: tuple[str, ...]
    resources: tuple[str, ...]
    names: tuple[str, ...]
    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """A Role or ClusterRole.

    Attributes:
        namespace: empty for a ClusterRole.
        selectors: label selectors of the roles whose rules it takes over.
    """

    namespace: str
    name: str
    labels: Mapping[str, str]
    rules: tuple[Rule, ...]
    selectors: tuple[Mapping[str, Any], ...] = field(default=())


def definition(thing: KubernetesObject) -> Definition | None:
    """The facts of a CRD; None when it defines nothing."""
    spec = _mapping(thing.get("spec"))
    group, plural = spec.get("group"), _mapping(spec.get("names")).get("plural")
    if not (isinstance(group, str) and isinstance(plural, str)):
        return None
    versions = [_mapping(each) for each in _list(spec.get("versions"))]
    found = {name for version in versions for name in _mapping(version.get("subresources"))}
    return Definition(group, plural, spec.get("scope") != "Cluster", tuple(sorted(found)))


def role(thing: KubernetesObject) -> Role:
    """The facts of a Role or ClusterRole."""
    metadata = thing["metadata"]
    aggregation = _mapping(thing.get("aggregationRule"))
    return Role(
        namespace=metadata.get("namespace") or "",
        name=metadata["name"],
        labels=dict(_mapping(metadata.get("labels"))),
        rules=tuple(_rules(thing)),
        selectors=tuple(map(_mapping, _list(aggregation.get("clusterRoleSelectors")))),
    )


def _rules(thing: KubernetesObject) -> Iterator[Rule]:
    for each in map(_mapping, _list(thing.get("rules"))):
        keys = ("apiGroups", "resources", "resourceNames", "verbs")
        groups, resources, names, verbs = (_texts(each.get(key)) for key in keys)
        if groups and resources and verbs:
            yield Rule(groups, resources, names, verbs)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(each for each in _list(value) if isinstance(each, str))
