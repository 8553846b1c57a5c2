"""What it costs to grade a large cluster's CRDs against those of a moment later."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from bench import corpus
from bench.conftest import ROUNDS, WHOLE
from bench.report import Report, Target
from k8s_datamodel_plugins.grading import graded

pytestmark = pytest.mark.bench

CRDS, CHANGED = WHOLE.crds, 20
SECONDS = 2.0


def test_grading(archive: Path, report: Report) -> None:
    texts = corpus.crds(archive, CRDS)
    old, new = ([json.loads(text) for text in texts] for _ in range(2))
    for crd in new[:: CRDS // CHANGED][:CHANGED]:
        change(crd)
    costs = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        found = [len(list(graded(*pair))) for pair in zip(old, new, strict=True)]
        costs.append(time.process_time() - begun)
        assert sum(map(bool, found)) == CHANGED
    name = f"grading {CRDS:,} CRDs of which {CHANGED} changed, processor time"
    report.target(Target(name, min(costs), SECONDS, "{:.2f} s"))


def change(crd: dict[str, Any]) -> None:
    """A field is new, and an old one has another bound."""
    for version in crd["spec"]["versions"]:
        spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
        spec["properties"]["benchmarked"] = {"type": "string"}
        spec["maxProperties"] = 9
