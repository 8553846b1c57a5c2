"""Find service accounts that may manage custom resources but run no workload that was read.

The program behind one is out of sight. Its pods tell of a bare Pod, a CronJob, a Job, an Argo
Rollout, a DeploymentConfig. Else it is a workload without a pod now, a process outside the cluster,
or a workload that a dump lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import NamedTuple

from k8s_datamodel_plugins.operators.claiming.claims import kinships
from k8s_datamodel_plugins.operators.claiming.kinship import Groups
from k8s_datamodel_plugins.operators.facts.fact_types import Name
from k8s_datamodel_plugins.operators.facts.workloads import Workload
from k8s_datamodel_plugins.operators.judging.evidence import listed
from k8s_datamodel_plugins.operators.rights.access import Grade
from k8s_datamodel_plugins.operators.rights.account_rights import Rbac

_SHOWN = 3


class Idle(NamedTuple):
    """A service account without a workload, and names of the CRDs that it may manage.

    The CRDs may be missing. ``elsewhere``: no workload of its namespace was read.
    """

    account: Name
    crds: frozenset[str]
    elsewhere: bool


def idle_accounts(running: Set[Name], rbac: Rbac, groups: Groups) -> list[Idle]:
    """The accounts that may manage custom resources and run no workload, in order."""
    namespaces = {account.namespace for account in running}
    names = {account.name for account in running}
    found = []
    for account in sorted(rbac.bound.accounts):
        # An object without a namespace in a manifest may be in any.
        if account.namespace:
            runs = not running.isdisjoint((account, Name("", account.name)))
        else:
            runs = account.name in names
        if not runs and (crds := _manages(account, rbac, groups)):
            elsewhere = not namespaces & {account.namespace, ""}
            found.append(Idle(account, crds, elsewhere))
    return found


def why_missing(idle: Sequence[Idle]) -> str:
    """Why a dump must lack workloads; empty if nothing shows it."""
    found = [each for each in idle if each.elsewhere and each.account.namespace]
    if not found:
        return ""
    first = found[0]
    more = f" (and {len(found) - 1} more such accounts)" if len(found) > 1 else ""
    return (
        f"service account {first.account} may manage {listed(first.crds, _SHOWN)}, and no workload "
        f"of its namespace is there{more}"
    )


def why_unmanaged(idle: Sequence[Idle]) -> dict[str, str]:
    """Why the manager of a CRD is unknown, by the CRD's name."""
    found: dict[str, list[str]] = {}
    for each in idle:
        for crd in each.crds:
            found.setdefault(crd, []).append(str(each.account))
    return {crd: _why(accounts) for crd, accounts in sorted(found.items())}


def why_unseen(unseen: Mapping[str, Name]) -> str:
    """Why any account may manage any CRD, from roles that are bound but missing."""
    if not unseen:
        return ""
    role, account = next(iter(sorted(unseen.items())))
    more = f" (and {len(unseen) - 1} more such roles)" if len(unseen) > 1 else ""
    return f"service account {account} is bound to {role}, which is not there{more}"


def _why(accounts: Sequence[str]) -> str:
    noun = "service account" if len(accounts) == 1 else "service accounts"
    return (
        f"{noun} {listed(accounts, _SHOWN)} may manage it, and no Deployment, StatefulSet or "
        f"DaemonSet that was read runs as {'it' if len(accounts) == 1 else 'one of them'}"
    )


def _manages(account: Name, rbac: Rbac, groups: Groups) -> frozenset[str]:
    """Rights on everything count only for kinds that the account is named after."""
    rights = rbac.rights(account)
    explicit = {name for name, each in rights.access.items() if each.grade >= Grade.CHANGE}
    named: Iterable[str] = ()
    if rights.wildcard:
        pretended = Workload("ServiceAccount", account, account=account.name)
        kin = kinships(pretended, rights, groups, everywhere=True)
        near = (name for name, each in kin.items() if each.product or each.kind or each.lives)
        crds = (crd for name in near for crd in groups.by_name[name].crds)
        named = (crd.name for crd in crds if rights.may_all(crd))
    return frozenset((*explicit, *rights.absent, *named))
