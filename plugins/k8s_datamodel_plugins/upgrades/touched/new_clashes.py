"""Names that CRDs would share after a change, and did not share before.

The API server refuses a name that another CRD of the group has. Across groups it takes all; then
kubectl chooses. Sources: Names and NamesAccepted in the documentation of CustomResourceDefinition;
``ReplaceAliases`` of cli-runtime and ``shortcut.go`` of client-go. kubectl turns what is typed into
the members of a category first, then into the first resource that has it as a short name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from k8s_datamodel.api import Finding, KubernetesObject, Row
from k8s_datamodel_plugins.grading import GradingSettings, clashes
from k8s_datamodel_plugins.grading.levels import finding
from k8s_datamodel_plugins.grading.schema.found import Found
from k8s_datamodel_plugins.object_parts import mapping, name_of, text, texts

_Typed = tuple[str, Found]
"""A CRD, and what is found of a word that people type."""


def new_clashes(
    before: Iterable[KubernetesObject],
    after: Iterable[KubernetesObject],
    settings: GradingSettings,
) -> Iterator[tuple[str, Finding]]:
    """CRDs that want a name that another one has, and did not want it before.

    A CRD that was there with the same names keeps them; a new one comes last.

    Args:
        before: the CRDs that are in a cluster, or a release; only their names matter.
        after: those that will be.
        settings: which findings there are, and at which level.
    """
    old = sorted(before, key=name_of)
    names = {name_of(each): _names(each) for each in old}
    new = sorted(after, key=lambda each: (_rank(each, names), name_of(each)))
    known = {_key(name, each) for name, each in clashes(old, settings)}
    yield from (found for found in clashes(new, settings) if _key(*found) not in known)
    typed = {_key(name, each) for name, each in _all_typed(old, settings)}
    yield from (found for found in _all_typed(new, settings) if _key(*found) not in typed)


def names_only(row: Row) -> KubernetesObject:
    """A CRD by its row as far as names go: of the complete object if the row has it.

    Without it the kind of lists is taken to be the usual one.
    """
    whole = mapping(row.get("spec"))
    if whole:
        spec = mapping(whole.get("spec"))
        group, names = spec.get("group"), dict(mapping(spec.get("names")))
    else:
        group = row.get("group_name")
        names = {
            "plural": row.get("plural"),
            "singular": row.get("singular"),
            "kind": row.get("kind"),
            "shortNames": row.get("short_names"),
            "categories": row.get("categories"),
        }
    return {"metadata": {"name": row.get("name")}, "spec": {"group": group, "names": names}}


def _names(crd: KubernetesObject) -> Mapping[str, Any]:
    return mapping(mapping(crd.get("spec")).get("names"))


def _rank(crd: KubernetesObject, before: Mapping[str, Mapping[str, Any]]) -> int:
    found = before.get(name_of(crd))
    return 2 if found is None else int(_words(found) != _words(_names(crd)))


def _words(names: Mapping[str, Any]) -> tuple[set[str], set[str], str | None, str]:
    kind = text(names.get("kind"))
    lists = text(names.get("listKind")) or f"{kind}List"
    return set(_own(names)), set(texts(names.get("categories"))), kind, lists


def _key(name: str, found: Finding) -> tuple[frozenset[str], str, Any]:
    return frozenset((name, str(found.old))), found.rule, found.new


def _all_typed(
    crds: Sequence[KubernetesObject], settings: GradingSettings
) -> Iterator[tuple[str, Finding]]:
    for name, found in (*_shared_short_names(crds), *_hidden_names(crds)):
        for each in finding(found, None, False, settings):
            yield name, each


def _shared_short_names(crds: Iterable[KubernetesObject]) -> Iterator[_Typed]:
    holders: defaultdict[str, list[tuple[str, Any, bool]]] = defaultdict(list)
    for crd in crds:
        name, group = name_of(crd), mapping(crd.get("spec")).get("group")
        short = set(texts(_names(crd).get("shortNames")))
        for word in sorted({*_own(_names(crd))}):
            for holder, other, was_short in holders[word]:
                if other != group and (was_short or word in short):
                    said = f"{holder} is called {word}, too: kubectl takes one of them for it."
                    yield name, Found("shortname-shared", said, None, holder, word)
                    break
            holders[word].append((name, group, word in short))


def _hidden_names(crds: Sequence[KubernetesObject]) -> Iterator[_Typed]:
    owners: dict[str, int] = {}
    for place, crd in enumerate(crds):
        for word in _own(_names(crd)):
            owners.setdefault(word, place)
    for place, crd in enumerate(crds):
        for word in sorted(set(texts(_names(crd).get("categories")))):
            if owners.get(word, place) != place:
                first, last = sorted((place, owners[word]))
                member, owner = name_of(crd), name_of(crds[owners[word]])
                said = f"kubectl takes {word} as a category of {member}; {owner} has that name."
                found = Found("category-hides-name", said, None, name_of(crds[first]), word)
                yield name_of(crds[last]), found


def _own(names: Mapping[str, Any]) -> list[str]:
    """What people may type for a kind."""
    singular = text(names.get("singular")) or (text(names.get("kind")) or "").lower()
    found = [text(names.get("plural")), singular, *texts(names.get("shortNames"))]
    return [each for each in found if each]
