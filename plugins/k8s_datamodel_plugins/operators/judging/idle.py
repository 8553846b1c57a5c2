"""Find service accounts that may manage custom resources but run no workload that was read.

The program behind one is out of sight: a bare Pod, a CronJob, a Job, a ReplicaSet, an Argo Rollout,
a DeploymentConfig, a process outside the cluster, or a workload that a dump lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from k8s_datamodel_plugins.operators.facts.fact_types import Name
from k8s_datamodel_plugins.operators.facts.workloads import Workload
from k8s_datamodel_plugins.operators.judging.claims import kinships
from k8s_datamodel_plugins.operators.judging.kinship import Groups
from k8s_datamodel_plugins.operators.judging.rights import Grade, Rbac

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Idle:
    """An account without a workload.

    Attributes:
        account: the service account.
        crds: names of the CRDs whose instances it may manage, including missing CRDs.
        elsewhere: no workload of its namespace was read.
    """

    account: Name
    crds: frozenset[str]
    elsewhere: bool

    def __str__(self) -> str:
        return "/".join(part for part in self.account if part)


class Running:
    """Take the workloads of a source one by one, then tell which accounts are idle."""

    def __init__(self) -> None:
        self._accounts: set[Name] = set()

    def take(self, workload: Workload) -> None:
        """Take a workload, whether or not it may be an operator."""
        self._accounts.add(Name(workload.name.namespace, workload.account))

    def idle(self, rbac: Rbac, groups: Groups) -> list[Idle]:
        """The accounts that may manage custom resources and run nothing, in order."""
        namespaces = {account.namespace for account in self._accounts}
        names = {account.name for account in self._accounts}
        found = []
        for account in sorted(rbac.accounts):
            crds = _manages(account, rbac, groups)
            if crds and not self._runs(account, names):
                # An object without a namespace in a manifest may be in any.
                elsewhere = not namespaces & {account.namespace, ""}
                found.append(Idle(account, crds, elsewhere))
        return found

    def _runs(self, account: Name, names: set[str]) -> bool:
        """Whether a workload runs as the account; an omitted namespace fits any."""
        if not account.namespace:
            return account.name in names
        return not self._accounts.isdisjoint((account, Name("", account.name)))


def why_missing(idle: Sequence[Idle]) -> str:
    """Why a dump must lack workloads; empty if nothing shows it."""
    found = [each for each in idle if each.elsewhere and each.account.namespace]
    if not found:
        return ""
    first = found[0]
    more = f" (and {len(found) - 1} more such accounts)" if len(found) > 1 else ""
    return (
        f"service account {first} may manage {_listed(sorted(first.crds))}, and no workload of its "
        f"namespace is there{more}"
    )


def why_unmanaged(idle: Sequence[Idle]) -> dict[str, str]:
    """Why the manager of a CRD is unknown, by the CRD's name."""
    found: dict[str, list[str]] = {}
    for each in idle:
        for crd in each.crds:
            found.setdefault(crd, []).append(str(each))
    return {crd: _why(accounts) for crd, accounts in sorted(found.items())}


def why_unseen(unseen: Mapping[str, Name]) -> str:
    """Why any account may manage any CRD, from roles that are bound but missing."""
    if not unseen:
        return ""
    role, account = next(iter(sorted(unseen.items())))
    more = f" (and {len(unseen) - 1} more such roles)" if len(unseen) > 1 else ""
    name = "/".join(part for part in account if part)
    return f"service account {name} is bound to {role}, which is not there{more}"


def _why(accounts: Sequence[str]) -> str:
    noun = "service account" if len(accounts) == 1 else "service accounts"
    return (
        f"{noun} {_listed(accounts)} may manage it, and no Deployment, StatefulSet or DaemonSet "
        f"that was read runs as {'it' if len(accounts) == 1 else 'one of them'}"
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _manages(account: Name, rbac: Rbac, groups: Groups) -> frozenset[str]:
    """Rights on everything count only for kinds that the account is named after."""
    rights = rbac.rights(account)
    explicit = {name for name, each in rights.access.items() if each.grade >= Grade.CHANGE}
    named: Iterable[str] = ()
    if rights.wildcard:
        pretended = Workload("ServiceAccount", account, account=account.name)
        kin = kinships(pretended, rights, groups, everywhere=True)
        near = (name for name, each in kin.items() if each.product or each.kind or each.lives)
        named = (crd.name for name in near for crd in groups.by_name[name].crds)
    return frozenset((*explicit, *rights.absent, *named))
