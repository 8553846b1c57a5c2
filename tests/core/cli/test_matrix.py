"""``matrix``: which clusters have which records, at which version."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from k8s_datamodel.api import (
    ClusterInfo,
    Column,
    LedgerEntry,
    Matrix,
    Outcome,
    Record,
    Resource,
    ResourceType,
    Rows,
    Snapshot,
)
from k8s_datamodel.api import Read as TypeRead
from k8s_datamodel.cli import run
from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.matrices import matrix_pages
from k8s_datamodel.cli.matrices.matrix_cells import Cell, Folded, Shape, Tally, Unknown, differing
from k8s_datamodel.cli.matrices.matrix_pages import text
from k8s_datamodel_plugins.csvs import package_of
from k8s_datamodel_plugins.operators.products import product_of
from support.servers.postgres import Postgres
from support.sql_stores import Backend

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "docs" / "schemas" / "matrix.json").read_text(encoding="utf-8")
)
EXAMPLES = int(os.environ.get("BESIDE", "30"))
NEWEST = "2024-03-15 10:30:15"


BOTH = pytest.mark.parametrize(
    "backend",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)],
    indirect=True,
)


@pytest.fixture
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    """A new one: SQLite's unless the test says otherwise."""
    if getattr(request, "param", "sqlite") == "sqlite":
        made = Backend("sqlite", str(tmp_path / "inventory.db"))
    else:
        server: Postgres = request.getfixturevalue("postgres")
        made = Backend("postgresql", server.new_database())
    yield made
    made.close()


