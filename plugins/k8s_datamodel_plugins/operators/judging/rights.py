"""The RBAC rights of a service account on custom resources.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property, lru_cache
from itertools import chain, product
from typing import NamedTuple

from k8s_datamodel_plugins.operators.facts import marks
from k8s_datamodel_plugins.operators.facts.fact_types import Binding, Crd, Name, Role, Rule
from k8s_datamodel_plugins.operators.judging.aggregation import filled, parts_of

_CHANGE = frozenset({"update", "patch", "*"})
_WATCH = frozenset({"watch", "*"})
_OWNED = ("status", "finalizers")

_Owner = Callable[[str, str, frozenset[str]], bool]
"""Whether an account uses verbs on a group's resource itself, rather than only granting them."""


class Grade(IntEnum):
    """The grade of rights on a kind of custom resource, as controllers need them."""

    NONE = 0
    WATCH = 1
    CHANGE = 2
    STATUS = 3


class Grant(NamedTuple):
    """What one rule allows on one CRD.

    The part is ``""`` for the objects themselves, ``status`` or ``finalizers``. The rule may name
    the resource and its group, or use ``*``. The right is the account's own if no other role grants
    the same, or if the account grants no rights to others.
    """

    crd: str
    part: str
    verbs: frozenset[str]
    named: bool
    own: bool


@dataclass(slots=True)
class Access:
    """All rights of one account on one CRD, by explicit API group.

    Attributes:
        verbs: on the objects themselves.
        parts: ``status`` and ``finalizers``, where it may write them.
        named: a rule names the resource, not ``*``.
        own: it has rights beyond those that it only grants to others.
    """

    verbs: set[str] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)
    named: bool = False
    own: bool = False
    roles: set[str] = field(default_factory=set)

    @property
    def watches(self) -> bool:
        """Whether it may watch the objects."""
        return bool(self.verbs & _WATCH)

    @property
    def writes(self) -> bool:
        """Whether it may write objects of the kind."""
        return bool(self.verbs & (_CHANGE | {"create"}))

    @property
    def grade(self) -> Grade:
        """The grade of these rights.

        Without the right to watch an object, an account changes its status only in passing. With
        rights on finalizers but not on the object, it only creates children: they need that right
        where ``OwnerReferencesPermissionEnforcement`` is on.
        """
        watches, changes = self.watches, self.verbs & _CHANGE
        if watches and ("status" in self.parts or ("finalizers" in self.parts and changes)):
            return Grade.STATUS
        if self.parts:
            return Grade.CHANGE
        if not watches:
            return Grade.NONE
        return Grade.CHANGE if changes else Grade.WATCH

    def add(self, grant: Grant, role: str) -> None:
        """Add the rights from a role."""
        if grant.part:
            if not grant.verbs & _CHANGE:
                return
            self.parts.add(grant.part)
        else:
            self.verbs |= grant.verbs
        self.named = self.named or grant.named
        self.own = self.own or grant.own
        self.roles.add(role)


@dataclass(slots=True)
class Rights:
    """The rights of an account.

    Attributes:
        access: by name of CRD.
        wildcard: roles that let it change every kind.
        absent: the role by ``plural.group`` of custom resources whose status or finalizers it may
            write, but whose CRD is missing.
        leases: it may write leases.
        acts: it may change or evict pods or what makes them.
        passes_on: it may write roles, so it may hold rights only to grant them.
    """

    access: dict[str, Access] = field(default_factory=dict)
    wildcard: set[str] = field(default_factory=set)
    absent: dict[str, str] = field(default_factory=dict)
    leases: bool = False
    acts: bool = False
    passes_on: bool = False

    def may_touch(self, crd: str) -> bool:
        """Whether it may watch a kind or change anything of it."""
        return bool(self.wildcard) or self.access.get(crd, Access()).grade > Grade.NONE

    def __bool__(self) -> bool:
        return bool(self.access or self.wildcard or self.absent)


