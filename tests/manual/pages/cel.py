"""docs/cel.md: without the engine every rule is unknown."""

from __future__ import annotations

from k8s_datamodel_plugins.cel_rules import missing
from manual.pages import Told

_BLOCK = "docs/cel.md: Which CEL rules of a CRD are evaluated?: console 1"
_WHY = "the engine has no wheel for this Python"
BLOCKS = {_BLOCK: Told(cannot=_WHY)} if missing() else {}
