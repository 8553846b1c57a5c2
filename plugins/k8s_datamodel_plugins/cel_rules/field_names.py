"""How CEL names the properties of an object (apiserver, pkg/cel/escaping.go)."""

from __future__ import annotations

import re

_WORDS = """
as break const continue else false for function if import in let loop namespace null package return
true var void while
"""
RESERVED = frozenset(_WORDS.split())
_NAME = re.compile(r"[A-Za-z_./-][A-Za-z0-9_./-]*", re.ASCII)
_SPECIAL = re.compile(r"__|[-./]")
_ESCAPES = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}


def escaped(name: str) -> str:
    """The name of a property in a rule; a name that no rule can say stays as it is."""
    if name in RESERVED:
        return f"__{name}__"
    if not _NAME.fullmatch(name):
        return name
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], name)
