"""What becomes of one object if exactly this of it is stored, operation by operation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from k8s_datamodel_plugins.rehearsal.crd_sides import CrdSide
from k8s_datamodel_plugins.rehearsal.edits import edited, labelled, with_other_condition_time
from k8s_datamodel_plugins.rehearsal.server_steps import (
    Obj,
    Reading,
    UnknownStepError,
    convert,
    creation_failures,
    decode,
    read,
    root_meta,
    status_failures,
    update_failures,
)
from k8s_datamodel_plugins.rehearsal.verdicts import (
    OPERATIONS,
    ReadChange,
    Reason,
    Rehearsed,
    Verdict,
    read_changes,
    read_verdict,
)
from k8s_datamodel_plugins.structural import (
    Failure,
    Node,
    Path,
    Version,
    alike,
    apply_failures,
    copied,
    failures_of,
    missing_versions,
)

_BOOKKEEPING = (
    *("resourceVersion", "uid", "creationTimestamp", "generation", "selfLink"),
    *("deletionTimestamp", "deletionGracePeriodSeconds", "managedFields"),
)
_GONE = Failure("version", (), "no version of the CRD is served any more")


def version_of(obj: Mapping[str, Any]) -> str:
    """The version that an object is written in, without its group."""
    return str(obj.get("apiVersion")).rpartition("/")[2]


class Scenario:
    """One assumption on what is stored, and what each operation does then.

    Args:
        old: The CRD under which the object was shown.
        new: The CRD that would replace it.
        kubernetes: The server's version.
        shown: The object as the server showed it.
        held: The fields of it that are stored.
        stored_version: In which version they are stored.
    """

    def __init__(
        self,
        old: CrdSide,
        new: CrdSide,
        kubernetes: Version,
        shown: Obj,
        held: Obj,
        stored_version: str,
    ) -> None:
        self._old, self._new = old, new
        self._kubernetes = kubernetes
        self._shown, self._held = shown, held
        self._stored = {**held, "apiVersion": self._new.api_version(stored_version)}
        self._result = Rehearsed(self._new.working_version(version_of(shown)))
        self._readings: dict[str, Reading] = {}

    def is_like(self, other: Scenario) -> bool:
        """Whether the server makes the same of both, so that all verdicts are the same."""
        name = self._result.version
        if name is None or len(self._old.served) > 1 or len(self._new.served) > 1:
            return False
        try:
            ours, theirs = self._reading(name), other._reading(name)
        except UnknownStepError:
            return False
        return ours.is_decoded and ours.lost == theirs.lost and alike(ours.obj, theirs.obj)

    def judged(self, concerned: Iterable[Path] | None) -> Rehearsed:
        """The verdicts, see ``Rehearsal.operations``. Called once."""
        result = self._result
        self._judge_reads()
        if result.version is None:
            for operation in OPERATIONS[1:]:
                result.judge(operation, [_GONE])
            return result
        try:
            reading = self._reading(result.version)
        except UnknownStepError as error:
            reading = Reading({}, [], [_unknown_step(error)], is_decoded=False)
        structural: list[Failure] | None = None
        if reading.is_decoded:
            structural = failures_of(reading.obj, self._new.versions[result.version].node)
        against = self._judge_creates(result.version, reading, structural)
        if reading.failures:
            for operation in ("write", "edit", "status", "apply"):
                result.judge(operation, reading.failures)
            return result
        paths = [one.path for one in against] if concerned is None else list(concerned)
        self._judge_updates(reading, result.version, paths, structural)
        return result

    def _reading(self, name: str) -> Reading:
        if name not in self._readings:
            self._readings[name] = read(self._stored, self._new, name)
        return self._readings[name]

    def _judge_reads(self) -> None:
        result = self._result
        for name in dict.fromkeys((*self._old.served, *self._new.served)):
            result.reads[name], changes, why = self._read_at(name)
            if name == result.version == version_of(self._shown):
                self._judge_read(result.reads[name], changes, why)
        if result.version is None:
            self._judge_read("gone", [], _GONE)
        elif "read" not in result.operations:
            self._judge_read(*self._read_at(result.version, self._shown))

    def _judge_read(self, verdict: Verdict, changes: list[ReadChange], why: Failure | None) -> None:
        result = self._result
        result.operations["read"] = verdict
        result.read_changes = changes
        if why is not None:
            result.reasons.append(Reason("read", why.rule, why.path, why.message))
        result.reasons.extend(
            Reason("read", change.kind, change.path, _words(change)) for change in changes
        )

    def _read_at(
        self, name: str, before: Obj | None = None
    ) -> tuple[Verdict, list[ReadChange], Failure | None]:
        if name not in self._new.served:
            return "gone", [], None
        try:
            reading = self._reading(name)
            old = before if before is not None else self._old_read(name)
        except UnknownStepError as error:
            return "unknown", [], _unknown_step(error)
        if reading.failures:
            return "gone", [], reading.failures[0]
        changes = read_changes(old, reading.obj)
        return read_verdict(changes), changes, None

    def _old_read(self, name: str) -> Obj:
        if name == version_of(self._shown) or name not in self._old.served:
            return self._shown
        return read(self._stored, self._old, name).obj

    def _judge_creates(
        self, name: str, reading: Reading, structural: list[Failure] | None
    ) -> list[Failure]:
        version = self._new.versions[name]
        if structural is not None:
            obj = dict(reading.obj)
            _, odd, failures = root_meta(obj)
            unknown = [*reading.lost, *odd]
        else:
            obj = copied(self._held)
            obj["apiVersion"] = self._new.api_version(name)
            unknown, failures = decode(obj, self._new, version)
        meta = obj.get("metadata")
        if isinstance(meta, dict):
            obj["metadata"] = {k: v for k, v in meta.items() if k not in _BOOKKEEPING}
        if not failures:
            if version.has_status and obj.pop("status", None) is not None:
                structural = _without_status(structural, version.node)
            failures = creation_failures(obj, version, structural)
            failures += self._encoding_failures(obj)
        self._result.judge("create", failures)
        strict = [Failure("unknownField", path, "is not in the schema") for path in unknown]
        self._result.judge("create_strict", [*strict, *failures])
        return failures + strict

    def _encoding_failures(self, obj: Obj) -> list[Failure]:
        """What stands against bringing an accepted object into the version that is stored."""
        if obj.get("apiVersion") == self._new.api_version(self._new.storage):
            return []
        try:
            return convert(copied(obj), self._new, self._new.storage)
        except UnknownStepError as error:
            return [_unknown_step(error)]

    def _judge_updates(
        self, reading: Reading, name: str, paths: Sequence[Path], structural: list[Failure] | None
    ) -> None:
        judge, live = self._result.judge, reading.obj
        written = self._update(labelled(live), reading, name, structural)
        judge("write", written)
        edits = list(edited(live, self._new.versions[name].node, paths))
        edit_failures = [self._update(one, reading, name) for one in edits] or [written]
        judge("edit", [failure for failures in edit_failures for failure in failures])
        judge("status", self._status(reading, name))
        judge("apply", [*self._apply(live, name), *written])

    def _update(
        self, obj: Obj, reading: Reading, name: str, structural: list[Failure] | None = None
    ) -> list[Failure]:
        version, live = self._new.versions[name], reading.obj
        request = dict(obj)
        if not reading.is_decoded:
            request = copied(obj)
            _, failures = decode(request, self._new, version)
            if failures:
                return failures
        if version.has_status:
            request.pop("status", None)
            if "status" in live:
                request["status"] = live["status"]
        failures = update_failures(request, live, version, self._kubernetes, structural)
        return failures + self._encoding_failures(request)

    def _status(self, reading: Reading, name: str) -> list[Failure]:
        version, live = self._new.versions[name], reading.obj
        changed = with_other_condition_time(live)
        if not version.has_status:
            before = self._old.versions.get(version_of(self._shown))
            if before is not None and before.has_status:
                message = "the CRD has no status subresource any more"
                return [Failure("status", ("status",), message)]
            return self._update(changed, reading, name)
        if not reading.is_decoded:
            changed = copied(changed)
            _, failures = decode(changed, self._new, version)
            if failures:
                return failures
        obj = {key: value for key, value in live.items() if key != "status"}
        if "status" in changed:
            obj["status"] = changed["status"]
        failures = status_failures(obj, live, version, self._kubernetes)
        return failures + self._encoding_failures(obj)

    def _apply(self, live: Obj, name: str) -> list[Failure]:
        own = self._new.api_version(name)
        failures = apply_failures(live, self._new.versions[name].node)
        managers = self._managed_versions()
        if managers is None:
            gone = set(self._old.versions) - set(self._new.versions)
            if gone:
                message = f"who wrote it as {', '.join(sorted(gone))} is not known"
                return [*failures, Failure("apply", (), message, certain=False)]
            return failures
        known = [self._new.api_version(one) for one in self._new.versions]
        failures += missing_versions(managers, known)
        for other in sorted(managers & set(known) - {own}):
            if self._new.webhook:
                failures.append(_unknown_step(UnknownStepError(f"a webhook converts to {other}")))
                continue
            node = self._new.versions[other.rpartition("/")[2]].node
            failures += apply_failures(live, node, repeats=False)
        return failures

    def _managed_versions(self) -> set[str] | None:
        meta = self._shown.get("metadata")
        entries = meta.get("managedFields") if isinstance(meta, dict) else None
        if not isinstance(entries, list):
            return None
        return {str(one.get("apiVersion")) for one in entries if isinstance(one, dict)}


def _without_status(structural: list[Failure] | None, root: Node) -> list[Failure] | None:
    """The failures of an object after its status was dropped; None if the root's rules count."""
    counts = root.min_properties is not None or root.max_properties is not None
    if structural is None or counts or root.is_combined or "status" in root.required:
        return None
    return [failure for failure in structural if failure.path[:1] != ("status",)]


def _unknown_step(error: UnknownStepError) -> Failure:
    return Failure("conversion", (), str(error), certain=False)


def _words(change: ReadChange) -> str:
    words = {"lost": "is not in the new schema", "added": "gets its default"}
    return words.get(change.kind, "has another value")
