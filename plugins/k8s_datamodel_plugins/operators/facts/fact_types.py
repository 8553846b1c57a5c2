"""What is kept of each object that bears evidence: small and frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

Marks = frozenset[tuple[str, str]]
"""Label and release marks of an object that may tie it to others of its product."""


class Name(NamedTuple):
    """A namespaced name; the namespace is empty where there is none or a file names none."""

    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Crd:
    """What of a CRD ties it to workloads.

    Attributes:
        name: ``plural.group``.
        group: API group.
        plural: lower-case plural.
        kind: CamelCase kind.
        marks: its labels and Helm release.
        package: OLM v1 extension that installed it, empty for none.
        webhook: service of its conversion webhook.
        node_bound: its objects name the node they belong to, so a per-node agent may serve them.
    """

    name: str
    group: str
    plural: str
    kind: str
    marks: Marks = frozenset()
    package: str = ""
    webhook: Name | None = None
    node_bound: bool = False


class Rule(NamedTuple):
    """A rule of a role that may touch custom resources."""

    groups: tuple[str, ...]
    resources: tuple[str, ...]
    verbs: frozenset[str]


class Selector(NamedTuple):
    """A label selector."""

    labels: tuple[tuple[str, str], ...]
    expressions: tuple[tuple[str, str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Role:
    """A Role or ClusterRole, without rules on built-in kinds and on single objects.

    Attributes:
        kind: ``Role`` or ``ClusterRole``.
        name: where it is.
        rules: those that may touch custom resources.
        labels: by which aggregated roles select it.
        aggregates: selectors of an aggregated ClusterRole.
        leases: it may write leases, as leader election needs.
        passes_on: it may write roles, so whoever holds it may hold rights only to give them away.
    """

    kind: str
    name: Name
    rules: tuple[Rule, ...] = ()
    labels: Marks = frozenset()
    aggregates: tuple[Selector, ...] = ()
    leases: bool = False
    passes_on: bool = False


@dataclass(frozen=True, slots=True)
class Binding:
    """A RoleBinding or ClusterRoleBinding.

    Attributes:
        namespace: of a RoleBinding; empty for a cluster-wide one.
        role_kind: ``Role`` or ``ClusterRole``.
        role: name of the role.
        accounts: service accounts; one without a namespace is in the binding's own.
    """

    namespace: str
    role_kind: str
    role: str
    accounts: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A service account that gives its pods no token unless they ask for it."""

    name: Name


@dataclass(frozen=True, slots=True)
class Service:
    """A service and which pods it selects."""

    name: Name
    selector: Marks


class Webhook(NamedTuple):
    """An admission webhook's service, and the API groups and resources it is called for."""

    service: Name
    groups: tuple[str, ...]
    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Csv:
    """A ClusterServiceVersion that is no copy.

    Attributes:
        name: where it is.
        version: of the operator.
        deployments: names of what it installs, in its namespace.
        owned: names of the CRDs it owns.
    """

    name: Name
    version: str | None
    deployments: tuple[str, ...]
    owned: tuple[str, ...]