class Told(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def cells(self) -> dict[str, list[Any]]:
        """The cells of each row of a document, which is as its schema says."""
        document = json.loads(self.out)
        Draft202012Validator(SCHEMA).validate(document)
        keys = [each["key"] for each in document["clusters"]]
        assert all(list(row["cells"]) == keys for row in document["rows"])
        return {
            "/".join(map(str, row["key"].values())): list(row["cells"].values())
            for row in document["rows"]
        }


@dataclass
class Fleet:
    """Stores snapshots of clusters, and runs the command on them."""

    backend: Backend
    capsys: pytest.CaptureFixture[str]

    def __post_init__(self) -> None:
        self.types = App(["--no-external-plugins"]).registry.types

    def store(
        self,
        context: str,
        rows: Mapping[str, Sequence[Mapping[str, Any]] | None],
        *,
        uid: str | None = "",
        days: float = 0,
        ledger: Sequence[LedgerEntry] = (),
        namespace: str | None = None,
    ) -> int:
        """A snapshot, so many days old. A type with None could not be read, others were skipped."""
        types = [each for each in self.types if each.name in rows]
        when = datetime.fromisoformat(NEWEST) - timedelta(days)
        head = Snapshot(
            timestamp=str(when),
            cluster=ClusterInfo(context, f"uid-of-{context}" if uid == "" else uid),
            counts={name: None if some is None else len(some) for name, some in rows.items()},
            namespace_filter=namespace,
            created_at=str(when),
            complete=not any(each.incomplete for each in ledger),
        )
        with self.backend.open(*self.types).begin(types) as writer:
            for each in types:
                found = [_record(each, values) for values in rows[each.name] or ()]
                writer.write(each, found)
            return writer.commit(head, ledger)

    def run(self, *words: str) -> Told:
        self.capsys.readouterr()
        code = run([*words, "--db-path", self.backend.url])
        return Told(code, *self.capsys.readouterr())


def _record(resource_type: ResourceType, values: Mapping[str, Any]) -> Record:
    name = "/".join(str(values.get(each)) for each in resource_type.identity)
    spec = {"apiVersion": "v1", "kind": "Any", "metadata": {"name": name}}
    return Record({**{each.name: None for each in resource_type.columns}, **values}, spec)


@pytest.fixture
def fleet(backend: Backend, capsys: pytest.CaptureFixture[str]) -> Fleet:
    return Fleet(backend, capsys)


def crd(name: str, version: str = "v1", instances: int | None = 0) -> dict[str, Any]:
    group = name.partition(".")[2]
    return {"name": name, "group_name": group, "version": version, "instance_count": instances}


def operator(name: str, image: str, version: str | None, namespace: str = "ops") -> dict[str, Any]:
    kind = {"operator_type": "Deployment", "operator_framework": "Helm"}
    return {**kind, "name": name, "namespace": namespace, "image": image, "version": version}


def cell(version: str | None, count: int | None) -> dict[str, Any]:
    return {"version": version, "count": count}


FORBIDDEN = LedgerEntry(
    "crds", "customresourcedefinitions.apiextensions.k8s.io", Outcome("forbidden", "no", 403)
)


@BOTH
def test_the_newest_snapshot_of_each_cluster_is_shown(fleet: Fleet) -> None:
    fleet.store("prod", {"crds": [crd("a.x", "v1")]}, days=1)
    fleet.store("prod", {"crds": [crd("a.x", "v2", 3), crd("b.y", "v1", None)]})
    fleet.store("prod-as-viewer", {"crds": [crd("a.x", "v9")]}, uid="uid-of-prod", days=2)
    fleet.store("staging", {"crds": [crd("a.x", "v1", 1)]})
    told = fleet.run("crd", "matrix", "-o", "json")
    assert told.cells == {
        "a.x": [cell("v2", 3), cell("v1", 1)],
        "b.y": [cell("v1", None), None],
    }
    assert told.code == 0
    clusters = json.loads(told.out)["clusters"]
    assert [each["cluster_context"] for each in clusters] == ["prod", "staging"]
    assert [each["id"] for each in clusters] == [2, 4]
    assert clusters[0]["timestamp"] == NEWEST


@BOTH
def test_unread_is_never_blank(fleet: Fleet) -> None:
    fleet.store("prod", {"crds": [crd("a.x")]})
    fleet.store("shut", {"crds": None}, ledger=[FORBIDDEN])
    told = fleet.run("crd", "matrix", "-o", "json")
    [(prod, shut)] = told.cells.values()
    assert prod == cell("v1", 0)
    assert "forbidden" in shut["unknown"]
    assert told.code == 3
    assert "shut: could not read customresourcedefinitions" in told.err
    assert fleet.run("crd", "matrix", "--allow-incomplete").code == 0
    plain = fleet.run("crd", "matrix", "-o", "plain").out.splitlines()
    assert plain[1].split() == ["a.x", "?", "v1", "(0)", "?"]
    boxed = fleet.run("crd", "matrix", "-o", "table").out
    assert "? could not read customresourcedefinitions" in boxed
    assert "?  not known" in boxed


def test_what_was_found_though_not_all_was_read(fleet: Fleet) -> None:
    part = replace(FORBIDDEN, resource_type="operators", read="deployments.apps")
    rows = [operator("a", "r.io/acme/a:1", "1"), operator("b", "r.io/acme/b:1", "1")]
    fleet.store("prod", {"operators": rows})
    with_one = {"operators": None}
    fleet.store("shut", with_one, ledger=[part])
    told = fleet.run("operators", "matrix", "-o", "json")
    assert [cells[1] for cells in told.cells.values()] == [
        {"unknown": "could not read deployments.apps: forbidden (HTTP 403): no"}
    ] * 2


def test_products_are_the_same_wherever_they_are_installed(fleet: Fleet) -> None:
    fleet.store(
        "prod",
        {
            "operators": [
                operator("cm", "quay.io/jetstack/controller:v1.12.0", "v1.12.0"),
                operator("cm", "quay.io/jetstack/controller:v1.14.1", "v1.14.1", "other"),
            ]
        },
    )
    fleet.store(
        "staging",
        {"operators": [operator("mine", "mirror:5000/jetstack/controller@sha256:a", "v1.14.1")]},
    )
    told = fleet.run("operators", "matrix", "-o", "json")
    assert told.cells == {"jetstack/controller": [cell("v1.12.0, v1.14.1", 2), cell("v1.14.1", 1)]}
    assert json.loads(told.out)["rows"][0]["key"] == {"product": "jetstack/controller"}
    rows = list(csv.DictReader(io.StringIO(fleet.run("operators", "matrix", "-o", "csv").out)))
    assert rows == [
        {
            "product": "jetstack/controller",
            "differs": "versions",
            "prod": "v1.12.0, v1.14.1 (2)",
            "staging": "v1.14.1",
        }
    ]


def test_packages(fleet: Fleet) -> None:
    for context, version in (("prod", "0.9.4"), ("staging", "0.9.5-rc.1")):
        csv_row = {"namespace": "ops", "name": f"etcd.v{version}", "version": version}
        fleet.store(context, {"csvs": [csv_row]})
    told = fleet.run("olm", "matrix", "-o", "json")
    assert told.cells == {"etcd": [cell("0.9.4", 1), cell("0.9.5-rc.1", 1)]}


def test_only_rows_that_differ(fleet: Fleet) -> None:
    same = crd("same.x")
    fleet.store("a", {"crds": [same, crd("moved.x", "v1"), crd("gone.x")]})
    fleet.store("b", {"crds": [{**same, "instance_count": 9}, crd("moved.x", "v2")]})
    told = fleet.run("crd", "matrix", "--skew", "-o", "json")
    assert (list(told.cells), told.code) == (["gone.x", "moved.x"], 0)
    fleet.store("c", {"crds": None}, ledger=[FORBIDDEN])
    told = fleet.run("crd", "matrix", "--skew", "-o", "json")
    assert (list(told.cells), told.code) == (["gone.x", "moved.x"], 3)
    assert "it is not known whether 1 row more differ" in told.err


@pytest.mark.parametrize("words", [(), ("--name", "same.*")])
def test_nothing_that_differs_is_said(fleet: Fleet, words: tuple[str, ...]) -> None:
    for context in ("a", "b"):
        fleet.store(context, {"crds": [crd("same.x")]})
    told = fleet.run("crd", "matrix", "--skew", *words)
    assert (told.code, told.err.splitlines()[-1]) == (0, "Nothing differs.")


def test_filters_choose_rows_and_not_cells(fleet: Fleet) -> None:
    rows = ("namespace", "name", "version", "phase")
    ok, failed = ("ops", "p.v1.0.0", "1.0.0", "Succeeded"), ("ops", "p.v2.0.0", "2.0.0", "Failed")
    other = ("ops", "q.v1.0.0", "1.0.0", "Succeeded")
    fleet.store("a", {"csvs": [dict(zip(rows, each, strict=True)) for each in (ok, other)]})
    fleet.store("b", {"csvs": [dict(zip(rows, failed, strict=True))]})
    told = fleet.run("olm", "matrix", "--phase", "Failed", "-o", "json")
    assert told.cells == {"p": [cell("1.0.0", 1), cell("2.0.0", 1)]}
    told = fleet.run("olm", "matrix", "--name", "nothing", "-o", "json")
    assert (told.cells, told.code) == ({}, 0)
    assert 'no name "nothing"' in told.err


def test_a_snapshot_without_the_type_gives_way_to_an_older_one(fleet: Fleet) -> None:
    fleet.store("prod", {"crds": [crd("a.x")]}, days=3)
    fleet.store("prod", {"operators": []})
    fleet.store("dev", {"operators": []})
    told = fleet.run("crd", "matrix", "-o", "json")
    assert told.cells == {"a.x": [{"unknown": "stored without CRDs"}, cell("v1", 0)]}
    assert told.code == 3
    assert "Snapshot 2 of prod was stored without CRDs: 1 is the newest with them." in told.err
    assert "dev: stored without CRDs" in told.err


def test_a_snapshot_of_a_namespace(fleet: Fleet) -> None:
    here = operator("a", "acme/a", "1", "ops")
    fleet.store("whole", {"operators": [here, operator("b", "acme/b", "1", "else")]})
    fleet.store("part", {"operators": [here]}, namespace="ops")
    told = fleet.run("operators", "matrix", "-o", "json")
    assert told.cells == {
        "acme/a": [cell("1", None), cell("1", 1)],
        "acme/b": [{"unknown": "only the namespace ops was read"}, cell("1", 1)],
    }
    assert told.code == 3
    fleet.store("part", {"operators": [here]}, days=1)
    told = fleet.run("operators", "matrix", "-o", "json")
    assert (told.cells["acme/b"], told.code) == ([None, cell("1", 1)], 0)
    assert "Snapshot 2 of part is of the namespace ops only: 3 is the newest of the" in told.err


def test_numbers_of_a_namespace_are_none_of_the_cluster(fleet: Fleet) -> None:
    fleet.store("whole", {"crds": [crd("topics.a.example", instances=3)]})
    fleet.store("part", {"crds": [crd("topics.a.example", instances=0)]}, namespace="ops")
    told = fleet.run("crd", "matrix", "-o", "json")
    assert told.cells == {"topics.a.example": [cell("v1", None), cell("v1", 3)]}
    assert "v1 (?)" in fleet.run("crd", "matrix").out


def test_ages_are_told(fleet: Fleet) -> None:
    fleet.store("old", {"crds": [crd("a.x")]}, days=9)
    fleet.store("new", {"crds": [crd("a.x")]})
    table = fleet.run("crd", "matrix", "-o", "table")
    [old] = [line for line in table.out.splitlines() if "│ old " in line]
    assert "older than the others" in old
    assert "2024-03-06 10:30:15" in old
    told = fleet.run("crd", "matrix", "-o", "plain")
    assert "The newest snapshots of 2 clusters: 2024-03-06 10:30:15 to" in told.err
    assert "Older than the others: old (" in told.err


def test_clusters_without_uid_and_with_one_name(fleet: Fleet) -> None:
    fleet.store("dump", {"crds": [crd("a.x", "v1")]}, uid=None)
    fleet.store("kind", {"crds": [crd("a.x", "v2")]}, uid="one")
    fleet.store("kind", {"crds": [crd("a.x", "v3")]}, uid="two")
    told = fleet.run("crd", "matrix", "-o", "json")
    assert [each["key"] for each in json.loads(told.out)["clusters"]] == ["dump", "one", "two"]
    head = fleet.run("crd", "matrix", "-o", "csv").out.splitlines()[0]
    assert head == "name,differs,dump,kind (one),kind (two)"
    told = fleet.run("crd", "matrix", "--cluster-context", "kin*", "-o", "json")
    assert told.cells == {"a.x": [cell("v2", 0), cell("v3", 0)]}
    told = fleet.run("crd", "matrix", "--cluster-context", "nobody")
    assert told.code == 1
    assert "there is no snapshot of nobody" in told.err


def test_clusters_that_are_called_like_a_column(fleet: Fleet) -> None:
    for name, version in (("product", "1"), ("differs", "2"), ("other", "3")):
        fleet.store(name, {"operators": [operator("a", "x/pilot", version)]})
    found = list(csv.DictReader(io.StringIO(fleet.run("operators", "matrix", "-o", "csv").out)))
    assert found == [
        {
            "product": "x/pilot",
            "differs": "versions",
            "differs (uid-of-differs)": "2",
            "other": "3",
            "product (uid-of-product)": "1",
        }
    ]


def test_a_snapshot_whose_uid_was_not_read_is_of_the_cluster_of_its_name(fleet: Fleet) -> None:
    fleet.store("prod", {"crds": [crd("a.x", "v1")]}, days=1)
    fleet.store("prod", {"crds": [crd("a.x", "v2")]}, uid=None)
    told = fleet.run("crd", "matrix", "-o", "json")
    assert told.cells == {"a.x": [cell("v2", 0)]}
    assert json.loads(told.out)["clusters"][0]["key"] == "uid-of-prod"


def test_many_clusters_fold_into_numbers(fleet: Fleet) -> None:
    for number in range(5):
        fleet.store(f"c{number}", {"crds": [crd("a.x", "v2" if number == 1 else "v1")]})
    fleet.store("empty", {"crds": []})
    fleet.store("shut", {"crds": None}, ledger=[FORBIDDEN])
    out = fleet.run("crd", "matrix", "--fold", "-o", "csv").out
    assert list(csv.DictReader(io.StringIO(out))) == [
        {
            "name": "a.x",
            "differs": "versions,absent",
            "versions": "v1: 4,v2: 1 (c1)",
            "absent": "1 (empty)",
            "unknown": "1 (shut)",
        }
    ]


@pytest.mark.parametrize(
    ("terminal", "columns", "wide"), [(True, "20", True), (True, "80", False), (False, "20", False)]
)
def test_what_does_not_fit_the_terminal(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, columns: str, wide: bool
) -> None:
    stdout = SimpleNamespace(isatty=lambda: terminal)
    monkeypatch.setattr(matrix_pages, "sys", SimpleNamespace(stdout=stdout))
    monkeypatch.setenv("COLUMNS", columns)
    rows = Rows([Column("name"), Column("prod")], [{"name": "a.example", "prod": "v1 (3)"}])
    assert matrix_pages.is_wide(rows) is wide


@BOTH
def test_kinds_that_were_not_asked_for_are_unknown(fleet: Fleet) -> None:
    kinds = ("certs.x", "pumps.y", "valves.z")
    rows = [
        {"group_name": kind[-1], "kind": kind, "namespace": "n", "name": "one", "crd": kind,
         "version": "v1"}
        for kind in kinds
    ]  # fmt: skip
    every = [LedgerEntry("instances", kind, Outcome("complete")) for kind in kinds]
    crds = [crd(kind) for kind in kinds]
    fleet.store("all", {"crds": crds, "instances": rows}, ledger=every)
    fleet.store("some", {"crds": crds[:2], "instances": []}, ledger=every[:1])
    told = fleet.run("instances", "matrix", "-o", "json")
    assert [cells[1] for cells in told.cells.values()] == [
        None,
        {"unknown": "pumps.y was not asked for"},
        None,
    ]
    assert told.code == 3


PLUGIN = """
from k8s_datamodel.api import Column, Matrix, Read, Resource, ResourceType, hookimpl


def product(row):
    return {"pump": "Pump", "odd": ["Pump"]}.get(row["name"])


@hookimpl
def register_resource_types():
    yield ResourceType(
        reads=(Read(Resource("parts.example", "v1", "pumps", "Pump")),),
        columns=(Column("model", path=".spec.model", show="table"),),
        matrix=Matrix(product=product.__module__ + ":product", version="model"),
    )
"""
VALVES = """
apiVersion: k8s-datamodel/v1
kind: ResourceType
spec:
  group: parts.example
  version: v1
  kind: Valve
  plural: valves
  columns:
  - {name: maker, jsonPath: .spec.maker, show: table}
  - {name: version, jsonPath: .spec.version}
  - {name: count, jsonPath: .spec.count, type: integer}
  matrix: {key: [maker]}
"""


def test_types_of_plugins_have_a_matrix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content in (("plugins/pumps.py", PLUGIN), ("types/valves.yaml", VALVES)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(content)
    monkeypatch.setenv("K8S_DATAMODEL_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("K8S_DATAMODEL_DB", str(tmp_path / "x.db"))
    monkeypatch.delenv("K8S_DATAMODEL_NO_EXTERNAL_PLUGINS", raising=False)

    def store(name: str, *things: tuple[str, str, dict[str, Any]]) -> None:
        items = [
            {
                "apiVersion": "parts.example/v1",
                "kind": kind,
                "metadata": {"name": each, "namespace": "n", "uid": each},
                "spec": spec,
            }
            for kind, each, spec in things
        ]
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
        assert run(["-q", "--source", str(path), "database", "store", "--allow-incomplete"]) == 0

    def matrix(command: str) -> Told:
        capsys.readouterr()
        code = run([command, "matrix", "-o", "json", "--allow-incomplete"])
        return Told(code, *capsys.readouterr())

    store(
        "prod",
        ("Pump", "pump", {"model": "x"}),
        ("Pump", "other", {"model": "y"}),
        ("Valve", "a", {"maker": "acme", "version": "1", "count": 2}),
        ("Valve", "b", {"maker": "acme", "version": "2", "count": 3}),
    )
    assert {key: cells[0]["version"] for key, cells in matrix("pump").cells.items()} == {
        "Pump": "x",
        "n/other": "y",
    }
    assert matrix("valve").cells["acme"][0]["version"] == "1, 2"
    store("staging", ("Pump", "odd", {}))
    told = matrix("pump")
    assert (told.code, told.out) == (1, "")
    assert "pumps" in told.err
    assert "product gave ['Pump'], which is no text" in told.err


@pytest.mark.parametrize(
    "words",
    [
        ("--context", "prod"),
        ("--source", "x"),
        ("--namespace", "ops"),
        ("--contexts", "prod", "--cluster-context", "prod"),
    ],
)
def test_what_does_not_go_together(
    words: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kubeconfig = tmp_path / "config"
    contexts = [{"name": "prod", "context": {"cluster": "c", "user": "u"}}]
    kubeconfig.write_text(json.dumps({"contexts": contexts, "current-context": "prod"}))
    place = ("--kubeconfig", str(kubeconfig), "--db-path", str(tmp_path / "x.db"))
    assert run(["crd", "matrix", *words, *place]) == 2
    assert "--contexts reads clusters" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cells", "how"),
    [
        ([Cell({"1"}, 1), Cell({"1"}, 9)], []),
        ([Cell({"1"}, 1), Cell({"2"}, 1)], ["versions"]),
        ([Cell({"1", "2"}, 1)], ["versions"]),
        ([Cell({"1"}, 1), Cell({None}, 1)], ["versions"]),
        ([Cell({"1"}, 1), None, Cell({"2"}, 1)], ["versions", "absent"]),
        ([Cell({"1"}, 1), None], ["absent"]),
        ([Cell({"1"}, 1), Unknown("x")], ["?"]),
        ([Cell({"1"}, 1), Unknown("x"), None], ["absent"]),
        ([None, None], []),
    ],
)
def test_how_cells_differ(cells: Sequence[Any], how: list[str]) -> None:
    assert differing(cells) == how


def kind(**matrix: Any) -> ResourceType:
    columns = (
        Column("name", show="table"),
        Column("version"),
        Column("model"),
        Column("count", "integer"),
    )
    read = TypeRead(Resource("x", "v1", "pumps", "Pump", False))
    return ResourceType(
        name="pumps", columns=columns, identity=("name",), collector="a:b", reads=(read,),
        matrix=Matrix(**matrix),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("matrix", "key", "said"),
    [
        ({}, ("p",), "2 (5)"),
        ({"key": ("model",)}, ("m",), "2 (5)"),
        ({"version": "model"}, ("p",), "m (5)"),
    ],
)
def test_what_a_type_declares(matrix: Any, key: Any, said: str) -> None:
    shape = Shape.of(kind(**matrix), None)
    tally = Tally(shape)
    assert tally.add({"name": "p", "version": "2", "model": "m", "count": 5}) == key
    assert text(shape, tally.cells[key]) == said


def test_a_record_without_product_is_named_by_itself() -> None:
    shape = Shape.of(kind(), lambda row: None)
    assert shape.key_of({"name": "p"}) == ("p",)


@pytest.mark.parametrize(
    ("row", "product"),
    [
        ({"image": "quay.io/jetstack/controller:v1"}, "jetstack/controller"),
        ({"image": "docker.io/library/etcd"}, "etcd"),
        ({"image": None, "operator_framework": "OLM", "framework_name": "a.v1.2"}, "a"),
        ({"image": "", "operator_framework": "Helm", "framework_name": "a"}, None),
    ],
)
def test_products(row: dict[str, Any], product: str | None) -> None:
    assert product_of(row) == product


@pytest.mark.parametrize(
    ("name", "version", "package"),
    [
        ("etcdoperator.v0.9.4", "0.9.4", "etcdoperator"),
        ("a.b.v1.2.3-rc.1", None, "a.b"),
        ("packageserver", "v1", "packageserver"),
        ("plain.5.0.0", "5.0.0", "plain"),
        ("odd.v2024", "v2024", "odd"),
        (".v1.0", "1.0", ".v1.0"),
    ],
)
def test_package_of(name: str, version: str | None, package: str) -> None:
    assert package_of(name, version) == package


_RECORDS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["1", "2", None]), st.integers(0, 3)),
    max_size=6,
)


@given(st.lists(_RECORDS, min_size=1, max_size=5))
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_the_matrix_is_what_one_counts_by_hand(clusters: list[list[Any]]) -> None:
    shape = Shape.of(kind(key=("model",)), None)
    tallies = [Tally(shape) for _ in clusters]
    for tally, records in zip(tallies, clusters, strict=True):
        for model, version, count in records:
            tally.add({"name": "n", "model": model, "version": version, "count": count})
    for model in "abc":
        naive = [[each for each in records if each[0] == model] for records in clusters]
        cells = [tally.cells.get((model,)) for tally in tallies]
        assert [cell is None for cell in cells] == [not each for each in naive]
        for found, each in zip(cells, naive, strict=True):
            if found:
                assert found.count == sum(count for _, _, count in each)
                assert found.versions == {version for _, version, _ in each}
        versions = {version for each in naive for _, version, _ in each}
        assert ("versions" in differing(cells)) == (len(versions) > 1)
        assert ("absent" in differing(cells)) == (any(naive) and not all(naive))
        folded = Folded.of(cells)
        there = [place for places in folded.by_version.values() for place in places]
        assert sorted([*there, *folded.absent]) == list(range(len(clusters)))
        assert all(cells[place] for place in there)
