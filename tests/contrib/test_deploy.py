"""contrib/deploy on a real API server: it takes what kustomize makes, and the account may read all.

No controller runs there. What the controller of aggregated roles does is done by the test.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from cluster.client import Client
from cluster.fixtures import MakeCluster
from cluster.server import Cluster
from cluster.tools import kubectl
from contrib.pods import run_as, written_to
from contrib.test_containerfile import steps
from e2e.test_storage_trouble import root
from manual.test_docs_storage import lines, run, told
from support.forked import Forked
from support.live_source import until, widget_crd, widgets
from support.servers.postgres import PASSWORD, USER, Postgres

DATABASE = "/var/lib/k8s-datamodel"
DEPLOY = Path(__file__).parents[2] / "contrib" / "deploy"
HERE = "k8s-datamodel"
ACCOUNT = f"system:serviceaccount:{HERE}:{HERE}"
GROUP = "counted.example.com"
ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
BINDINGS = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
MOUNTED = "/var/run/secrets/kubernetes.io/serviceaccount"
CUSTOM = "k8s-datamodel-custom-resources"

pytestmark = pytest.mark.cluster


class Job(NamedTuple):
    """What the cluster's CronJob runs, as the test can run it: arguments and environment."""

    arguments: list[str]
    environment: dict[str, str]


@pytest.fixture(scope="module")
def target(make_cluster: MakeCluster) -> Cluster:
    cluster = make_cluster("target")
    with Client(cluster.kubeconfig) as admin:
        admin.apply([widget_crd(GROUP), *widgets(GROUP, "default", 3)])
    return cluster


@pytest.fixture
def admin(target: Cluster) -> Iterator[Client]:
    """The administrator; what a test deployed goes, all but the account's namespace."""
    with Client(target.kubeconfig) as client:
        yield client
        for name in (HERE, CUSTOM, "widgets-view"):
            for path in (ROLES, BINDINGS):
                client.request("DELETE", f"{path}/{name}")
        client.request("DELETE", f"/api/v1/namespaces/{HERE}/secrets/{HERE}-postgresql")
        client.request("DELETE", f"/apis/batch/v1/namespaces/{HERE}/jobs/first")


def deployed(target: Cluster, folder: Path, overlay: str, component: str) -> dict[str, Any]:
    """Apply an overlay with a component; the CronJob that the server has then."""
    tree = shutil.copytree(DEPLOY, folder / "deploy")
    file = tree / "overlays" / overlay / "kustomization.yaml"
    named = "- ../../components/aggregation  #"
    assert named in file.read_text()
    file.write_text(file.read_text().replace(named, f"- ../../components/{component}  #"))
    kubectl(target.kubeconfig, "apply", "-k", str(file.parent))
    return cronjob_of(target)


def cronjob_of(target: Cluster) -> dict[str, Any]:
    """The CronJob that the server has."""
    path = f"/apis/batch/v1/namespaces/{HERE}/cronjobs/{HERE}-store"
    with Client(target.kubeconfig) as admin:
        return admin.get(path)


