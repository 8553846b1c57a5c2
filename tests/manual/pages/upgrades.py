"""docs/upgrades.md: without the engine for CEL rules, some verdicts are unknown."""

from __future__ import annotations

from k8s_datamodel_plugins.cel_rules import missing
from manual.pages import Told
from manual.pages.sources import bundles
from manual.world import Place

FAILS = ((3, "k8s-datamodel --db-path fleet.db check objects"),) if missing() else ()

UPGRADE = "k8s-datamodel --db-path fleet.db check upgrade"

_GIT = """
set -e
k8s-datamodel --db-path fleet.db --source docs/sample-cluster/before database store \\
  --with-instances Sailing
mkdir -p fleet/deploy
cp -r docs/sample-cluster/upgrade fleet/deploy/crds
git init -q fleet
git -C fleet add -A
git -C fleet -c user.name=a -c user.email=a@b commit -qm 'As it will be'
git -C fleet tag v2.0
"""


def _upgrades(place: Place) -> None:
    bundles(place)
    ran = place.bash(_GIT)
    assert ran.code == 0, ran.err


BLOCKS = {
    "docs/upgrades.md: What the upgrade meets: bash 1": Told(
        before=_upgrades, fails=((1, UPGRADE), (1, UPGRADE), (1, UPGRADE))
    ),
    "docs/upgrades.md: What a restore would lose: bash 1": Told(fails=FAILS),
}
