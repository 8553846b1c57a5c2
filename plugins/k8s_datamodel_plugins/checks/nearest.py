"""Suggest what somebody meant who wrote something else."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def hint(word: str, known: Iterable[str]) -> str:
    """``; perhaps X is meant`` of the nearest known word; empty where none is near."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"; perhaps {near[0]} is meant" if near else ""
