"""The rights of one account on custom resources, added up.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from k8s_datamodel_plugins.operators.facts.fact_types import Crd

CHANGE = frozenset({"update", "patch", "*"})
"""Verbs that change an object."""

WATCH = frozenset({"watch", "*"})

OWNED = ("status", "finalizers")
"""The parts of objects that their controllers write."""


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
        return bool(self.verbs & WATCH)

    @property
    def writes(self) -> bool:
        """Whether it may write objects of the kind."""
        return bool(self.verbs & (CHANGE | {"create"}))

    @property
    def grade(self) -> Grade:
        """The grade of these rights.

        Without the right to watch an object, an account changes its status only in passing. With
        rights on finalizers but not on the object, it only creates children: they need that right
        where ``OwnerReferencesPermissionEnforcement`` is on.
        """
        watches, changes = self.watches, self.verbs & CHANGE
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
            if not grant.verbs & CHANGE:
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
        everywhere: of these, one at least does so in the whole cluster.
        absent: the role by ``plural.group`` of custom resources whose status or finalizers it may
            write, but whose CRD is missing.
        leases: it may write leases.
        acts: it may change or evict pods or what makes them.
        passes_on: it may write roles, so it may hold rights only to grant them.
    """

    access: dict[str, Access] = field(default_factory=dict)
    wildcard: set[str] = field(default_factory=set)
    everywhere: bool = False
    absent: dict[str, str] = field(default_factory=dict)
    leases: bool = False
    acts: bool = False
    passes_on: bool = False

    def may_all(self, crd: Crd) -> bool:
        """Whether it may change every kind, and so this one."""
        return bool(self.wildcard) and (crd.namespaced or self.everywhere)

    def may_touch(self, crd: Crd) -> bool:
        """Whether it may watch a kind or change anything of it."""
        return self.may_all(crd) or self.access.get(crd.name, Access()).grade > Grade.NONE

    def __bool__(self) -> bool:
        return bool(self.access or self.wildcard or self.absent)
