"""What a rule is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from k8s_datamodel.api import Severity

Hurt = Literal["stored", "writers", "readers"]

ALL: tuple[Hurt, ...] = ("stored", "writers", "readers")
OBJECTS: tuple[Hurt, ...] = ("stored", "writers")
STORED: tuple[Hurt, ...] = ("stored",)
WRITERS: tuple[Hurt, ...] = ("writers",)
READERS: tuple[Hurt, ...] = ("readers",)
NOBODY: tuple[Hurt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one kind of change of a CRD means.

    Attributes:
        id: in kebab-case.
        level: how bad a finding of it is by default; a finding may be worse or better for a reason
            that its message says.
        hurts: whom it may hurt: what is stored, who writes objects, who reads them.
        title: what changed, in a few words.
        reason: why it matters.
        example: of the change.
        server: what the API server does with the new CRD and with objects.
        remedy: how to get out, or how to do it better.
        readers_level: its level under the profile ``readers``, where that is another one.
    """

    id: str
    level: Severity
    hurts: tuple[Hurt, ...]
    title: str
    reason: str
    example: str
    server: str
    remedy: str
    readers_level: Severity | None = None

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "id": self.id,
            "level": self.level,
            "hurts": list(self.hurts),
            "title": self.title,
            "reason": self.reason,
            "example": self.example,
            "server": self.server,
            "remedy": self.remedy,
        }
