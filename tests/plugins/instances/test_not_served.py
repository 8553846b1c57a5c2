"""A CRD whose status does not say that it is served: what a dump holds of it is not lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from plugins.operators.test_written_dumps import NAME, boats, cluster
from support.forked import ok
from support.opened import write
from truth.shapes import crd

CUT_OFF = "does not say that it is established"

STATUSES: dict[str, tuple[dict[str, Any], str]] = {
    "its status was cut off": ({"metadata": {"uid": "crd-1"}}, CUT_OFF),
    "it has no conditions": ({"metadata": {"uid": "crd-1"}, "status": {}}, CUT_OFF),
    "it was not established": (
        {"status": {"conditions": [{"type": "Established", "status": "False"}]}},
        "Established is False",
    ),
    "no version is served": (
        {
            "metadata": {"uid": "crd-1"},
            "status": {"conditions": [{"type": "Established", "status": "True"}]},
            "served": False,
        },
        "no version is served",
    ),
}
"""What a CRD has, and why its instances need not be served."""


def dump(folder: Path, case: str, instances: int) -> Path:
    """A folder with two programs, their CRD, and some of its instances."""
    found, *others = cluster()
    has = STATUSES[case][0]
    found["metadata"] |= has.get("metadata", {})
    found["spec"]["versions"][0]["served"] = has.get("served", True)
    found["status"] = has.get("status", {})
    items = [found, *others, *boats("harbour-pilot")[:instances]]
    return write(folder, {"all.yaml": yaml.safe_dump_all(items)})


@pytest.mark.parametrize("case", STATUSES)
def test_instances_of_a_dump_are_there_whatever_the_status_says(case: str, tmp_path: Path) -> None:
    source = ("--source", dump(tmp_path, case, 3))
    names = [row["name"] for row in ok("instances", "list", "-o", "json", *source).json]
    assert names == ["boat-0", "boat-1", "boat-2"]
    managers = {
        row["name"]: row["managed_crds"]
        for row in ok("operators", "list", "-o", "json", *source).json
    }
    assert managers == {"harbour-pilot": [NAME]}


@pytest.mark.parametrize("case", STATUSES)
def test_of_a_kind_that_need_not_be_served_the_number_is_unknown(case: str, tmp_path: Path) -> None:
    [row] = ok("crd", "list", "-o", "json", "--source", dump(tmp_path, case, 0)).json
    assert row["instance_count"] is None
    assert STATUSES[case][1] in row["instance_count_reason"]


def test_objects_of_a_kind_that_was_refused_are_of_the_crd_that_has_it(tmp_path: Path) -> None:
    source = dump(tmp_path, "it has no conditions", 3)
    clashing = crd(NAME.replace("boats", "ships"))
    clashing["spec"]["names"]["kind"] = "Boat"
    clashing["status"] = {"conditions": [{"type": "NamesAccepted", "status": "False"}]}
    write(source, {"clashing.yaml": yaml.safe_dump(clashing)})
    rows = ok("instances", "list", "-o", "json", "--source", source).json
    assert {row["crd"] for row in rows} == {NAME}
    assert len(rows) == 3
    found = ok("crd", "list", "-o", "json", "--source", source).json
    reasons = {row["name"]: row["instance_count_reason"] for row in found}
    assert "NamesAccepted is False" in reasons[clashing["metadata"]["name"]]
