"""What is written is Parquet that other engines read, typed."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from k8s_datamodel.api import (
    Block,
    Column,
    DatamodelError,
    Fields,
    Output,
    Page,
    Pages,
    ResourceType,
    Rows,
)
from k8s_datamodel.commands import LEDGER
from k8s_datamodel.testing import FormatterContract
from k8s_datamodel_parquet import FORMAT
from k8s_datamodel_parquet.folder import write
from k8s_datamodel_parquet.formatter import Parquet

README = Path(__file__).parents[1] / "README.md"

TYPE = ResourceType(
    name="ships",
    columns=(
        Column("name", show="table"),
        Column("tons", "integer"),
        Column("draught", "real"),
        Column("afloat", "boolean"),
        Column("flags", "list"),
        Column("cargo", "json"),
    ),
    identity=("name",),
    collector=lambda reader: (),
)
PORTS = replace(
    TYPE, name="ports", columns=(Column("name", show="table"), Column("tons"), Column("depth"))
)
HEAD: dict[str, Any] = {
    "id": 7,
    "timestamp": "2024-03-15 10:30:15",
    "cluster_context": "prod/eu west",
    "cluster_uid": "0f3c1a2b-1111",
    "cluster_info": {"version": "v1.30.1", "platform": "eks", "nodes": None},
    "complete": True,
}
SHIP = {
    "name": "Grüße 日本語",
    "tons": 2**53 + 1,
    "draught": 7.25,
    "afloat": False,
    "flags": ["a", "b, c"],
    "cargo": {"ü": [1, None]},
}


class TestFormat(FormatterContract):
    formatter = FORMAT
    plain = False

    def parse(self, content: bytes) -> object:
        return pq.read_table(io.BytesIO(content)).to_pylist()


def written(block: Block) -> Any:
    stream = io.BytesIO()
    text = io.TextIOWrapper(stream, encoding="utf-8")
    Parquet().write(Page([block]), Output(text, stream))
    content = stream.getvalue()
    return pq.read_table(io.BytesIO(content))


def snapshot(head: dict[str, Any], *types: Rows) -> Page:
    return Page([Fields(head, key="snapshot"), *types, Rows(LEDGER, [], key="ledger")])


def document(**head: Any) -> Page:
    ports = [{"name": "Oslo", "tons": "many", "depth": None}]
    ships = TYPE.block(iter([{**SHIP, "spec": {"kind": "Ship"}}]), objects=True, key="ships")
    return snapshot({**HEAD, **head}, ships, PORTS.block(iter(ports), key="ports"))


def test_columns_are_typed_and_values_come_back() -> None:
    table = written(TYPE.block(iter([SHIP, {"name": "empty"}])))
    assert {field.name: str(field.type) for field in table.schema} == {
        "name": "string",
        "tons": "int64",
        "draught": "double",
        "afloat": "bool",
        "flags": "list<element: string>",
        "cargo": "string",
    }
    first, second = table.to_pylist()
    assert json.loads(first.pop("cargo")) == SHIP["cargo"]
    assert first == {k: v for k, v in SHIP.items() if k != "cargo"}
    assert second == {**dict.fromkeys((*first, "cargo")), "name": "empty"}


def test_a_document_is_one_table_that_tells_types_and_snapshots_apart() -> None:
    rows = written(Pages(iter([document(), document(id=8)]))).to_pylist()
    assert [(row["snapshot_id"], row["resource_type"], row["name"]) for row in rows] == [
        (7, "ships", SHIP["name"]),
        (7, "ports", "Oslo"),
        (8, "ships", SHIP["name"]),
        (8, "ports", "Oslo"),
    ]
    ship, port = rows[:2]
    assert (ship["tons"], port["tons"]) == (str(2**53 + 1), '"many"'), "two types: JSON text"
    assert (ship["draught"], port["draught"]) == (7.25, None)
    assert json.loads(ship["spec"]) == {"kind": "Ship"}
    assert ship["snapshot_timestamp"].isoformat() == "2024-03-15T10:30:15+00:00"


def test_snapshots_of_other_types_are_refused() -> None:
    other = snapshot(HEAD, replace(TYPE, columns=(Column("x"),)).block(iter([{}]), key="new"))
    with pytest.raises(DatamodelError, match="differ in their types"):
        written(Pages(iter([document(), other])))


def test_a_folder_of_snapshots_is_read_as_one_by_duckdb(tmp_path: Path) -> None:
    for number in (7, 8, 8):  # the last one again: it replaces its own files
        assert write(document(id=number), tmp_path) == 4
    files = sorted(path.name for path in (tmp_path / "ships").iterdir())
    assert files == ["prod_eu_west-0f3c1a2b-7.parquet", "prod_eu_west-0f3c1a2b-8.parquet"]
    query = f"""
        SELECT s.snapshot_id, s.tons, s.flags[2], s.cargo->>'$.ü[0]', n.platform, n.nodes
        FROM '{tmp_path}/ships/*.parquet' s JOIN '{tmp_path}/snapshots/*.parquet' n
        USING (snapshot_id, cluster_uid) ORDER BY 1
    """
    assert duckdb.sql(query).fetchall() == [
        (7, 2**53 + 1, "b, c", "1", "eks", None),
        (8, 2**53 + 1, "b, c", "1", "eks", None),
    ]
    (count,) = duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/ledger/*.parquet'").fetchall()
    assert count == (0,)


CRDS = replace(TYPE, name="crds", columns=(Column("name"), Column("served_versions", "list")))


def test_the_query_of_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It finds what the newest snapshot of each cluster has, and nothing older."""
    text = README.read_text()
    query = text.partition("```sql\n")[2].partition("```")[0]
    served = (  # cluster, time, name, versions
        ("prod", "2024-03-15 10:00:00", "old.example", ["v1alpha1"]),
        ("prod", "2024-03-16 10:00:00", "new.example", ["v1", "v1alpha1"]),
        ("prod", "2024-03-16 10:00:00", "good.example", ["v1"]),
        ("lab", "2024-03-14 10:00:00", "lab.example", ["v1alpha1", "v1beta1"]),
    )
    for number, time in enumerate(sorted({row[1] for row in served})):
        rows = [row for row in served if row[1] == time]
        head = {**HEAD, "id": number, "timestamp": time, "cluster_context": rows[0][0]}
        made = [{"name": name, "served_versions": versions} for _, _, name, versions in rows]
        write(snapshot(head, CRDS.block(iter(made), key="crds")), tmp_path / "lake")
    monkeypatch.chdir(tmp_path)
    # Without its times: to give these to Python, DuckDB wants a package more.
    found = duckdb.sql(query).project("#1, #3").fetchall()
    assert found == [("lab", "lab.example"), ("prod", "new.example")]
