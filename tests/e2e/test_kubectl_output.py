"""kubectl and we print the same of the same objects: CRDs, Deployments, custom resources."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster import manifests
from cluster.client import Client
from cluster.fixtures import MakeCluster
from cluster.server import Cluster
from cluster.tools import kubectl
from support.forked import Forked

SAMPLE = Path(__file__).parents[2] / "docs" / "sample-cluster" / "before"
SOURCES = {
    "crd": ["crd", "list"],
    "deployments": ["operators", "list", "--type", "Deployment"],
    "brokers.beaconmq.example": ["instances", "list", "--kind", "Broker"],
}
"""What lists the same for us as a resource of kubectl."""

OUTPUTS = (
    "jsonpath={.items[*].metadata.name}",
    'jsonpath={range .items[*]}{.kind}{"\\t"}{.metadata.namespace}/{.metadata.name}{"\\n"}{end}',
    "jsonpath={.kind} {.apiVersion} {.items[0].spec} {.items[-1:].metadata.labels}",
    "jsonpath={.items[*].spec.versions[?(@.storage==true)].name} {..replicas}",
    'jsonpath={.items[?(@.spec.scope=="Cluster")].metadata.name}{.items[*].spec.replicas}',
    r"jsonpath={.items[*].metadata.labels.app\.kubernetes\.io/name}{.items[*]['kind']}",
    "jsonpath-as-json={.items[*].metadata.name}{.items[0:1].spec}",
    "custom-columns=NAME:.metadata.name,KIND:kind,NS:{.metadata.namespace},MORE:{metadata.nope}",
    "custom-columns=SPEC:.spec,V:.spec.versions[*].name,SHORT:.spec.names.shortNames",
    "custom-columns=IMAGE:.spec.template.spec.containers[*].image,R:.spec.replicas,M:.metadata.labels",
)


@pytest.fixture(scope="module")
def stocked(make_cluster: MakeCluster, command: Forked) -> Cluster:
    """The sample, and of its Deployments those that we list."""
    cluster = make_cluster("sample")
    names = command.ok(*SOURCES["deployments"], "-o", "name", "--source", SAMPLE).out.split()
    objects = [
        each
        for each in manifests.read(SAMPLE)
        if not each["kind"].endswith("WebhookConfiguration")
        and (
            each["kind"] != "Deployment"
            or "{namespace}/{name}/Deployment".format_map(each["metadata"]) in names
        )
    ]
    with Client(cluster.kubeconfig) as client:
        client.apply(
            [o for o in objects if not o["kind"].endswith("WebhookConfiguration")], strict=False
        )
    return cluster


@pytest.mark.parametrize("resource", SOURCES)
def test_they_print_the_same(resource: str, stocked: Cluster, command: Forked) -> None:
    kubeconfig = str(stocked.kubeconfig)
    for output in OUTPUTS:
        for more in ([], ["--no-headers"] if output.startswith("custom") else []):
            expected = kubectl(stocked.kubeconfig, "get", resource, "-A", f"-o={output}", *more)
            ours = command.ok(*SOURCES[resource], f"-o={output}", *more, KUBECONFIG=kubeconfig)
            assert ours.out == expected, output


@pytest.mark.parametrize(
    "arguments",
    [
        "--sort-by=.spec.names.kind -o jsonpath={.items[*].metadata.name}",
        "--sort-by={.spec.group} -o custom-columns=G:.spec.group",
        "--sort-by .metadata.labels.nope -o jsonpath={.kind}",
    ],
)
def test_they_sort_alike(arguments: str, stocked: Cluster, command: Forked) -> None:
    kubeconfig = str(stocked.kubeconfig)
    ours = command.run("crd", "list", *arguments.split(), KUBECONFIG=kubeconfig)
    if ours.code:
        assert (ours.code, ours.out) == (2, "")
        with pytest.raises(AssertionError, match="find any field"):
            kubectl(stocked.kubeconfig, "get", "crd", *arguments.split())
    else:
        assert ours.out == kubectl(stocked.kubeconfig, "get", "crd", *arguments.split())


@pytest.mark.parametrize(
    "names",
    [("brokers.beaconmq.example",), ("topics.beaconmq.example", "brokers.beaconmq.example")],
)
def test_they_get_alike(names: tuple[str, ...], stocked: Cluster, command: Forked) -> None:
    kubeconfig = str(stocked.kubeconfig)
    for output in (
        "jsonpath={.kind} {.metadata.name}{.items[*].metadata.name} {.spec.names}",
        "jsonpath-as-json={..kind}",
        "custom-columns=NAME:.metadata.name,N:.spec.names,T:.spec.versions[0].schema",
    ):
        ours = command.ok("crd", "get", *names, f"-o={output}", KUBECONFIG=kubeconfig).out
        theirs = kubectl(stocked.kubeconfig, "get", "crd", *names, f"-o={output}")
        assert sorted(ours.split()) == sorted(theirs.split()), output  # ``..`` has no order in Go
