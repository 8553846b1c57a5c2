"""The labelled set of real installs: the figures that are promised, and no less."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from truth.measure import measure


def expect(figures: dict[str, Any]) -> None:
    report = figures["report"]
    assert figures["T1_without_components"]["f1"] >= 0.97, report
    assert figures["T2"]["p"] >= 0.95, report
    assert figures["T2"]["r"] >= 0.95, report
    assert figures["T2_precision_with_crds_given_to_others"] >= 0.95, report
    assert figures["T3"]["accuracy"] >= 0.95, report


def test_labelled_installs_from_files(shared: Path) -> None:
    expect(measure(shared, cluster=False, quiet=True))


@pytest.mark.cluster
@pytest.mark.soak
def test_labelled_installs_on_a_real_server(shared: Path) -> None:
    expect(measure(shared, cluster=True, quiet=True))
