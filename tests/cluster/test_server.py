from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import yaml

from cluster.client import ApiError, Client
from cluster.fixtures import MakeCluster
from cluster.kubeconfig import merge_kubeconfigs, vary
from cluster.server import Cluster, ClusterError
from cluster.tools import kubectl


def test_kubectl_reaches_every_context_of_a_merged_kubeconfig(
    cluster: Cluster, make_cluster: MakeCluster, tmp_path: Path
) -> None:
    other = make_cluster("prod", "prod-alias", version="v1.36.3-eks-abc123")
    merged = merge_kubeconfigs([cluster.kubeconfig, other.kubeconfig], tmp_path / "config")
    contexts = kubectl(merged, "config", "get-contexts", "-o", "name").split()
    assert contexts == ["prod", "prod-alias", "shared"]
    assert kubectl(merged, "config", "current-context") == "shared\n"
    for context, version in (("prod-alias", "v1.36.3-eks-abc123"), ("shared", "v1.36.3")):
        answer = yaml.safe_load(kubectl(merged, "--context", context, "get", "--raw", "/version"))
        assert answer["gitVersion"] == version


def test_merging_refuses_a_name_that_occurs_twice(cluster: Cluster, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="clusters of the same name: shared"):
        merge_kubeconfigs([cluster.kubeconfig, cluster.kubeconfig], tmp_path / "config")


def test_a_user_may_do_nothing_until_rbac_lets_it(cluster: Cluster, admin: Client) -> None:
    with Client(cluster.kubeconfig_for("viewer")) as viewer:
        with pytest.raises(ApiError, match='User "viewer" cannot list') as refused:
            viewer.list("/api/v1/configmaps")
        admin.apply(_may_list_configmaps("viewer"))
        assert viewer.list("/api/v1/configmaps")
    assert (refused.value.status, refused.value.reason) == (403, "Forbidden")


def _may_list_configmaps(user: str) -> list[dict[str, object]]:
    api = {"apiVersion": "rbac.authorization.k8s.io/v1"}
    group = "rbac.authorization.k8s.io"
    name = {"metadata": {"name": f"{user}-lists-configmaps"}}
    rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}
    role = {"apiGroup": group, "kind": "ClusterRole", **name["metadata"]}
    subject = {"apiGroup": group, "kind": "User", "name": user}
    return [
        {**api, "kind": "ClusterRoleBinding", **name, "roleRef": role, "subjects": [subject]},
        {**api, "kind": "ClusterRole", **name, "rules": [rule]},
    ]


def test_a_wrong_token_is_unauthorized(cluster: Cluster, tmp_path: Path) -> None:
    wrong = vary(cluster.kubeconfig, tmp_path / "config", user={"token": "wrong"})
    with Client(wrong) as client, pytest.raises(ApiError) as refused:
        client.list("/api/v1/namespaces")
    assert refused.value.status == 401


def test_a_client_certificate_opens_too(cluster: Cluster) -> None:
    with Client(cluster.kubeconfig_with_client_certificate()) as client:
        review = client.call(
            "POST",
            "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"},
        )
    assert review["status"]["userInfo"]["username"] == "certificate-admin"


def test_another_authority_is_not_trusted(cluster: Cluster) -> None:
    with (
        Client(cluster.kubeconfig_with_wrong_authority()) as client,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        client.get("/version")


def test_a_service_account_has_tokens(cluster: Cluster, admin: Client, tmp_path: Path) -> None:
    account = {"name": "robot", "namespace": "robots"}
    admin.apply([{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account}])
    token = admin.service_account_token("robots", "robot")
    robot = vary(cluster.kubeconfig, tmp_path / "config", user={"token": token})
    with Client(robot) as client, pytest.raises(ApiError) as refused:
        client.list("/api/v1/namespaces")
    assert "system:serviceaccount:robots:robot" in refused.value.message


def test_the_next_server_on_a_folder_has_its_data(testserver_binary: Path, tmp_path: Path) -> None:
    made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kept"}}
    with Cluster.start(testserver_binary, folder=tmp_path) as first, Client(first.kubeconfig) as c:
        c.create(made)
    assert tmp_path.is_dir()
    with pytest.raises(OSError, match="refused"), Client(tmp_path / "admin.kubeconfig") as gone:
        gone.get("/version")
    with (
        Cluster.start(testserver_binary, folder=tmp_path) as second,
        Client(second.kubeconfig) as c,
    ):
        assert c.get("/api/v1/namespaces/default/configmaps/kept")


def test_a_server_that_does_not_start_says_why(testserver_binary: Path) -> None:
    with pytest.raises(ClusterError, match="unknown flag: --no-such-flag"):
        Cluster.start(testserver_binary, apiserver_args=["--no-such-flag"])
