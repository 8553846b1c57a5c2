"""What a CRD is called: group, kind, scope, and the words that people type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from k8s_datamodel.api import same_json
from k8s_datamodel_plugins.grading.definition.crd_reading import Definition
from k8s_datamodel_plugins.grading.in_words import listed, shown
from k8s_datamodel_plugins.grading.schema.found import Found


def name_changes(old: Definition, new: Definition) -> Iterator[Found]:
    """What differs in the names of a CRD."""
    yield from _immutable(old, new)
    for keyword, rule in (("listKind", "listkind-changed"), ("singular", "singular-changed")):
        before, after = old.names[keyword], new.names[keyword]
        if not same_json(before, after) and same_json(old.names["kind"], new.names["kind"]):
            said = f"{keyword} is {shown(after)}, it was {shown(before)}: scripts may name it."
            yield Found(rule, said, None, before, after)
    for keyword, word in (("shortNames", "shortname"), ("categories", "category")):
        yield from _words(word, old.names[keyword], new.names[keyword])


def another_crd(old: Definition, new: Definition) -> Found | None:
    """Says that the two are not the same CRD; None if they are."""
    if old.name == new.name:
        return None
    rule = "plural-changed" if same_json(old.group, new.group) else "group-changed"
    said = f"{new.name} is another CRD beside {old.name}: objects do not move."
    return Found(rule, said, None, old.name, new.name)


def is_another_resource(old: Definition, new: Definition) -> bool:
    """Whether the plural or the group changed, which is refused under the same name."""
    same = same_json(old.group, new.group) and same_json(old.names["plural"], new.names["plural"])
    return not same


def _immutable(old: Definition, new: Definition) -> Iterator[Found]:
    for what, rule, before, after in (
        ("the scope", "scope-changed", old.scope, new.scope),
        ("the kind", "kind-changed", old.names["kind"], new.names["kind"]),
        ("the plural", "plural-changed", old.names["plural"], new.names["plural"]),
        ("the group", "group-changed", old.group, new.group),
    ):
        if not same_json(before, after):
            said = f"The API server refuses {what} {shown(after)}, it has {shown(before)}."
            yield Found(rule, said, None, before, after, "blocked")


def _words(word: str, old: list[str], new: list[str]) -> Iterator[Found]:
    gone = sorted(set(old) - set(new))
    come = sorted(set(new) - set(old))
    if gone:
        yield Found(f"{word}-removed", f"kubectl no longer knows {listed(gone)}.", None, old, new)
    if come:
        yield Found(f"{word}-added", f"kubectl also knows {listed(come)}.", None, old, new)


def name_clashes(crds: Iterable[Definition]) -> Iterator[tuple[str, Found]]:
    """CRDs of one group that want the same name, with the name of the later CRD.

    Only names within a group clash. Source: Specify multiple versions and Names in the
    documentation of CustomResourceDefinition; NamesAccepted in its conditions.
    """
    owners: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for crd in crds:
        for kind, name in _claimed(crd):
            holders = owners[str(crd.group), kind, name]
            if holders and crd.name not in holders:
                said = (
                    f"{holders[0]} has the name {name} already: the API server does not accept it."
                )
                yield crd.name, Found("names-clash", said, None, holders[0], name)
            holders.append(crd.name)


def _claimed(crd: Definition) -> set[tuple[str, str]]:
    """The names that no other CRD of its group may have; of resources and of kinds apart."""
    names = crd.names
    resources = [names["plural"], names["singular"], *names["shortNames"]]
    kinds = [names["kind"], names["listKind"]]
    found = {("resource", str(name)) for name in resources if name}
    return found | {("kind", str(name)) for name in kinds if name}
