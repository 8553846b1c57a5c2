"""What an upgrade of a CRD would do to a stored object, operation by operation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from k8s_datamodel_plugins.cel_rules import evaluator
from k8s_datamodel_plugins.rehearsal.cel_seam import EvaluatorFactory
from k8s_datamodel_plugins.rehearsal.crd_sides import CrdSide
from k8s_datamodel_plugins.rehearsal.scenarios import Scenario, version_of
from k8s_datamodel_plugins.rehearsal.server_steps import Obj, UnknownStepError, read
from k8s_datamodel_plugins.rehearsal.verdicts import OPERATIONS, Reason, Rehearsed, read_changes
from k8s_datamodel_plugins.structural import (
    Path,
    SchemaError,
    keeps_defaults,
    kubernetes_version,
    without_defaults,
)

STORED, SHOWN = "stored", "shown"
"""The two readings of a value that equals its old default: it is stored, or only shown."""


class Rehearsal:
    """The upgrade of one CRD, rehearsed against any number of objects.

    Args:
        old: The CRD under which the objects were shown, with its status if it has one.
        new: The CRD that would replace it; the same one to ask what a restore would lose.
        kubernetes: The server's version; the newest known one by default.
        engine: Makes the evaluators of CEL rules.

    Raises:
        ValueError: ``kubernetes`` is no version.
    """

    def __init__(
        self,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        kubernetes: str | None = None,
        engine: EvaluatorFactory = evaluator,
    ) -> None:
        self.kubernetes = kubernetes_version(kubernetes)
        self.old = CrdSide(old, self.kubernetes, engine)
        self.new = CrdSide(new, self.kubernetes, engine)
        self._shows: dict[tuple[str, str], bool] = {}

    def operations(
        self, obj: Mapping[str, Any], concerned: Iterable[Path] | None = None
    ) -> Rehearsed:
        """The verdicts on an object, over all that may be stored for what was shown.

        Args:
            obj: As the server showed it, or as a manifest has it.
            concerned: The paths that findings concern, with indices; by default those at which
                the new schema would refuse to create it.
        """
        if not isinstance(obj.get("metadata"), dict):
            return self._unknown(obj, "it has no metadata")
        if self.old.beta or self.new.beta:
            return self._unknown(obj, "the CRD is written in v1beta1")
        if not self.old.storage or not self.new.storage:
            return self._unknown(obj, "the CRD stores no version")
        try:
            return self._judged(obj, concerned)
        except SchemaError as error:
            return self._unknown(obj, str(error))
        except RecursionError:
            return self._unknown(obj, "it is nested too deeply")

    def _judged(self, obj: Mapping[str, Any], concerned: Iterable[Path] | None) -> Rehearsed:
        scenarios: dict[tuple[str, str], Scenario] = {}
        for version in self._stored_versions(obj):
            scenarios[version, STORED] = self._scenario(obj, version, STORED)
            if self._may_show(obj, version):
                other = self._scenario(obj, version, SHOWN)
                if not other.is_like(scenarios[version, STORED]):
                    scenarios[version, SHOWN] = other
        if not scenarios:
            gone = ", ".join(self.old.stored_versions)
            return self._unknown(obj, f"the server refuses this CRD while {gone} is stored")
        return _merged({key: each.judged(concerned) for key, each in scenarios.items()})

    def _may_show(self, obj: Mapping[str, Any], stored: str) -> bool:
        """Whether it matters that a default is stored, or only shown."""
        name = version_of(obj)
        if (name, stored) not in self._shows:
            shown, working = self.old.versions.get(name), self.new.working_version(name)
            self._shows[name, stored] = shown is not None and not all(
                keeps_defaults(shown.node, self.new.versions[each].node)
                for each in {stored, working}
                if each is not None
            )
        return self._shows[name, stored]

    def _stored_versions(self, obj: Mapping[str, Any]) -> list[str]:
        """The versions in which it may be stored, as far as what was shown tells."""
        there = [name for name in self.old.stored_versions if name in self.new.versions]
        if not there[1:]:
            return there
        return [name for name in there if self._could_show(obj, name)] or there

    def _could_show(self, obj: Mapping[str, Any], name: str) -> bool:
        """Whether the server shows all of an object that is stored so, and prunes nothing of it."""
        try:
            stored = {**obj, "apiVersion": self.old.api_version(name)}
            shown = read(stored, self.old, version_of(obj)).obj
        except UnknownStepError:
            return True
        return all(each.kind != "lost" for each in read_changes(dict(obj), shown))

    def _unknown(self, obj: Mapping[str, Any], why: str) -> Rehearsed:
        result = Rehearsed(self.new.working_version(version_of(obj)))
        for operation in OPERATIONS:
            result.operations[operation] = "unknown"
            result.reasons.append(Reason(operation, "unknown", (), why))
        return result

    def one_reading(
        self,
        obj: Mapping[str, Any],
        stored_version: str,
        reading: str = STORED,
        concerned: Iterable[Path] | None = None,
    ) -> Rehearsed:
        """The verdicts if exactly that is stored.

        Args:
            obj: As the server showed it.
            stored_version: In which version it is stored.
            reading: `STORED`, or `SHOWN` where old defaults are not in what is stored.
            concerned: See `operations`.
        """
        return self._scenario(obj, stored_version, reading).judged(concerned)

    def _scenario(self, obj: Mapping[str, Any], stored_version: str, reading: str) -> Scenario:
        held: Obj = dict(obj)
        shown = self.old.versions.get(version_of(obj))
        if reading == SHOWN and shown is not None:
            held = without_defaults(held, shown.node)
        return Scenario(self.old, self.new, self.kubernetes, dict(obj), held, stored_version)


def _merged(scenarios: Mapping[tuple[str, str], Rehearsed]) -> Rehearsed:
    """One result of several assumptions: unknown where they differ."""
    first, *others = scenarios.values()
    for operation in OPERATIONS:
        verdicts = {one.operations[operation] for one in (first, *others)}
        if len(verdicts) > 1:
            first.operations[operation] = "unknown"
            first.reasons = [one for one in first.reasons if one.operation != operation]
            first.reasons.append(Reason(operation, "unknown", (), _why(scenarios, operation)))
    for name in first.reads:
        if len({one.reads[name] for one in (first, *others)}) > 1:
            first.reads[name] = "unknown"
    return first


def _why(scenarios: Mapping[tuple[str, str], Rehearsed], operation: str) -> str:
    by_version: dict[str, set[str]] = {}
    for (version, _), result in scenarios.items():
        by_version.setdefault(version, set()).add(result.operations[operation])
    if any(len(verdicts) > 1 for verdicts in by_version.values()):
        return "a value that equals its old default may be stored or only shown"
    return f"it may be stored as {' or '.join(by_version)}"
