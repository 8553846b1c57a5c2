"""What is kept of each CRD of the corpora gives what making it anew gives, for all types."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8s_datamodel.testing import ObjectsSource, alone
from k8s_datamodel.testing.making_once import Runs, differing_facts
from k8s_datamodel_plugins.crds import TYPE as CRDS
from k8s_datamodel_plugins.instances import TYPE as INSTANCES
from k8s_datamodel_plugins.operators import TYPE as OPERATORS
from support.opened import Opened

pytestmark = pytest.mark.corpora


def test_the_corpora(shared: Path) -> None:
    definitions = CRDS.reads[0].resource
    crds = Opened(shared / "corpora" / "crds.tar.xz", definitions).objects(definitions)
    assert len(crds) > 100
    for each in (CRDS, INSTANCES, OPERATORS):
        assert differing_facts(each, alone(each), crds) == []
    runs = Runs(CRDS, alone(CRDS), lambda: ObjectsSource(crds))
    assert runs.reused == len(runs.first) == len(crds)
    for first, following in zip(runs.first, runs.next, strict=True):
        assert dict(following.values) == dict(first.values)
        assert following.spec == first.spec
