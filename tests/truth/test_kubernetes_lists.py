"""The table of lists and quantities, and the counters, are what a real API server says."""

from __future__ import annotations

import pytest

from cluster.client import Client
from k8s_datamodel_plugins.compared_kinds import NOISE
from truth.kubernetes_lists import TABLE, table, text

pytestmark = pytest.mark.cluster


def test_the_table_is_what_the_server_says(admin: Client) -> None:
    said = text(table(admin)).splitlines()
    assert said == TABLE.read_text().splitlines(), "write it anew: tests/truth/kubernetes_lists.py"


@pytest.mark.parametrize(
    ("document", "name", "kind"),
    [
        *(("apis/apps/v1", f"apps.v1.{kind}", f"{kind}.apps")
          for kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")),
        ("api/v1", "core.v1.ReplicationController", "ReplicationController"),
    ],
)  # fmt: skip
def test_each_number_of_a_workload_in_its_status_is_a_counter(
    admin: Client, document: str, name: str, kind: str
) -> None:
    schemas = admin.get(f"/openapi/v3/{document}")["components"]["schemas"]
    status = schemas[f"io.k8s.api.{name}Status"]["properties"]
    numbers = {key for key, schema in status.items() if schema.get("type") == "integer"}
    counters = {each.path.removeprefix("status.") for each in NOISE if kind in each.kinds}
    assert numbers
    assert numbers <= counters
