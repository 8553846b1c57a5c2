"""docs/history.md and docs/changes.md: two days of the sample cluster."""

from __future__ import annotations

from manual.pages import Told
from manual.world import Place

_TWO_DAYS = """
set -e
mkdir fleet
for day in before change; do
  cp -R docs/sample-cluster/$day/. fleet/
  k8s-datamodel --source fleet --cluster-name prod database store
done
"""


def two_days(place: Place) -> None:
    """A new database with two snapshots, before and after a change."""
    ran = place.bash(_TWO_DAYS)
    assert ran.code == 0, ran.err


BLOCKS = {
    f"docs/history.md: Since when is it so?: console {number}": Told(before=two_days, new=True)
    for number in (1, 2)
}