def pod_of(cronjob: dict[str, Any]) -> dict[str, Any]:
    """What a node would be told to run."""
    pod: dict[str, Any] = cronjob["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return pod


def job_of(cronjob: dict[str, Any], admin: Client, cluster: Cluster, folder: Path) -> Job:
    """The container's command, with what is mounted in the pod in a folder, token and all."""
    pod = pod_of(cronjob)
    (container,) = pod["containers"]
    (config,) = (each["configMap"]["name"] for each in pod["volumes"] if "configMap" in each)
    kubeconfig = admin.get(f"/api/v1/namespaces/{HERE}/configmaps/{config}")["data"]["kubeconfig"]
    token = folder / "token"
    token.write_text(admin.service_account_token(HERE, pod["serviceAccountName"]))
    for there, here in (
        ("https://kubernetes.default.svc", cluster.url),
        (f"{MOUNTED}/ca.crt", str(cluster.folder / "ca.crt")),
        (f"{MOUNTED}/token", str(token)),
    ):
        assert there in kubeconfig
        kubeconfig = kubeconfig.replace(there, here)
    environment = {each["name"]: each["value"] for each in container["env"]}
    mounts = {each["mountPath"] for each in container["volumeMounts"]}
    for name, path in environment.items():
        assert str(Path(path).parent) in mounts
        environment[name] = str(folder / Path(path).name)
    (folder / "kubeconfig").write_text(kubeconfig)
    for each in container.get("envFrom", ()):
        secret = kubectl(
            cluster.kubeconfig,
            *("get", "secret", "-n", HERE, each["secretRef"]["name"]),
            *("-o", "go-template={{range $k, $v := .data}}{{$k}}: {{$v | base64decode}}\n{{end}}"),
        )
        environment |= dict(line.split(": ", 1) for line in secret.splitlines())
    return Job(container["args"], environment)


def wait_for_rights(admin: Client, *, custom: bool = True) -> None:
    """The server learns of roles and bindings a little later than it has them."""

    def may(group: str, resource: str) -> bool:
        attributes = {"group": group, "resource": resource, "verb": "list"}
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview"}
        spec = {"user": ACCOUNT, "resourceAttributes": attributes}
        path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        return bool(admin.call("POST", path, {**review, "spec": spec})["status"]["allowed"])

    until(lambda: may("apps", "deployments") and may(GROUP, "widgets") == custom)


def unread(database: Path) -> dict[str, str]:
    """Every read of the one snapshot that did not work."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "select read, status from inventory_ledger where status not in ('complete', 'absent')"
        )
        return dict(rows.fetchall())


def test_with_the_wildcard_the_account_may_read_everything(
    target: Cluster, admin: Client, command: Forked, tmp_path: Path
) -> None:
    cronjob = deployed(target, tmp_path, "volume", "wildcard")
    wait_for_rights(admin)
    job = job_of(cronjob, admin, target, tmp_path)
    done = command.run(*job.arguments, **job.environment)
    assert done.code == 0, done.err
    assert "Stored snapshot 1 of my-cluster:" in done.err
    assert unread(tmp_path / "inventory.db") == {}


def test_by_aggregation_it_may_read_what_labelled_roles_allow(
    target: Cluster, admin: Client, command: Forked, tmp_path: Path
) -> None:
    job = job_of(deployed(target, tmp_path, "volume", "aggregation"), admin, target, tmp_path)
    wait_for_rights(admin, custom=False)
    assert command.run(*job.arguments, **job.environment).code == 3
    forbidden = unread(tmp_path / "inventory.db")
    assert forbidden[f"widgets.{GROUP} (count)"] == "forbidden"
    assert not [read for read in forbidden if GROUP not in read and "instances" not in read]
    (tmp_path / "inventory.db").unlink()
    rule = {"apiGroups": [GROUP], "resources": ["widgets"], "verbs": ["get", "list", "watch"]}
    labels = {"rbac.authorization.k8s.io/aggregate-to-view": "true"}
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "rules": [rule]}
    admin.apply([{**role, "metadata": {"name": "widgets-view", "labels": labels}}])
    aggregate(admin)
    wait_for_rights(admin)
    done = command.run(*job.arguments, **job.environment)
    assert done.code == 0, done.err
    assert unread(tmp_path / "inventory.db") == {}


def aggregate(admin: Client) -> None:
    """What the controller does: the rules of all roles that a selector finds become the role's."""
    selectors = admin.get(f"{ROLES}/{CUSTOM}")["aggregationRule"]["clusterRoleSelectors"]
    rules = [
        rule
        for role in admin.list(ROLES)
        for selector in selectors
        if selector["matchLabels"].items() <= (role["metadata"].get("labels") or {}).items()
        for rule in role.get("rules") or []
    ]
    admin.patch(f"{ROLES}/{CUSTOM}", {"rules": rules})


@pytest.mark.postgresql
def test_the_database_is_that_of_the_secret(
    target: Cluster, admin: Client, command: Forked, postgres: Postgres, tmp_path: Path
) -> None:
    name = postgres.new_database().rpartition("/")[2]
    postgres.run("postgres", f"ALTER DATABASE {name} OWNER TO {USER}")
    file = tmp_path / "database.env"
    url = f"postgresql://{USER}@127.0.0.1:{postgres.port}/{name}"
    file.write_text(f"K8S_DATAMODEL_DB={url}\nPGPASSWORD={PASSWORD}\n")
    cronjob = deployed(target, tmp_path, "postgresql", "wildcard")
    secret = ("create", "secret", "generic", "k8s-datamodel-postgresql", f"--from-env-file={file}")
    kubectl(target.kubeconfig, *secret, "-n", HERE)
    wait_for_rights(admin)
    job = job_of(cronjob, admin, target, tmp_path)
    done = command.run(*job.arguments, **job.environment)
    assert done.code == 0, done.err
    assert PASSWORD not in done.err
    (row,) = command.ok("database", "list", "-o", "json", **job.environment).json
    assert (row["cluster_context"], row["complete"]) == ("my-cluster", True)


def test_the_page_runs_and_the_role_that_it_writes_is_enough(
    target: Cluster,
    admin: Client,
    command: Forked,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """docs/deploy.md, on a copy of contrib/deploy. The base's role is the same without groups."""
    tree = shutil.copytree(DEPLOY, tmp_path / "contrib" / "deploy")
    monkeypatch.setenv("KUBECONFIG", str(target.kubeconfig))
    monkeypatch.setenv("KUBECACHEDIR", str(tmp_path / "cache"))
    script = [each.command for each in told("deploy.md")]
    said = run("\n".join([*script, lines("deploy.md", "bash")]), tmp_path)
    # Other tests may have applied parts of it before.
    said = re.sub(r" (unchanged|configured)$", " created", said, flags=re.MULTILINE)
    assert all(each.stands_in(said) for each in told("deploy.md")), said
    assert "secret/k8s-datamodel-postgresql created" in said
    written, base = (
        yaml.safe_load((folder / "base" / "rbac.yaml").read_text()) for folder in (tree, DEPLOY)
    )
    written["items"][1]["rules"].remove(
        {"apiGroups": [GROUP], "resources": ["*"], "verbs": ["list"]}
    )
    assert written == base
    wait_for_rights(admin)
    job = job_of(cronjob_of(target), admin, target, tmp_path)
    database = tmp_path / "inventory.db"
    done = command.run(*job.arguments, **job.environment | {"K8S_DATAMODEL_DB": str(database)})
    assert done.code == 0, done.err
    assert unread(database) == {}


@pytest.mark.parametrize("overlay", ["volume", "postgresql"])
def test_its_pod_is_one_that_the_restricted_standard_lets_in(
    target: Cluster, admin: Client, tmp_path: Path, overlay: str
) -> None:
    cronjob = deployed(target, tmp_path, overlay, "aggregation")
    spec = pod_of(cronjob)
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": spec}
    assert cronjob["spec"]["concurrencyPolicy"] == "Forbid"
    path = f"/api/v1/namespaces/{HERE}/pods?dryRun=All"
    admin.call("POST", path, pod)
    spec["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = True
    assert admin.request("POST", path, pod).status == 403


@pytest.mark.parametrize(
    ("overlay", "folders"),
    [
        ("volume", {"/tmp": "emptyDir", DATABASE: "persistentVolumeClaim"}),
        ("postgresql", {"/tmp": "emptyDir"}),
    ],
)
def test_its_container_has_no_rights_and_few_folders(
    target: Cluster, admin: Client, tmp_path: Path, overlay: str, folders: dict[str, str]
) -> None:
    pod = pod_of(deployed(target, tmp_path, overlay, "aggregation"))
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    of = pod["securityContext"]
    (user,) = (argument for word, argument in steps() if word == "USER")
    assert (of["runAsNonRoot"], f"{of['runAsUser']}:{of['runAsGroup']}") == (True, user)
    assert written_to(pod) == folders
    claims = [
        each["persistentVolumeClaim"] for each in pod["volumes"] if "persistentVolumeClaim" in each
    ]
    named = {each["name"]: each["value"] for each in container["env"]}
    assert [str(Path(named["K8S_DATAMODEL_DB"]).parent) for _ in claims] == list(folders)[1:]
    for claim in claims:
        path = f"/api/v1/namespaces/{HERE}/persistentvolumeclaims/{claim['claimName']}"
        assert admin.get(path)["spec"]["accessModes"] == ["ReadWriteOncePod"]


@root
def test_its_folders_are_all_that_it_writes_to(
    target: Cluster, admin: Client, tmp_path: Path
) -> None:
    """As its user, with the environment of the image, where everything else is read-only."""
    cronjob = deployed(target, tmp_path, "volume", "wildcard")
    wait_for_rights(admin)
    job, pod, place = job_of(cronjob, admin, target, tmp_path), pod_of(cronjob), tmp_path / "pod"
    image = dict(argument.split("=", 1) for word, argument in steps() if word == "ENV")
    (container,) = pod["containers"]
    named = {each["name"]: each["value"] for each in container["env"]}
    given = {
        **{name: image[name] for name in ("HOME", "PYTHONDONTWRITEBYTECODE")},
        "K8S_DATAMODEL_CACHE_DIR": f"{place}{image['K8S_DATAMODEL_CACHE_DIR']}",
        "K8S_DATAMODEL_DB": f"{place}{named['K8S_DATAMODEL_DB']}",
        "KUBECONFIG": job.environment["KUBECONFIG"],
        "TMPDIR": f"{place}/tmp",
    }
    done = run_as(pod, job.arguments, given, place)
    assert done.code == 0, done.err
    assert done.err.startswith("Stored snapshot 1 of my-cluster:")
    kept = tmp_path / "pod-kept"
    assert unread(kept / DATABASE[1:] / "inventory.db") == {}
    assert [each.name for each in (kept / "tmp").iterdir()] == ["k8s-datamodel"]
    elsewhere = {**given, "K8S_DATAMODEL_DB": str(tmp_path / "inventory.db")}
    done = run_as(pod, job.arguments, elsewhere, tmp_path / "other")
    assert "inventory.db: cannot be made: Read-only file system" in done.err
    assert not (tmp_path / "inventory.db").exists()
