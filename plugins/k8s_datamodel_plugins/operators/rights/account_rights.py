"""The RBAC rights of a service account on custom resources.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import product

from k8s_datamodel_plugins.operators.facts import marks
from k8s_datamodel_plugins.operators.facts.fact_types import Binding, Crd, Name, Role, Rule
from k8s_datamodel_plugins.operators.rights.access import CHANGE, WATCH, Access, Rights
from k8s_datamodel_plugins.operators.rights.aggregation import filled, parts_of
from k8s_datamodel_plugins.operators.rights.bound_roles import BoundRoles, Held
from k8s_datamodel_plugins.operators.rights.granting import Granting, Owner


class Rbac:
    """All roles and bindings of a source; empty aggregated roles, as in a manifest, are filled.

    Attributes:
        bound: who is bound to which roles.
    """

    def __init__(
        self, roles: Iterable[Role], bindings: Iterable[Binding], crds: Iterable[Crd]
    ) -> None:
        self._granting = Granting(crds)
        self._every = filled(list(roles))
        self.bound = BoundRoles(self._every, bindings)
        self.rights = lru_cache(maxsize=None)(self._rights)

    def rules(self, account: Name) -> list[Rule]:
        """The distinct rules on custom resources of all roles that an account is bound to."""
        every = (rule for role, _ in self.bound.of(account) for rule in role.rules)
        return list(dict.fromkeys(every))

    def _rights(self, account: Name, also: str = "") -> Rights:
        """The rights of an account.

        ``also`` names a workload that may authenticate as a member of a group, not as its account:
        then a role or a binding to a group has its name.
        """
        return self._sum([*self.bound.of(account), *self.bound.of_group(also)])

    def of_everyone(self, namespace: str) -> Rights:
        """The rights of all accounts of a namespace, which tell nothing of any of them."""
        return self._sum(self.bound.of_everyone(namespace))

    def _sum(self, held: Sequence[Held]) -> Rights:
        rights = Rights()
        owner = self._owner([role for role, _ in held])
        for role, within in held:
            label = f"{role.kind} {role.name.name}"
            rights.leases = rights.leases or role.leases
            rights.acts = rights.acts or role.acts
            rights.passes_on = rights.passes_on or role.passes_on
            if role.kind == "ClusterRole" and role.name.name in marks.DEFAULT_ROLES:
                continue
            for rule in role.rules:
                self._add(rights, rule, label, within, owner)
        return rights

    def _add(
        self, rights: Rights, rule: Rule, role: str, within: bool, owner: Owner | None
    ) -> None:
        if "*" in rule.groups and "*" in rule.resources:
            if rule.verbs & CHANGE:
                rights.wildcard.add(role)
                rights.everywhere = rights.everywhere or not within
            return
        for grant in self._granting.grants(rule, within, owner):
            rights.access.setdefault(grant.crd, Access()).add(grant, role)
        for name in self._granting.absent(rule):
            rights.absent.setdefault(name, role)

    def _owner(self, roles: Sequence[Role]) -> Owner | None:
        """For an account that may write roles: tells its own rights from those it only grants.

        An account can only grant rights that it has, so a program that creates roles for others
        holds their rights:
        https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
        """
        if not any(role.passes_on for role in roles):
            return None
        own = {id(part) for role in roles for part in (role, *parts_of(role, self._every))}
        return lambda group, resource, verbs: all(
            givers <= own
            for theirs, givers in self._given[group, resource].items()
            if _as_good(theirs, verbs)
        )

    @cached_property
    def _given(self) -> Mapping[tuple[str, str], Mapping[frozenset[str], set[int]]]:
        """The roles that grant rights, by group and resource as in the rules, then by verbs."""
        found: dict[tuple[str, str], dict[frozenset[str], set[int]]] = defaultdict(dict)
        for role in self._every:
            for rule in role.rules:
                for key in product(rule.groups, rule.resources):
                    found[key].setdefault(rule.verbs, set()).add(id(role))
        return found


def _as_good(theirs: frozenset[str], verbs: frozenset[str]) -> bool:
    """Whether verbs do for a controller what others do: all of them, or to watch and to change."""
    needed = [use for use in (WATCH, CHANGE) if verbs & use]
    return verbs <= theirs or "*" in theirs or (bool(needed) and all(theirs & u for u in needed))
