"""docs/upgrades.md: without the engine for CEL rules, some verdicts are unknown."""

from __future__ import annotations

from k8s_datamodel_plugins.cel_rules import missing
from manual.pages import Told

FAILS = ((3, "k8s-datamodel --db-path fleet.db check objects"),) if missing() else ()

BLOCKS = {
    "docs/upgrades.md: What a restore would lose: bash 1": Told(fails=FAILS),
}
