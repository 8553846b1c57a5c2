"""A next snapshot reads what changed, and holds the same as one that reads everything."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cluster import manifests
from cluster.api import JSON_PATCH
from cluster.client import Client
from cluster.fixtures import MakeCluster
from cluster.serving import CRDS
from seed import sample
from support.command import ok

pytestmark = pytest.mark.cluster

VESSELS = f"{CRDS}/vessels.fleet.skerrywater.example"
CSVS = f"{CRDS}/clusterserviceversions.operators.coreos.com"
CSV_LIST = "/apis/operators.coreos.com/v1alpha1/clusterserviceversions"
MANAGER = "/apis/apps/v1/namespaces/quillstore-operators/deployments/quillstore-controller-manager"
TOPIC = "/apis/beaconmq.example/v1beta2/namespaces/messaging/topics/crane-moves"
ROLE = "/apis/rbac.authorization.k8s.io/v1/clusterroles/keelvol-node"

Content = dict[str, list[tuple[bytes, ...]]]


class Inventory:
    """A cluster that changes, and a database of its snapshots."""

    def __init__(self, admin: Client, kubeconfig: Path, db: Path) -> None:
        self.admin = admin
        self.kubeconfig = kubeconfig
        self.db = db
        self.told = ""
        self._store = ("database", "store", "--kubeconfig", kubeconfig, "--db-path", db)

    def store(self, *options: str) -> Content:
        """Stores a snapshot; the digests of its records by type, in order."""
        self.told = ok(*self._store, *options).err
        with closing(sqlite3.connect(self.db)) as connection:
            types = [name for (name,) in connection.execute("SELECT name FROM kdm_types")]
            return {name: connection.execute(_digests(name)).fetchall() for name in types}

    def reused(self) -> dict[str, int]:
        """How many objects of each list the newest snapshot did not read."""
        with closing(sqlite3.connect(self.db)) as connection:
            return dict(
                connection.execute(
                    "SELECT read, max(reused) FROM inventory_ledger WHERE snapshot_id = "
                    "(SELECT max(id) FROM kdm_snapshots) GROUP BY read HAVING max(reused) > 0"
                )
            )

    def kept(self) -> int:
        """How many lists the newest snapshot knows whole."""
        with closing(sqlite3.connect(self.db)) as connection:
            newest = "snapshot_id = (SELECT max(id) FROM kdm_snapshots)"
            query = f"SELECT count(*) FROM kdm_lists WHERE {newest}"
            return int(connection.execute(query).fetchone()[0])

    def unseal(self) -> None:
        """Leaves the index as one that the version before digests has written."""
        with closing(sqlite3.connect(self.db)) as connection:
            connection.execute("UPDATE kdm_index SET seal = NULL")
            connection.commit()

    def next_is_full(self, *options: str) -> Content:
        """Stores a snapshot that reads what changed, and one that reads all: they are the same."""
        some = self.store(*options)
        reused = self.reused()
        assert self.store(*options, "--full") == some
        assert (bool(reused), bool(self.reused())) == (True, False)
        return some


def _digests(name: str) -> str:
    return (
        f"SELECT o.digest, w.kdm_digest, s.kdm_digest FROM kdm_{name}_refs r "
        f"JOIN kdm_{name}_rows w ON w.kdm_id = r.row_id "
        "JOIN kdm_objects o ON o.id = w.kdm_object "
        f"LEFT JOIN kdm_{name}_states s ON s.kdm_id = r.state_id "
        "WHERE r.snapshot_id = (SELECT max(id) FROM kdm_snapshots) ORDER BY r.id"
    )


@pytest.fixture(scope="module")
def inventory(
    make_cluster: MakeCluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Inventory]:
    """The sample cluster, of which one snapshot is stored."""
    folder = tmp_path_factory.mktemp("next")
    cluster = make_cluster("reused", apiserver_args=["--allow-privileged=true"])
    with Client(cluster.kubeconfig) as admin:
        admin.apply(manifests.read(sample.write_state("before", folder / "before")))
        found = Inventory(admin, cluster.kubeconfig, folder / "inventory.db")
        found.store()
        yield found


def test_what_did_not_change_is_not_read(inventory: Inventory) -> None:
    before = inventory.next_is_full()
    assert inventory.store() == before
    reused = inventory.reused()
    assert reused[CRDS.rpartition("/")[2] + ".apiextensions.k8s.io"] == len(before["crds"])


def test_after_an_upgrade_everything_is_read_once(inventory: Inventory) -> None:
    before = inventory.store()
    assert inventory.reused()
    inventory.unseal()
    assert inventory.store() == before
    assert inventory.reused() == {}
    assert inventory.store() == before
    assert inventory.reused()
    ok("database", "verify", "--db-path", inventory.db)


def test_a_list_of_custom_resources_that_did_not_change_is_kept(inventory: Inventory) -> None:
    """Only the list of the one that changed is gone through; the others cost their metadata."""
    every = inventory.store("--with-instances")
    assert inventory.next_is_full("--with-instances") == every
    assert inventory.kept() > 1
    inventory.admin.patch(TOPIC, {"metadata": {"labels": {"tide": "low"}}})
    changed = inventory.next_is_full("--with-instances")
    assert len(set(changed["instances"]) - set(every["instances"])) == 1
    assert inventory.store("--with-instances") == changed


def test_a_snapshot_whose_lists_somebody_deletes_meanwhile_reads_everything(
    inventory: Inventory, tmp_path: Path
) -> None:
    """What the snapshot before holds goes in the moment in which the next one becomes visible."""
    own = Inventory(inventory.admin, inventory.kubeconfig, tmp_path / "own.db")
    before = own.store("--with-instances")
    with closing(sqlite3.connect(own.db)) as connection:
        gone = "BEGIN DELETE FROM kdm_instances_refs; END"
        connection.execute(f"CREATE TRIGGER gone BEFORE DELETE ON kdm_leases {gone}")
    assert own.store("--with-instances") == before
    assert "deleted snapshots meanwhile: everything is read once more" in own.told
    assert own.reused() == {}


def test_created_and_deleted(inventory: Inventory) -> None:
    before = inventory.store()
    inventory.admin.apply([_crd("buoys", "Buoy"), _deployment("lighthouse")])
    created = inventory.next_is_full()
    assert len(created["crds"]) == len(before["crds"]) + 1
    inventory.admin.delete(f"{CRDS}/buoys.chart.example.org")
    inventory.admin.delete(f"{MANAGER.rpartition('/')[0]}/lighthouse")
    _gone(inventory.admin, f"{CRDS}/buoys.chart.example.org")
    assert inventory.next_is_full() == before


def test_made_anew_under_its_name(inventory: Inventory) -> None:
    inventory.admin.apply([_crd("wrecks", "Wreck")])
    before = inventory.next_is_full()
    inventory.admin.delete(f"{CRDS}/wrecks.chart.example.org")
    _gone(inventory.admin, f"{CRDS}/wrecks.chart.example.org")
    inventory.admin.apply([_crd("wrecks", "Wreck")])
    again = inventory.next_is_full()
    assert len(again["crds"]) == len(before["crds"])
    assert again["crds"] != before["crds"]  # another uid


def test_a_changed_default_changes_custom_resources_of_the_same_version(
    inventory: Inventory,
) -> None:
    before = inventory.store()
    where = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/mood"
    words = {"type": "string", "default": "calm"}
    change = [{"op": "add", "path": where, "value": words}]
    inventory.admin.patch(CSVS, change, content_type=JSON_PATCH)
    while not all("mood" in csv["spec"] for csv in inventory.admin.list(CSV_LIST)):
        pass  # the server takes the new schema a moment later
    after = inventory.next_is_full()
    assert after["csvs"] != before["csvs"]
    assert after["crds"] != before["crds"]


def test_a_changed_conversion(inventory: Inventory) -> None:
    before = inventory.store()
    inventory.admin.patch(VESSELS, {"spec": {"conversion": {"strategy": "None", "webhook": None}}})
    after = inventory.next_is_full()
    assert after["crds"] != before["crds"]


def test_a_changed_workload(inventory: Inventory) -> None:
    # Of the whole cluster's deployments so few are operators that all are read anew.
    of_one = ("--namespace", "quillstore-operators")
    before = inventory.store(*of_one)
    assert inventory.store(*of_one) == before
    assert "deployments.apps" in inventory.reused()
    inventory.admin.patch(MANAGER, {"spec": {"replicas": 3}})
    assert inventory.next_is_full(*of_one)["operators"] != before["operators"]


def test_changed_rights_change_who_is_an_operator(inventory: Inventory) -> None:
    """The workload is the same, byte for byte: what follows from others' objects is made anew."""
    before = inventory.store()
    inventory.admin.patch(ROLE, {"rules": []})
    after = inventory.next_is_full()
    assert after["operators"] != before["operators"]
    assert {row[0] for row in after["operators"]} <= {row[0] for row in before["operators"]}


