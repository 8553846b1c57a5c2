"""A type that the database cannot hold is left out with a line; what JSON can spell is stored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.forked import ok, run

HEAD = """apiVersion: k8s-datamodel/v1
kind: ResourceType
spec: {group: example.org, version: v1, kind: Lamp, plural: lamps, columns: [%s]}
"""


def _crd(**annotations: str) -> dict[str, object]:
    names = {"kind": "Lamp", "plural": "lamps", "singular": "lamp"}
    version = {"name": "v1", "served": True, "storage": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "lamps.example.org", "uid": "u", "annotations": annotations},
        "spec": {
            "group": "example.org",
            "names": names,
            "scope": "Namespaced",
            "versions": [version],
        },
    }


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["kdm_id"], '"kdm_id" cannot name a column'),
        (["kdm_digest"], '"kdm_digest" cannot name a column'),
        (["ctid"], 'its column "ctid" has a name that databases use themselves'),
        (["group"], 'its column "group" is a word of SQL'),
        ([f"c{number}" for number in range(2000)], "columns, this database takes 1,990"),
    ],
    ids=["kdm_id", "kdm_digest", "ctid", "group", "2,000"],
)
def test_a_yaml_type_is_left_out_with_a_line(tmp_path: Path, columns: list[str], said: str) -> None:
    types = tmp_path / "config" / "types"
    types.mkdir(parents=True)
    spelt = ", ".join(f"{{name: {name}, jsonPath: .spec.x, show: table}}" for name in columns)
    (types / "lamps.yaml").write_text(HEAD % spelt)
    source, db = tmp_path / "crds.json", tmp_path / "inventory.db"
    source.write_text(json.dumps(_crd()))
    env = {
        "K8S_DATAMODEL_CONFIG_DIR": str(tmp_path / "config"),
        "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "",
    }
    done = run("--source", source, "--db-path", db, "database", "store", **env)
    assert done.code == 3, done.err
    assert done.err.count(said) == 1
    assert "fault of k8s-datamodel" not in done.err
    listed = ("crd", "list", "--snapshot", "1", "--db-path", db, "-o", "json")
    assert len(ok(*listed, "--allow-incomplete").json) == 1
    for command in ("list", "show", "export", "verify", "stats"):
        name = ("1",) if command in ("show", "export") else ()
        assert run("database", command, *name, "--db-path", db, **env).code == 0, command


def test_a_lone_surrogate_is_shown_and_stored_again(tmp_path: Path) -> None:
    source, db = tmp_path / "crds.json", tmp_path / "inventory.db"
    source.write_text(json.dumps(_crd(odd="a\ud800b")))
    for _ in range(2):
        ok("--source", source, "--db-path", db, "database", "store")
    for output in ("json", "yaml", "csv", "table"):
        ok("crd", "list", "--snapshot", "2", "--db-path", db, "-o", output)
        ok("crd", "get", "lamps.example.org", "--snapshot", "2", "--db-path", db, "-o", output)
    ok("database", "export", "2", "--db-path", db, "-o", "table")
    for output in ("json", "yaml", "rich"):
        ok("database", "export", "2", "--include-specs", "--db-path", db, "-o", output)
    ok("database", "verify", "--db-path", db)
