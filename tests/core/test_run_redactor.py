"""Credentials go out of objects before anybody sees them: nothing made of them has any."""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from k8s_datamodel.api import Column, Read, Record, Resource, ResourceType
from k8s_datamodel.reading.run_redactor import RunRedactor
from support.command import Done
from support.forked import run
from support.spellings import spellings

FOLDER = Path(__file__).parents[1] / "data" / "run_redactor"
SECRET = "Krab-7!qual/Zwelle"
DIGITS = "4815162342"
FORMS = [each.encode() for each in spellings(SECRET) | spellings(DIGITS)]

YAML = {
    "widgets": (
        "acme.example",
        "Widget",
        {
            "under_another_name": (".spec.token", "text"),
            "whole": (".spec", "json"),
            "each": (".spec.tokens[*]", "list"),
            "one_of_them": (".spec.tokens[0]", "text"),
            "by_name": (".spec.env[?(@.name=='DB_PASSWORD')].value", "text"),
            "inside": (".spec.settings", "text"),
            "as_number": (".spec.password", "integer"),
            "as_real": (".spec.password", "real"),
        },
    ),
    "secrets": (
        "",
        "Secret",
        {
            "first": (".data.password", "text"),
            "all_of_it": (".data", "json"),
            "texts": (".data.*", "list"),
        },
    ),
}
"""Types of YAML files: group, kind, and for each column its path and its type."""

COLUMNS = [(kind, column) for kind, (_, _, columns) in YAML.items() for column in columns]
PLUGINS = ("packed", "unpacked", "told", "plain")
METADATA = {"name": "one", "namespace": "shop", "uid": "u1"}
WIDGET = {
    "apiVersion": "acme.example/v1",
    "kind": "Widget",
    "metadata": METADATA,
    "spec": {
        "token": SECRET,
        "tokens": [SECRET],
        "password": DIGITS,
        "size": 3,
        "env": [{"name": "DB_PASSWORD", "value": SECRET}, {"name": "LEVEL", "value": "info"}],
        "settings": json.dumps({"password": SECRET, "level": "info"}),
    },
}
PACKED = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": METADATA,
    "data": {
        "password": base64.b64encode(SECRET.encode()).decode(),
        "namespace": base64.b64encode(b"shop").decode(),
    },
}


def type_file(plural: str) -> dict[str, Any]:
    group, kind, columns = YAML[plural]
    return {
        "apiVersion": "k8s-datamodel/v1",
        "kind": "ResourceType",
        "spec": {
            "group": group,
            "version": "v1",
            "kind": kind,
            "plural": plural,
            "columns": [
                {"name": name, "jsonPath": path, "type": type_}
                for name, (path, type_) in columns.items()
            ],
        },
    }


class World:
    """A dump with credentials, and types that look for them."""

    def __init__(self, folder: Path, *objects: dict[str, Any]) -> None:
        self.db = folder / "inventory.db"
        config = folder / "config"
        (config / "types").mkdir(parents=True)
        shutil.copytree(FOLDER, config / "plugins", ignore=shutil.ignore_patterns("__*"))
        for plural in YAML:
            (config / "types" / f"{plural}.yaml").write_text(json.dumps(type_file(plural)))
        dump = folder / "dump"
        dump.mkdir()
        for number, each in enumerate(objects):
            (dump / f"{number}.json").write_text(json.dumps(each))
        self.env = {
            "K8S_DATAMODEL_CONFIG_DIR": str(config),
            "K8S_DATAMODEL_NO_EXTERNAL_PLUGINS": "",
            "K8S_DATAMODEL_DB": str(self.db),
            "K8S_DATAMODEL_SOURCE": str(dump),
            "K8S_DATAMODEL_CACHE_DIR": str(folder / "cache"),
        }

    def run(self, *arguments: object) -> Done:
        return run(*arguments, **self.env)

    def kept(self) -> list[bytes]:
        """Whatever the database holds that is a spelling of a credential."""
        with closing(sqlite3.connect(self.db)) as connection:
            data = "\n".join(connection.iterdump()).encode() + self.db.read_bytes()
        return [form for form in FORMS if form in data]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("door"), WIDGET, PACKED)
    done = world.run("database", "store")
    assert done.code == 0, done.err
    return world


