"""A list that is limited is limited by the server; a kubeconfig need not be a file."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cluster.client import Client
from cluster.kubeconfig import read as read_kubeconfig
from cluster.server import Cluster
from k8s_datamodel.api import ListRequest, SourceError, UsageError
from support.live_source import CONFIGMAPS, Known, configmaps, live, names, rest

NAMESPACE = "selectors"


@pytest.fixture(scope="module")
def labelled(cluster: Cluster, admin: Client) -> Cluster:
    objects = configmaps(NAMESPACE, 6)
    for number, item in enumerate(objects):
        item["metadata"]["labels"] = {"parity": "odd" if number % 2 else "even"}
    admin.apply(objects)
    return cluster


def test_the_server_selects(labelled: Cluster) -> None:
    with live(labelled.kubeconfig) as source:
        request = ListRequest(CONFIGMAPS, NAMESPACE, label_selector="parity=odd")
        objects, outcome = rest(source.list(request))
        assert names(objects) == ["config-01", "config-03", "config-05"]
        assert (outcome.status, outcome.objects) == ("complete", 3)
        fields = "metadata.name=config-03"
        objects, _ = rest(source.list(ListRequest(CONFIGMAPS, NAMESPACE, field_selector=fields)))
        assert names(objects) == ["config-03"]
        wrong = ListRequest(CONFIGMAPS, NAMESPACE, field_selector="data.x=1")
        objects, outcome = rest(source.list(wrong))
        assert (objects, outcome.status, outcome.http_code) == ([], "failed", 400)


def test_the_server_selects_where_most_is_known(labelled: Cluster) -> None:
    with live(labelled.kubeconfig) as source:
        objects, _ = rest(source.list(ListRequest(CONFIGMAPS, NAMESPACE)))
        request = ListRequest(CONFIGMAPS, NAMESPACE, Known(objects[:-1]), "parity=odd")
        found, outcome = rest(source.list(request))
    assert names(found) == ["config-01", "config-03", "config-05"]
    assert outcome.reused == 2


def test_a_kubeconfig_may_be_data(labelled: Cluster, tmp_path: Path) -> None:
    data = read_kubeconfig(labelled.kubeconfig)
    (tmp_path / "other.yaml").write_text(yaml.safe_dump({}))
    with live(tmp_path / "other.yaml", kubeconfig_data=data) as source:
        _, outcome = rest(source.list(ListRequest(CONFIGMAPS, NAMESPACE)))
        assert (outcome.status, outcome.objects) == ("complete", 6)


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        ({}, SourceError, "the kubeconfig of the source has no contexts"),
        ({"contexts": [{"name": "a", "context": {}}]}, UsageError, "has no current context"),
        ({"contexts": 7}, SourceError, "the kubeconfig of the source is not a kubeconfig"),
    ],
)
def test_data_that_is_no_kubeconfig_is_told(
    data: dict[str, object], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said), live(kubeconfig_data=data):
        pass
