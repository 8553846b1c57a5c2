"""What a schema has against a value, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Keys and indices from the root of an object to a value."""

# Kinds of errors after which the API server leaves the CEL rules out.
_BLOCKING = frozenset({"type", "required", "enum", "maxLength", "maxItems", "maxProperties"})


@dataclass(frozen=True)
class Failure:
    """One rule that a value does not meet.

    Attributes:
        rule: The schema's keyword, such as ``maxLength``, or ``listType``, ``objectMeta``, ``cel``.
        path: Where the value is, or would be if it is missing.
        message: What is wrong, in words.
        certain: Whether it is known; otherwise the value may meet the rule or not.
        field_required: Whether an embedded object lacks a field, which also blocks CEL.
        api_version: The version that ``managedFields`` name and the CRD lacks; else empty.
    """

    rule: str
    path: Path
    message: str
    certain: bool = True
    field_required: bool = False
    api_version: str = ""

    @property
    def blocks_cel(self) -> bool:
        """Whether the API server does not evaluate CEL rules after it (``hasBlockingErr``)."""
        return self.rule in _BLOCKING or self.field_required


def certain(failures: Iterable[Failure]) -> bool:
    """Whether a rule is certainly not met."""
    return any(failure.certain for failure in failures)
