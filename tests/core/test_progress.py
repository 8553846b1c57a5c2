"""What a terminal shows while a run reads."""

from __future__ import annotations

from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.reading import pipeline
from k8s_datamodel.reading.progress import Progress
from k8s_datamodel.testing.memory_source import Ending, ObjectsSource
from truth.shapes import crd


def test_each_part_is_told_as_soon_as_there_is_something_to_tell() -> None:
    told: list[str] = []
    progress = Progress(told.append)
    progress.detail("connecting")
    progress.phase("reading CRDs")
    progress.detail("customresourcedefinitions 100 of 2,065")
    progress.to_count(1300)
    progress.counted()
    progress.failed()
    progress.failed()
    for _ in range(1299):
        progress.counted()
    before = len(told) - 1299
    del told[before:]
    progress.phase("storing")
    assert told == [
        "connecting",
        "reading CRDs",
        "reading CRDs: customresourcedefinitions 100 of 2,065",
        "reading CRDs: customresourcedefinitions 100 of 2,065, 0 of 1,300 kinds counted",
        "reading CRDs: customresourcedefinitions 100 of 2,065, 1 of 1,300 kinds counted",
        "reading CRDs, 1 read failed: customresourcedefinitions 100 of 2,065, "
        "1 of 1,300 kinds counted",
        "reading CRDs, 2 reads failed: customresourcedefinitions 100 of 2,065, "
        "1 of 1,300 kinds counted",
        "storing, 2 reads failed",
    ]


def test_a_run_tells_its_phases_its_counts_and_what_failed() -> None:
    told: list[str] = []
    registry = App(["--no-external-plugins"]).registry
    types = [registry.type("crds"), registry.type("csvs")]
    packages = "clusterserviceversions.operators.coreos.com"
    source = ObjectsSource(
        [crd("boats.harbour.example"), crd("piers.harbour.example")],
        endings={packages: Ending("forbidden")},
    )
    with pipeline.start(lambda: source, registry, types, progress=Progress(told.append)) as run:
        list(run.records())
    assert "reading CRDs" in told
    assert "reading CRDs: 1 of 2 kinds counted" in told
    assert told[-1] == "reading CSVs, 1 read failed"