def stored(world: World, kind: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = world.run("database", "show", "1", "-o", "json").json[kind]
    return rows[0]


def shown(world: World, kind: str, *more: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = world.run(kind.rstrip("s"), "list", "-o", "json", *more).json
    return rows[0]


def holds(value: Any) -> bool:
    text = json.dumps(value).encode()
    return any(form in text for form in FORMS)


def test_no_spelling_of_a_credential_is_stored(world: World) -> None:
    assert world.kept() == []


@pytest.mark.parametrize(("kind", "column"), COLUMNS)
def test_a_column_shows_what_is_there_and_stores_none_of_it(
    world: World, kind: str, column: str
) -> None:
    assert holds(shown(world, kind)[column])
    kept = stored(world, kind)[column]
    assert not holds(kept)
    assert "[redacted:" in json.dumps(kept) or kept is None


def test_a_number_of_which_only_a_token_is_left_is_null(world: World) -> None:
    row = stored(world, "widgets")
    assert (row["as_number"], row["as_real"]) == (None, None)
    assert row["whole"]["size"] == 3


@pytest.mark.parametrize("name", PLUGINS)
def test_what_a_plugin_found_out_is_not_stored(world: World, name: str) -> None:
    live: list[dict[str, Any]] = world.run(name, "list", "-o", "json").json
    assert all(row["note"] == SECRET for row in live)
    kept = world.run("database", "show", "1", "-o", "json").json[name]
    assert [row["name"] for row in kept] == [row["name"] for row in live]
    assert all(row["namespace"] == "shop" for row in kept)
    assert all(row["note"].startswith("[redacted:") for row in kept)
    assert not holds(kept)


@pytest.mark.parametrize("name", [*YAML, *PLUGINS])
def test_a_listing_that_stores_shows_what_it_stores(tmp_path: Path, name: str) -> None:
    world = World(tmp_path, WIDGET, PACKED)
    command = name.rstrip("s")
    done = world.run(command, "list", "--store-db", "--include-specs", "-o", "json")
    assert done.code == 0, done.err
    assert not holds(done.json)
    again = world.run(command, "list", "--snapshot", "1", "--include-specs", "-o", "json")
    assert done.json == again.json
    assert world.kept() == []


def test_the_same_is_stored_of_what_did_not_change(world: World) -> None:
    assert world.run("database", "store").code == 0
    first, second = (
        world.run("database", "show", number, "-o", "json").json for number in ("1", "2")
    )
    for kind in (*YAML, *PLUGINS):
        ours = [{k: v for k, v in row.items() if "id" not in k} for row in first[kind]]
        assert ours == [{k: v for k, v in row.items() if "id" not in k} for row in second[kind]]


def test_without_redaction_all_is_as_it_is(tmp_path: Path) -> None:
    world = World(tmp_path, WIDGET, PACKED)
    assert world.run("database", "store", "--no-redact").code == 0
    assert stored(world, "packed")["note"] == SECRET
    assert stored(world, "widgets")["as_number"] == int(DIGITS)


@pytest.mark.parametrize("kind", ["widgets", "secrets"])
def test_an_object_that_cannot_be_looked_through_is_left_out_and_told(
    tmp_path: Path, kind: str
) -> None:
    deep: dict[str, Any] = {"password": SECRET}
    for _ in range(600):
        deep = {"x": deep}
    text = json.dumps(deep)  # a dump that nests this deep is refused as a file
    sample = {"widgets": WIDGET, "secrets": PACKED}[kind]
    extra = {**sample, "metadata": {**METADATA, "name": "deep", "uid": "u2"}, "more": text}
    world = World(tmp_path, WIDGET, PACKED, extra)
    done = world.run("database", "store")
    assert done.code == 3
    assert "deep nests too deep to be redacted: left out" in done.err
    assert "Traceback" not in done.err
    document = world.run("database", "show", "1", "--ledger", "-o", "json").json
    assert [row["name"] for row in document[kind]] == ["one"]
    counts = document["snapshot"]
    of_widgets, of_secrets = counts["widget_count"], counts["secret_count"]
    assert (of_widgets, of_secrets) == ((None, 1) if kind == "widgets" else (1, None))
    (entry,) = [
        row
        for row in document["ledger"]
        if row["resource_type"] == kind and row["status"] != "complete"
    ]
    assert (entry["status"], entry["objects"]) == ("failed", 1)
    assert world.kept() == []


def test_plugins_tell_what_they_read_as_it_is(world: World) -> None:
    rows = {row["name"]: row["raw"] for row in world.run("plugins", "list", "-o", "json").json}
    assert {name: rows[name] for name in PLUGINS} == {
        "packed": ["secrets"],
        "unpacked": ["secrets"],
        "told": ["secrets"],
        "plain": [],
    }
    lines = world.run("plugins", "list").out.splitlines()
    (told,) = [line.split() for line in lines if line.startswith("told ")]
    assert told[5] == "secrets"
    unloaded = world.run("plugins", "list", "--no-load", "-o", "json").json
    assert {row["raw"] for row in unloaded} == {None}


def test_the_role_tells_what_is_read_as_it_is(world: World) -> None:
    role = world.run("cluster", "rbac", "--all-groups", "-o", "json").json
    told = role["metadata"]["annotations"]["kubernetes.io/description"]
    assert "secrets (for packed, told, unpacked)" in told
    yaml = world.run("cluster", "rbac", "--all-groups").out
    assert "credentials included: secrets (for packed" in yaml


def test_managers_of_fields_are_kept_beside_the_record_and_hold_no_credential() -> None:
    entries = [
        {"apiVersion": "v1", "manager": "kubectl", "operation": "Apply", "fieldsV1": {"f:a": {}}},
        {"apiVersion": "v1", "manager": "kubectl", "operation": "Apply", "time": "later"},
        {"apiVersion": "v2", "manager": "op", "operation": "Update", "subresource": "status"},
        {"manager": "ghp_16C7e42F292c6912E7710c838347Ae178B4a"},
        "odd",
    ]
    item = {"kind": "A", "metadata": {"name": "a", "managedFields": entries}}
    for redactor in (RunRedactor(b"k" * 32), RunRedactor(None)):
        (clean,) = redactor.chunk([item]).clean
        assert "managedFields" not in clean["metadata"]
        resource_type = ResourceType(name="things", columns=(), collector="nowhere:collect")
        for spec in (clean, item):
            made = Record({}, spec, lambda: {"more": 1})
            beside = redactor.beside(made, resource_type)
            assert beside["more"] == 1
            managers = beside["field_managers"]
            assert ("v1", "kubectl", "Apply", "") in managers
            assert ("v2", "op", "Update", "status") in managers
            assert len(managers) == 3
            assert ("ghp_" in str(managers)) is (redactor.redaction is None)


def test_what_is_made_of_a_redacted_object_is_not_looked_through_again() -> None:
    redactor = RunRedactor(b"0" * 32)
    [clean] = redactor.chunk([WIDGET]).clean
    kind = ResourceType(
        name="widgets",
        identity=("name",),
        columns=(Column("name"),),
        reads=(Read(Resource("acme.example", "v1", "widgets", "Widget")),),
    )
    made = Record({"name": "one", "password": SECRET}, clean)
    assert redactor.record(made, kind) is made
    assert redactor.record(Record(made.values, WIDGET), kind).values["password"] != SECRET
