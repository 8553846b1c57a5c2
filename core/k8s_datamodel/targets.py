"""Import of ``"module:attribute"`` targets, at the moment they are needed."""

from __future__ import annotations

import importlib
from typing import Any


def load(target: str) -> Any:
    """The attribute a target names.

    Raises:
        ImportError: the module is missing or broken.
        AttributeError: the module has no such attribute.
    """
    module, _, attribute = target.partition(":")
    found: Any = importlib.import_module(module)
    for part in attribute.split("."):
        found = getattr(found, part)
    return found
