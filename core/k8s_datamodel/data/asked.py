"""What a run is asked for of each resource type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run wants of its types. Fields may be added in a minor version.

    Attributes:
        patterns: by type name, for types that are on request; all of a type that is not named.
        test: whether a record with these values of some columns can be of use.
    """

    patterns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    test: Callable[[Mapping[str, Any]], bool] = lambda values: True


ALL = Asked()
"""Everything."""
