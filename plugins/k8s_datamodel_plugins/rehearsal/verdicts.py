"""What would happen to one object, by operation, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from k8s_datamodel_plugins.structural import Failure, Path, alike, certain

OPERATIONS = ("read", "write", "edit", "status", "apply", "create", "create_strict")
"""All of them, in the order in which they are shown."""

Verdict = Literal["same", "defaulted", "changed", "pruned", "gone", "ok", "refused", "unknown"]
ChangeKind = Literal["lost", "added", "changed"]


@dataclass(frozen=True)
class Reason:
    """Why an operation has its verdict; see ``Failure`` for its parts."""

    operation: str
    rule: str
    path: Path
    message: str
    api_version: str = ""


@dataclass(frozen=True)
class ReadChange:
    """One field that a reader gets otherwise; ``None`` for a value that is not there."""

    kind: ChangeKind
    path: Path
    old: Any = None
    new: Any = None


@dataclass
class Rehearsed:
    """The verdicts on one object.

    Attributes:
        version: In which version the operations would be tried; None if none is served.
        operations: The verdict of each of `OPERATIONS`.
        reads: The verdict of a read at each version that either side serves.
        read_changes: What a reader of ``version`` gets otherwise.
        reasons: Why, by operation.
    """

    version: str | None
    operations: dict[str, Verdict] = field(default_factory=dict)
    reads: dict[str, Verdict] = field(default_factory=dict)
    read_changes: list[ReadChange] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)

    def judge(self, operation: str, failures: Sequence[Failure]) -> None:
        """Records ``ok``, ``refused`` or ``unknown`` of what fails."""
        verdict: Verdict = "ok" if not failures else "refused" if certain(failures) else "unknown"
        told = [one for one in failures if one.certain] if verdict == "refused" else failures
        self.operations[operation] = verdict
        self.reasons.extend(
            Reason(operation, one.rule, one.path, one.message, one.api_version) for one in told
        )


def read_verdict(changes: Iterable[ReadChange]) -> Verdict:
    """The worst of what a reader meets."""
    kinds = {change.kind for change in changes}
    if "lost" in kinds:
        return "pruned"
    if "changed" in kinds:
        return "changed"
    return "defaulted" if kinds else "same"


def read_changes(old: Any, new: Any) -> list[ReadChange]:
    """What differs between two readings of one object, without what the server keeps for itself."""
    found: list[ReadChange] = []
    _compare(_content(old), _content(new), (), found)
    return found


def _content(obj: dict[str, Any]) -> dict[str, Any]:
    bookkeeping = ("managedFields", "resourceVersion", "generation")
    meta = obj.get("metadata") or {}
    kept = {key: value for key, value in meta.items() if key not in bookkeeping}
    return {**{k: v for k, v in obj.items() if k != "apiVersion"}, "metadata": kept}


def _compare(old: Any, new: Any, path: Path, found: list[ReadChange]) -> None:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({**old, **new}):
            place = (*path, key)
            if key not in new:
                found.append(ReadChange("lost", place, old=old[key]))
            elif key not in old:
                found.append(ReadChange("added", place, new=new[key]))
            else:
                _compare(old[key], new[key], place, found)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for at, (before, after) in enumerate(zip(old, new, strict=True)):
            _compare(before, after, (*path, at), found)
    elif not alike(old, new):
        found.append(ReadChange("changed", path, old, new))
