"""docs/metrics.md: the recipe is in a checkout."""

from __future__ import annotations

from manual.pages import ROOT, Told
from manual.world import Place, Ran


def _checkout(place: Place) -> None:
    (place.work / "contrib").symlink_to(ROOT / "contrib")


def _written(place: Place, ran: Ran) -> None:
    text = (place.work / "k8s-datamodel.prom").read_text()
    assert 'k8s_datamodel_crd_instances{cluster="prod"' in text
    assert ran.out == ""


BLOCKS = {"docs/metrics.md: Into Prometheus: bash 1": Told(before=_checkout, check=_written)}
