"""Find the roles that service accounts and groups are bound to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from k8s_datamodel_plugins.operators.facts import marks
from k8s_datamodel_plugins.operators.facts.fact_types import Binding, Name, Role, Rule


class Held(NamedTuple):
    """A role as a binding gives it: ``within`` a namespace only, or everywhere."""

    role: Role
    within: bool


class BoundRoles:
    """The roles by who is bound to them.

    Attributes:
        unseen: roles that are bound but missing, each with an account that holds it.
    """

    def __init__(self, roles: Iterable[Role], bindings: Iterable[Binding]) -> None:
        self._roles: dict[tuple[str, str], dict[str, Role]] = defaultdict(dict)
        for role in roles:
            self._roles[role.kind, role.name.name].setdefault(role.name.namespace, role)
        self._bound: dict[str, dict[str, list[Held]]] = defaultdict(lambda: defaultdict(list))
        self._lacking: set[Name] = set()
        # By the names of role and binding.
        self._of_groups: dict[str, list[Held]] = defaultdict(list)
        self._of_everyone: dict[str, list[Held]] = defaultdict(list)
        self.unseen: dict[str, Name] = {}
        for binding in bindings:
            self._add(binding)

    def _add(self, binding: Binding) -> None:
        role = self._role(binding)
        bound = Held(role, binding.within) if role else None
        for name in dict.fromkeys((binding.role, binding.name)) if binding.groups else ():
            self._of_groups[name] += [bound] if bound else []
        if bound is None:
            self._miss(binding)
            return
        for namespace in binding.everyone:
            self._of_everyone[namespace].append(bound)
        for account in binding.accounts:
            self._bound[account.name][account.namespace].append(bound)

    def _role(self, binding: Binding) -> Role | None:
        """The role that a binding refers to; an omitted namespace fits any."""
        if binding.role_kind == "ClusterRole" and binding.role == marks.CLUSTER_ADMIN:
            everything = Rule(("*",), ("*",), frozenset("*"))
            return Role("ClusterRole", Name("", binding.role), (everything,))
        found = self._roles.get((binding.role_kind, binding.role), {})
        where = binding.namespace if binding.role_kind == "Role" else ""
        return found.get(where) or _only(found if not where else {"": found.get("")})

    def _miss(self, binding: Binding) -> None:
        """Note a missing role of accounts, unless Kubernetes creates it."""
        kind, name = binding.role_kind, binding.role
        made = name in marks.DEFAULT_ROLES or name.startswith(marks.SYSTEM)
        if not binding.accounts or (kind == "ClusterRole" and made):
            return
        self.unseen.setdefault(f"{kind} {name}", binding.accounts[0])
        self._lacking.update(binding.accounts)

    @property
    def accounts(self) -> list[Name]:
        """The accounts that a role is bound to; the namespace is ``""`` if a file omits it."""
        return [Name(where, name) for name, found in self._bound.items() for where in found]

    @cached_property
    def _namespaces(self) -> frozenset[str]:
        """The namespaces of accounts that are bound to roles."""
        return frozenset(where for found in self._bound.values() for where in found)

    def knows(self, account: Name) -> bool:
        """Whether each role that an account is bound to is there, and so are bindings.

        Where others of its namespace are bound to roles, one that is bound to none has no rights.
        """
        return account not in self._lacking and account.namespace in self._namespaces

    def of(self, account: Name) -> list[Held]:
        """Roles bound to an account; an omitted namespace fits the only other one."""
        bound = self._bound.get(account.name, {})
        if account.namespace:
            return [*bound.get(account.namespace, ()), *bound.get("", ())]
        others = [each for each in bound if each]
        return [*bound.get("", ()), *(bound[others[0]] if len(others) == 1 else ())]

    def of_everyone(self, namespace: str) -> list[Held]:
        """The roles that all accounts of a namespace have."""
        found = self._of_everyone
        return [*found.get("", ()), *(found.get(namespace, ()) if namespace else ())]

    def names_group(self, name: str) -> bool:
        """Whether a role or a binding of that name is bound to a group of users."""
        return name in self._of_groups

    def of_group(self, name: str) -> list[Held]:
        """The roles of groups that have that name or whose binding has it."""
        return self._of_groups.get(name, [])


def _only(found: Mapping[str, Role | None]) -> Role | None:
    values = [role for role in found.values() if role]
    return values[0] if len(values) == 1 else None