def test_a_changed_redaction(inventory: Inventory) -> None:
    secret = {"name": "POSTGRES_PASSWORD", "value": "kx8-Vq2-mm17"}
    at = "/spec/template/spec/containers/0/env"
    inventory.admin.patch(
        MANAGER, [{"op": "add", "path": at, "value": [secret]}], content_type=JSON_PATCH
    )
    before = inventory.next_is_full()
    inventory.store("--no-redact")
    assert inventory.reused() == {}
    plain = inventory.next_is_full("--no-redact")
    assert plain["operators"] != before["operators"]
    inventory.store()
    assert inventory.reused() == {}
    assert inventory.next_is_full() == before


def _crd(plural: str, kind: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"spec": {"type": "object"}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.chart.example.org"},
        "spec": {
            "group": "chart.example.org",
            "scope": "Namespaced",
            "names": {"plural": plural, "kind": kind},
            "versions": [version],
        },
    }


def _deployment(name: str) -> dict[str, Any]:
    labels = {"app": name}
    container = {"name": "operator", "image": f"registry.example.org/{name}-operator:v1.2.3"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "quillstore-operators"},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


def _gone(admin: Client, path: str) -> None:
    """Waits: the server first removes a CRD's custom resources."""
    while admin.request("GET", path).status != 404:
        pass
