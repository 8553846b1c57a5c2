"""Outcomes of the files of a source: what was read, what was not, and why."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from k8s_datamodel.api import LedgerEntry, Outcome, Status
from k8s_datamodel_plugins.harmless_files import NO_OBJECT, NOTHING
from k8s_datamodel_plugins.sources.dump.layout import Place

_UNLISTED = re.compile(r'Cannot list \\?"(?:([\w.-]+)/)?([\w.-]+)\\?": ([^\n"]{1,1000})')
_SHOWN = 3
"""How many messages of one resource are quoted."""


@dataclass(slots=True)
class FileOutcomes:
    """The outcomes of the files of a source.

    Attributes:
        seen: how many files there were.
        files: how many were read for objects.
        bytes: of the read files, expanded.
        entries: one for each file that could not be read, or unexpectedly holds no object.
        passed: skipped files, by status and reason.
        troubles: why a resource could not be read in full, by ``plural.group`` and namespace.
        lost: files that could not be read in full, and whose path does not tell their content.
    """

    seen: int = 0
    files: int = 0
    bytes: int = 0
    entries: list[LedgerEntry] = field(default_factory=list)
    passed: dict[tuple[Status, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    troubles: dict[str, dict[str, Outcome]] = field(default_factory=lambda: defaultdict(dict))
    lost: list[str] = field(default_factory=list)

    def note(self, path: str, status: Status, reason: str, size: int = 0) -> None:
        """Note the outcome of a file that gave less than it might."""
        outcome = Outcome(status, reason, requests=1, bytes=size)
        self.entries.append(LedgerEntry("", path, outcome))

    def fail(self, path: str, place: Place | None, reason: str, size: int = 0) -> None:
        """Note a file that could not be read, and what is therefore missing."""
        self.note(path, "failed", reason, size)
        if place and place.resource:
            self.troubles[place.resource][place.namespace] = Outcome("failed", f"{path}: {reason}")
        if not (place and place.resource) or place.maker:  # a path alone proves no maker
            self.lost.append(path)

    def lacks(self, value: Any, place: Place) -> bool:
        """Note a support bundle's failed reads; returns whether the value lists such.

        The value is a list of messages, or messages by namespace or by custom resource.
        """
        messages = value if isinstance(value, dict) else {"": value or []}
        texts = {key: [m] if isinstance(m, str) else m for key, m in messages.items()}
        if not all(
            isinstance(t, list) and all(isinstance(m, str) for m in t) for t in texts.values()
        ):
            return False
        for key, text in texts.items():
            resource, _, namespace = (key if place.custom else f"{place.resource}/{key}").partition(
                "/"
            )
            if text and resource:
                status: Status = "forbidden" if any("forbidden" in m for m in text) else "failed"
                self.troubles[resource][namespace] = Outcome(status, "; ".join(text))
        return True

    def warned(self, text: str) -> None:
        """Note the lists that ``kubectl gather`` says in its log it could not read."""
        for group, plural, reason in _UNLISTED.findall(text):
            status: Status = "forbidden" if "forbidden" in reason else "failed"
            resource = f"{plural}.{group}" if group else plural
            self.troubles[resource][""] = Outcome(status, reason.strip())

    def elsewhere(self) -> str:
        """Why there may be more of anything than was read; empty without a reason."""
        if not self.lost:
            return ""
        more = f" and {len(self.lost) - 1} more" if len(self.lost) > 1 else ""
        return f"what could not be read may hold some: {self.lost[0]}{more}"

    def trouble(self, resource: str, namespace: str | None) -> Outcome | None:
        """Why a resource could not be read in full, forbidden before failed; None if it was."""
        troubles = self.troubles.get(resource, {})
        relevant = {
            key: outcome
            for key, outcome in sorted(troubles.items())
            if namespace is None or key in ("", namespace)
        }
        if not relevant:
            return None
        forbidden = any(outcome.status == "forbidden" for outcome in relevant.values())
        reasons = [
            f"{key}: {each.reason}" if key else each.reason for key, each in relevant.items()
        ]
        more = f" (and {len(reasons) - _SHOWN} more)" if len(reasons) > _SHOWN else ""
        return Outcome("forbidden" if forbidden else "failed", "; ".join(reasons[:_SHOWN]) + more)

    def ledger(self) -> Iterator[LedgerEntry]:
        """All entries; files that were skipped for one reason share one."""
        yield from self.entries
        for (status, reason), paths in self.passed.items():
            more = f" and {len(paths) - 1:,} more" if len(paths) > 1 else ""
            yield LedgerEntry("", paths[0] + more, Outcome(status, reason))


@dataclass(slots=True)
class Tally:
    """The content of the documents of one file.

    Attributes:
        useful: objects, lists without objects, and other useful things.
        others: documents and values that are not objects.
        line: of the first of these.
        faults: faults with their lines.
    """

    useful: int = 0
    others: int = 0
    line: int = 0
    faults: list[str] = field(default_factory=list)

    def verdict(self) -> tuple[Status, str]:
        """The outcome of the file and its reason."""
        if self.faults:
            more = f" (and {len(self.faults) - 1} more)" if len(self.faults) > 1 else ""
            return "failed", self.faults[0] + more
        if not self.others:
            return ("complete", "") if self.useful else ("unrecognised", NOTHING)
        if not self.useful:
            return "unrecognised", NO_OBJECT
        reason = f"holds other things than Kubernetes objects ({self.others}, see line {self.line})"
        return "unrecognised", reason
