"""What the comparison of two schemas finds, before settings lower or select it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from k8s_datamodel.api import AnyItem, AnyKey, Severity

Steps = tuple["str | AnyItem | AnyKey", ...]
"""The path of a field in an object."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding without its version. ``level`` None: that of its rule.

    ``steps`` is None for what is no field.
    """

    rule: str
    message: str
    steps: Steps | None = None
    old: Any = None
    new: Any = None
    level: Severity | None = None
