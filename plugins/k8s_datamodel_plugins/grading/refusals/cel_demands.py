"""What the new validation rules of a CRD ask of the API server that is to take it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from k8s_datamodel.api import Severity
from k8s_datamodel_plugins.grading.in_words import code
from k8s_datamodel_plugins.grading.refusals.cel_cost import costly
from k8s_datamodel_plugins.grading.refusals.cel_releases import EVERYWHERE, Release, needed
from k8s_datamodel_plugins.grading.refusals.nodes_of import PlacedNode
from k8s_datamodel_plugins.grading.schema.cel_changes import cel_rules
from k8s_datamodel_plugins.grading.schema.found import Found, Steps


class _Rule(NamedTuple):
    """A rule where it stands; ``through`` is what without a largest size it goes through."""

    steps: Steps
    text: str
    rule: Mapping[str, Any]
    through: str | None


class Demands:
    """Compares the rules of new schemas with those that a CRD had.

    Args:
        old: the nodes of the schemas of the old CRD's versions; what they use, its API server
            knows.
        kubernetes: the release of the API server; None if it is not known.
    """

    def __init__(self, old: Iterable[Iterable[PlacedNode]], kubernetes: Release | None) -> None:
        known = [rule for nodes in old for rule in _rules(nodes)]
        self._uses = {name for each in known for name, _ in needed(each.rule)}
        self._costly = {(each.steps, each.text) for each in known if each.through is not None}
        self._kubernetes = kubernetes

    def findings(self, nodes: Iterable[PlacedNode]) -> Iterator[Found]:
        """What the rules of a new schema, with these nodes, ask for that the old CRD did not."""
        told: set[str] = set()
        for each in _rules(nodes):
            for name, release in needed(each.rule):
                if name not in self._uses and name not in told and self._is_new(release):
                    told.add(name)
                    yield self._newer(each, name, release)
            if each.through is not None and (each.steps, each.text) not in self._costly:
                yield _too_costly(each, each.through)

    def _is_new(self, release: Release) -> bool:
        return release > (self._kubernetes or EVERYWHERE)

    def _newer(self, rule: _Rule, name: str, release: Release) -> Found:
        needs = f"{release[0]}.{release[1]}"
        said = f"The rule {code(rule.text)} uses {name}, which needs Kubernetes {needs}"
        level: Severity | None = None
        if self._kubernetes is None:
            level = "risky"
            said += "; the release of the API server is not known"
        return Found("cel-needs-newer-kubernetes", f"{said}.", rule.steps, None, needs, level)


def _too_costly(rule: _Rule, through: str) -> Found:
    said = f"The rule {code(rule.text)} may exceed the cost budget: {through or 'the object'}"
    said += " has no maxItems, maxProperties or maxLength."
    return Found("cel-too-costly", said, rule.steps, None, rule.text)


def _rules(nodes: Iterable[PlacedNode]) -> Iterator[_Rule]:
    for place in nodes:
        for text, rule in cel_rules(place.node).items():
            yield _Rule(place.steps, text, rule, costly(text, place))
