"""Tell which CRDs the rules of roles cover, and what they allow on each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

from k8s_datamodel_plugins.operators.facts.fact_types import Crd, Role, Rule
from k8s_datamodel_plugins.operators.rights.access import CHANGE, OWNED, Grant

Owner = Callable[[str, str, frozenset[str]], bool]
"""Whether an account uses verbs on a group's resource itself, rather than only granting them."""


class Granting:
    """The CRDs of a source, as rules name them."""

    def __init__(self, crds: Iterable[Crd]) -> None:
        self._crds: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._outside: set[str] = set()
        for crd in crds:
            if not crd.namespaced:
                self._outside.add(crd.name)
            for group in (crd.group, "*"):
                self._crds[group][crd.plural].append(crd.name)

    def grants(self, rule: Rule, within: bool, owner: Owner | None) -> Iterator[Grant]:
        """What a rule allows, by CRD and part; rights on everything are none on a CRD.

        ``within`` a namespace no rule reaches objects that are in none.
        """
        outside = self._outside if within else frozenset()
        for group in rule.groups:
            plurals: Mapping[str, Iterable[str]] = self._crds.get(group, {})
            for resource in rule.resources:
                plural, _, part = resource.partition("/")
                if (part and part not in (*OWNED, "*")) or group == plural == "*":
                    continue
                own = owner is None or owner(group, resource, rule.verbs)
                named = "*" not in (group, plural)
                parts = ("", *OWNED) if resource == "*" else OWNED if part == "*" else (part,)
                names = plurals.get(plural, ())
                if plural == "*":
                    names = chain.from_iterable(plurals.values())
                for name in names:
                    for each in parts if name not in outside else ():
                        yield Grant(name, each, rule.verbs, named, own)

    def absent(self, rule: Rule) -> Iterator[str]:
        """Custom resources without a CRD that an account manages by its rights.

        A kind that a group with CRDs lacks is an old or an optional one, and tells nothing. ``*``
        means all of a group.
        """
        missing = (group for group in rule.groups if group not in self._crds)
        for group in missing if rule.verbs & CHANGE else ():
            for plural, _, part in (resource.partition("/") for resource in rule.resources):
                owned = part in OWNED or (plural == "*" and not part)
                if owned and group != "*" and not is_builtin(group):
                    yield f"{plural}.{group}"


def crds_of_rules(roles: Iterable[Role]) -> Iterator[Crd]:
    """The custom resources that roles name, for when CRDs may not be read.

    Only rules with one group show which resource belongs to which group.
    """
    for rule in (rule for role in roles for rule in role.rules if len(rule.groups) == 1):
        group = rule.groups[0]
        for plural in rule.resources if group != "*" and not is_builtin(group) else ():
            if plural != "*" and "/" not in plural:
                yield Crd(f"{plural}.{group}", group, plural, "")


def is_builtin(group: str) -> bool:
    """Whether an API group is Kubernetes' own by its name; some CRDs have such names too."""
    return "." not in group or group.endswith(".k8s.io")
