"""The facts that the rules judge by: small and frozen, one for each object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from k8s_datamodel.api import Resource

Marks = frozenset[tuple[str, str]]
"""Labels and the Helm release of an object, which may tie it to others of its product."""


class Name(NamedTuple):
    """A namespaced name; the namespace is empty if cluster-scoped or omitted in a file."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return "/".join(part for part in self if part)


class Reference(NamedTuple):
    """A workload as somebody names it; the kind is empty where any will do."""

    kind: str
    name: Name
    written: str


class Saying(NamedTuple):
    """That somebody says who manages what, or whether a workload is an operator.

    Attributes:
        workload: that it is about.
        crd: that it manages, ``*`` for any letters; empty where it says whether it is an operator.
        operator: false if it is none.
        target: the object or the file that says so.
        path: the place in it.
        fault: why it cannot be understood; empty if it can.
    """

    workload: Reference
    crd: str
    operator: bool
    target: str
    path: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Crd:
    """What ties a CRD to workloads.

    Attributes:
        name: ``plural.group``.
        marks: its labels and Helm release.
        package: OLM v1 extension that installed it, empty for none.
        webhook: service of its conversion webhook.
        node_bound: its objects name their node, or are named after nodes, so a per-node agent may
            serve them.
        told: what its annotations say.
        instances: how its objects are listed; None where it names no kind of its own.
        unserved: why a server may not know the kind; empty when it does.
        plain: its objects have no status, as its schemas say.
        short: its short names.
        namespaced: its objects are in namespaces, where a RoleBinding reaches them.
    """

    name: str
    group: str
    plural: str
    kind: str
    marks: Marks = frozenset()
    package: str = ""
    webhook: Name | None = None
    node_bound: bool = False
    told: tuple[Saying, ...] = ()
    instances: Resource | None = None
    unserved: str = ""
    plain: bool = False
    short: frozenset[str] = frozenset()
    namespaced: bool = True


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
    """A Role or ClusterRole without rules on built-in kinds and on single objects.

    Attributes:
        labels: labels by which aggregated roles select it.
        aggregates: selectors of an aggregated ClusterRole.
        leases: it may write leases, as leader election needs.
        passes_on: it may write roles, so its holder may hold rights only to grant them.
        acts: it may change or evict pods or what makes them, so its holder acts on the cluster.
    """

    kind: str
    name: Name
    rules: tuple[Rule, ...] = ()
    labels: Marks = frozenset()
    aggregates: tuple[Selector, ...] = ()
    leases: bool = False
    passes_on: bool = False
    acts: bool = False


@dataclass(frozen=True, slots=True)
class Binding:
    """A RoleBinding or ClusterRoleBinding.

    Attributes:
        namespace: of a RoleBinding; empty for a ClusterRoleBinding.
        within: it is a RoleBinding, which reaches nothing outside of its namespace.
        accounts: service accounts; without a namespace, they are in the binding's.
        groups: it binds groups that programs may be members of.
        everyone: namespaces all of whose accounts it binds; empty for those of all namespaces.
    """

    namespace: str
    role_kind: str
    role: str
    accounts: tuple[Name, ...]
    name: str = ""
    groups: bool = False
    everyone: tuple[str, ...] = ()
    within: bool = False


class Service(NamedTuple):
    """A service and the labels of its pods; none where something else finds them."""

    name: Name
    selector: Marks


class HookRule(NamedTuple):
    """A rule of an admission webhook that names custom resources."""

    groups: tuple[str, ...]
    resources: tuple[str, ...]
    versions: tuple[str, ...]
    operations: tuple[str, ...]


class Webhook(NamedTuple):
    """An admission webhook's service, and the API groups and resources that it handles.

    Without groups it handles built-in kinds only.
    """

    service: Name
    groups: tuple[str, ...]
    resources: tuple[str, ...]
    rules: tuple[HookRule, ...] = ()


class Write(NamedTuple):
    """What one program wrote of the objects of a kind that were looked at.

    Attributes:
        manager: what the program called itself.
        part: ``status``, ``finalizers``, ``ownerReferences``; empty for anything else.
        objects: how many of them it wrote so.
    """

    manager: str
    part: str
    objects: int


@dataclass(frozen=True, slots=True)
class Written:
    """Who wrote the objects of a kind, as their ``managedFields`` tell.

    Attributes:
        crd: ``plural.group``.
        objects: how many were looked at; None where they could not be read.
        writes: by whom and what; empty where nothing tells.
        owners: CRDs whose instances control some of them, ``plural.group``.
    """

    crd: str
    objects: int | None
    writes: tuple[Write, ...] = ()
    owners: tuple[str, ...] = ()


class Lease(NamedTuple):
    """A lock of a program that elects a leader, and the holder as it names itself."""

    name: Name
    holder: str


@dataclass(frozen=True, slots=True)
class Csv:
    """A ClusterServiceVersion that is not a copy, with names of Deployments and owned CRDs."""

    name: Name
    version: str | None
    deployments: tuple[str, ...]
    owned: tuple[str, ...]
