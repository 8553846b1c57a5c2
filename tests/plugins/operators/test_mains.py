"""Of several managers of a CRD: which is the main one, and where that shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from support.forked import ok
from truth.shapes import WRITE, allowed, crd, records, workload

Objects = list[dict[str, Any]]
TIDES = "tides.buoy.example"
RIGHTS = (["buoy.example"], ["tides", "tides/status"], WRITE)
STAR = (["buoy.example"], ["*"], ["*"])


def buoy(*names: str, kinds: str = "Deployment", namespaces: str = "sea", **told: str) -> Objects:
    """Workloads with an account and rights of their own each, on one CRD."""
    found: Objects = [crd(TIDES)]
    for name, kind, where in zip(
        names,
        [*kinds.split(), *["Deployment"] * len(names)],
        [*namespaces.split(), *["sea"] * len(names)],
        strict=False,
    ):
        said = {"k8s-datamodel.io/manages": told[name]} if name in told else {}
        found += allowed(where, f"{name}-a", RIGHTS)
        found.append(workload(name, where, kind=kind, account=f"{name}-a", annotations=said))
    return found


CASES = {
    "who says that it reconciles": (buoy("buoy-controller", "buoy"), {"buoy"}),
    "who is for the whole cluster": (
        buoy("buoy-agent", "buoy", kinds="DaemonSet Deployment"),
        {"buoy-agent"},
    ),
    "nothing tells them apart": (buoy("buoy-one", "buoy-two"), set()),
    "another namespace": (buoy("buoy-controller", "buoy", namespaces="sea lake"), set()),
    "who is told": (
        buoy("buoy-controller", "buoy", **{"buoy-controller": TIDES, "buoy": TIDES}),
        set(),
    ),
}


@pytest.mark.parametrize(("objects", "minor"), CASES.values(), ids=CASES)
def test_the_main_manager(objects: Objects, minor: set[str]) -> None:
    found = records(objects)
    assert all(each["managed_crds"] == [TIDES] for each in found.values())
    assert len(found) == 2
    assert {name for name, each in found.items() if each["shared_crds"]} == minor
    for name in minor:
        (main,) = found.keys() - minor
        last = found[name]["evidence"][-1]
        assert (last["kind"], last["object"]) == ("shared", f"Deployment {main}")
        assert last["reason"] == f"it is the main manager of {TIDES}"


def tide(number: int, *managers: str) -> dict[str, Any]:
    """An instance whose status these wrote."""
    written = [{"manager": each, "subresource": "status"} for each in managers]
    metadata = {"name": f"tide-{number}", "namespace": "sea", "managedFields": written}
    return {"apiVersion": "buoy.example/v1", "kind": "Tide", "metadata": metadata}


@pytest.mark.parametrize(("handled", "minor"), [(8, set()), (7, set()), (3, {"buoy-two"})])
def test_who_wrote_most_objects_is_the_main_one(handled: int, minor: set[str]) -> None:
    """An object that the other has yet to write changes nothing."""
    both = [tide(number, "buoy-one", "buoy-two") for number in range(handled)]
    rest = [tide(number, "buoy-one") for number in range(handled, 8)]
    found = records([*buoy("buoy-one", "buoy-two"), *both, *rest])
    assert all(each["managed_crds"] == [TIDES] for each in found.values())
    assert {name for name, each in found.items() if each["shared_crds"]} == minor


def test_it_shows_in_json_sql_and_with_the_crd(tmp_path: Path) -> None:
    source = tmp_path / "source.yaml"
    source.write_text(yaml.safe_dump_all(buoy("buoy-controller", "a-buoy")))
    given = {"K8S_DATAMODEL_SOURCE": str(source), "K8S_DATAMODEL_DB": str(tmp_path / "x.db")}
    listed = ok("operators", "list", "-o", "json", **given).json
    assert {each["name"]: each["shared_crds"] for each in listed} == {
        "a-buoy": [TIDES],
        "buoy-controller": [],
    }
    ok("database", "store", **given)
    query = "SELECT operator, shared FROM operator_crds ORDER BY operator"
    rows = ok("database", "query", query, "-o", "json", **given).json
    assert [(each["operator"], bool(each["shared"])) for each in rows] == [
        ("a-buoy", True),
        ("buoy-controller", False),
    ]
    (found,) = ok("crd", "list", "--snapshot", "latest", "-o", "json", **given).json
    assert found["managed_by"] == ["sea/buoy-controller", "sea/a-buoy"]