class Rbac:
    """All roles and bindings of a source; empty aggregated roles, as in a manifest, are filled."""

    def __init__(
        self, roles: Iterable[Role], bindings: Iterable[Binding], crds: Iterable[Crd]
    ) -> None:
        self._crds: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for crd in crds:
            for group in (crd.group, "*"):
                self._crds[group][crd.plural].append(crd.name)
        self._every = filled(list(roles))
        self._roles: dict[tuple[str, str], dict[str, Role]] = defaultdict(dict)
        for role in self._every:
            self._roles[role.kind, role.name.name].setdefault(role.name.namespace, role)
        self._bound: dict[str, dict[str, list[Role]]] = defaultdict(lambda: defaultdict(list))
        # Roles that are bound but missing, each with an account that holds it.
        self.unseen: dict[str, Name] = {}
        self._lacking: set[Name] = set()
        # Roles that are bound to groups of users, by the names of role and binding.
        self._of_groups: dict[str, list[Role]] = defaultdict(list)
        for binding in bindings:
            bound = self._role(binding)
            for name in dict.fromkeys((binding.role, binding.name)) if binding.groups else ():
                self._of_groups[name] += [bound] if bound else []
            if bound is None and binding.accounts:
                self._miss(binding)
            if bound is None:
                continue
            for account in binding.accounts:
                self._bound[account.name][account.namespace].append(bound)
        self.any_bound = bool(self._bound)
        self.rights = lru_cache(maxsize=None)(self._rights)

    @property
    def accounts(self) -> list[Name]:
        """The accounts that a role is bound to; the namespace is ``""`` if a file omits it."""
        return [Name(where, name) for name, found in self._bound.items() for where in found]

    def knows(self, account: Name) -> bool:
        """Whether each role that an account is bound to is there, and so are bindings.

        Where others of its namespace are bound to roles, one that is bound to none has no rights.
        """
        return account not in self._lacking and account.namespace in self._namespaces

    @cached_property
    def _namespaces(self) -> frozenset[str]:
        """The namespaces of accounts that are bound to roles."""
        return frozenset(where for found in self._bound.values() for where in found)

    def rules(self, account: Name) -> list[Rule]:
        """The distinct rules on custom resources of all roles that an account is bound to."""
        every = (rule for role in self._roles_of(account) for rule in role.rules)
        return list(dict.fromkeys(every))

    def _miss(self, binding: Binding) -> None:
        """Note a missing role, unless Kubernetes creates it."""
        kind, name = binding.role_kind, binding.role
        made = name in marks.DEFAULT_ROLES or name.startswith(marks.SYSTEM)
        if kind == "ClusterRole" and made:
            return
        self.unseen.setdefault(f"{kind} {name}", binding.accounts[0])
        self._lacking.update(binding.accounts)

    def _role(self, binding: Binding) -> Role | None:
        """The role that a binding refers to; an omitted namespace fits any."""
        if binding.role_kind == "ClusterRole" and binding.role == marks.CLUSTER_ADMIN:
            everything = Rule(("*",), ("*",), frozenset("*"))
            return Role("ClusterRole", Name("", binding.role), (everything,))
        found = self._roles.get((binding.role_kind, binding.role), {})
        where = binding.namespace if binding.role_kind == "Role" else ""
        return found.get(where) or _only(found if not where else {"": found.get("")})

    def of_group(self, name: str) -> bool:
        """Whether a role or a binding of that name is bound to a group of users."""
        return name in self._of_groups

    def _rights(self, account: Name, also: str = "") -> Rights:
        """The rights of an account.

        ``also`` names a workload that may authenticate as a member of a group, not as its account:
        then a role or a binding to a group has its name.
        """
        rights = Rights()
        roles = [*self._roles_of(account), *self._of_groups.get(also, ())]
        owner = self._owner(roles)
        for role in roles:
            label = f"{role.kind} {role.name.name}"
            rights.leases = rights.leases or role.leases
            rights.acts = rights.acts or role.acts
            rights.passes_on = rights.passes_on or role.passes_on
            if role.kind == "ClusterRole" and role.name.name in marks.DEFAULT_ROLES:
                continue
            for rule in role.rules:
                self._add(rights, rule, label, owner)
        return rights

    def _owner(self, roles: Sequence[Role]) -> _Owner | None:
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

    def _roles_of(self, account: Name) -> list[Role]:
        """Roles bound to an account; an omitted namespace fits the only other one."""
        bound = self._bound.get(account.name, {})
        if account.namespace:
            return [*bound.get(account.namespace, ()), *bound.get("", ())]
        others = [each for each in bound if each]
        return [*bound.get("", ()), *(bound[others[0]] if len(others) == 1 else ())]

    def _add(self, rights: Rights, rule: Rule, role: str, owner: _Owner | None) -> None:
        if "*" in rule.groups and "*" in rule.resources:
            if rule.verbs & _CHANGE:
                rights.wildcard.add(role)
            return
        for grant in self._grants(rule, owner):
            rights.access.setdefault(grant.crd, Access()).add(grant, role)
        for name in self._absent(rule):
            rights.absent.setdefault(name, role)

    def _grants(self, rule: Rule, owner: _Owner | None) -> Iterator[Grant]:
        for group in rule.groups:
            plurals: Mapping[str, Iterable[str]] = self._crds.get(group, {})
            for resource in rule.resources:
                plural, _, part = resource.partition("/")
                if part and part not in (*_OWNED, "*"):
                    continue
                if group == plural == "*":
                    continue
                own = owner is None or owner(group, resource, rule.verbs)
                named = "*" not in (group, plural)
                parts = ("", *_OWNED) if resource == "*" else _OWNED if part == "*" else (part,)
                names = plurals.get(plural, ())
                if plural == "*":
                    names = chain.from_iterable(plurals.values())
                for name in names:
                    for each in parts:
                        yield Grant(name, each, rule.verbs, named, own)

    def _absent(self, rule: Rule) -> Iterator[str]:
        """Custom resources without a CRD that an account manages by its rights.

        ``*`` means all of a group without any CRD.
        """
        for group in rule.groups if rule.verbs & _CHANGE else ():
            plurals = self._crds.get(group, {})
            for plural, _, part in (resource.partition("/") for resource in rule.resources):
                owned = part in _OWNED if plural != "*" else not plurals and part in ("", *_OWNED)
                if owned and plural not in plurals and group != "*" and not _is_builtin(group):
                    yield f"{plural}.{group}"


def _as_good(theirs: frozenset[str], verbs: frozenset[str]) -> bool:
    """Whether verbs do for a controller what others do: all of them, or to watch and to change."""
    needed = [use for use in (_WATCH, _CHANGE) if verbs & use]
    return verbs <= theirs or "*" in theirs or (bool(needed) and all(theirs & u for u in needed))


def _is_builtin(group: str) -> bool:
    """Whether an API group is Kubernetes' own by its name; some CRDs have such names too."""
    return "." not in group or group.endswith(".k8s.io")


def crds_of_rules(roles: Iterable[Role]) -> Iterator[Crd]:
    """The custom resources that roles name, for when CRDs may not be read.

    Only rules with one group show which resource belongs to which group.
    """
    for rule in (rule for role in roles for rule in role.rules if len(rule.groups) == 1):
        group = rule.groups[0]
        for plural in rule.resources if group != "*" and not _is_builtin(group) else ():
            if plural != "*" and "/" not in plural:
                yield Crd(f"{plural}.{group}", group, plural, "")


def _only(found: Mapping[str, Role | None]) -> Role | None:
    values = [role for role in found.values() if role]
    return values[0] if len(values) == 1 else None
