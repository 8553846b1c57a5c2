"""The manual's blocks that store snapshots."""

from __future__ import annotations

import shutil

from manual.case import Case, placeholder
from manual.world import DEVELOPMENT_HOLDS, PRODUCTION_HOLDS, Expected, Place, Ran


def counts(holds: Expected, types: str = "crds operators csvs") -> dict[str, int | None]:
    """The counts of a snapshot of these types as `database list` gives them; null if left out."""
    numbers = {"crds": len(holds.crds), "operators": len(holds.operators), "csvs": holds.csvs}
    return {f"{name[:-1]}_count": n if name in types else None for name, n in numbers.items()}


def _row(context: str, notes: str | None, given: dict[str, int | None]) -> dict[str, object]:
    return {"cluster_context": context, "notes": notes, **given}


def _are(place: Place, rows: list[dict[str, object]], *arguments: str) -> None:
    listed = place.listed(*arguments)
    assert [{key: found[key] for key in row} for found, row in zip(listed, rows, strict=True)] == (
        rows
    )


def _complete_and_parts(place: Place, _: Ran) -> None:
    every, prod = counts(PRODUCTION_HOLDS), "prod-cluster"
    rows = [
        _row(prod, None, every),
        _row(prod, "Production cluster before upgrade", every),
        _row(prod, "Operators only", counts(PRODUCTION_HOLDS, "operators csvs")),
        _row(prod, "CRDs only", counts(PRODUCTION_HOLDS, "crds")),
        _row(prod, "OLM CSVs only", counts(PRODUCTION_HOLDS, "csvs")),
    ]
    _are(place, rows)
    stored = dict(place.rows("SELECT name, instance_count FROM crds WHERE snapshot_id = 1"))
    assert stored == PRODUCTION_HOLDS.crds
    operators = place.rows("SELECT name FROM operators WHERE snapshot_id = 3")
    assert {name for (name,) in operators} == PRODUCTION_HOLDS.operators
    assert place.database.parent.stat().st_mode & 0o777 == 0o700


def _while_listing(place: Place, ran: Ran) -> None:
    rows = [
        _row("prod-cluster", "CRD inventory snapshot", counts(PRODUCTION_HOLDS, "crds")),
        _row("prod-cluster", "Operator inventory", counts(PRODUCTION_HOLDS, "operators")),
        _row("prod-cluster", "OLM snapshot", counts(PRODUCTION_HOLDS, "csvs")),
    ]
    _are(place, rows)
    for name in (*PRODUCTION_HOLDS.crds, *PRODUCTION_HOLDS.operators, "quillstore-operator.v2.8.1"):
        assert f"│ {name} " in ran.out


def _with_the_placeholder(place: Place, text: str) -> Ran:
    with placeholder() as folder:
        ran = place.bash(text)
        shutil.move(folder / "custom.db", place.work / "custom.db")
    return ran


def _in_other_files(place: Place, _: Ran) -> None:
    assert not place.database.parent.exists()
    row = _row("prod-cluster", None, counts(PRODUCTION_HOLDS))
    _are(place, [row], "--db-path", "custom.db")
    row = _row("prod-cluster", None, counts(PRODUCTION_HOLDS, "crds"))
    _are(place, [row], "--db-path", "cluster-snapshots.db")


def _of_several_clusters(place: Place, _: Ran) -> None:
    one_namespace = counts(DEVELOPMENT_HOLDS) | {"operator_count": 1, "csv_count": 0}
    rows = [
        _row("prod-cluster", "Production inventory", counts(PRODUCTION_HOLDS)),
        _row("dev-cluster", "Development inventory", counts(DEVELOPMENT_HOLDS)),
        _row("staging", "Staging app namespace", one_namespace),
    ]
    _are(place, rows)
    found = place.rows("SELECT name, namespace FROM operators WHERE snapshot_id = 3")
    assert found == [("timetable-operator", "app-namespace")]
    filters = place.rows("SELECT namespace_filter FROM inventory_snapshots ORDER BY id")
    assert filters == [(None,), (None,), ("app-namespace",)]


def _of_environments(place: Place, ran: Ran) -> None:
    rows = [
        _row("prod", "Production baseline", counts(PRODUCTION_HOLDS)),
        _row("staging", "Staging baseline", counts(DEVELOPMENT_HOLDS)),
        _row("dev", "Development baseline", counts(DEVELOPMENT_HOLDS)),
    ]
    _are(place, rows)
    for name, holds in (("prod", PRODUCTION_HOLDS), ("staging", DEVELOPMENT_HOLDS)):
        document = place.json(f"{name}-inventory.json")
        assert document["snapshot"]["cluster_context"] == name
        assert {crd["name"]: crd["instance_count"] for crd in document["crds"]} == holds.crds
    same = [place.json(f"{name}-inventory.json")["crds"] for name in ("staging", "dev")]
    assert same[0] == same[1]
    assert "crewassignments.fleet.skerrywater.example" in ran.out
    assert "crewassignments" not in (place.work / "staging-inventory.json").read_text()


CASES = {
    "Storing Complete Inventory Snapshots: bash 1": Case(_complete_and_parts, new=True),
    "Storing from Individual Commands: bash 1": Case(_while_listing, new=True),
    "Custom Database Location: bash 1": Case(
        _in_other_files,
        _with_the_placeholder,
        new=True,
        cause="/path/to is a placeholder: the folder is made in the root, and removed",
    ),
    "Multi-Cluster Storage: bash 1": Case(_of_several_clusters, new=True),
    "Multi-Environment Comparison: bash 1": Case(
        _of_environments, new=True, fails=((1, "diff <(jq -S . prod-inventory.json)"),)
    ),
}
