"""What an API server says of the lists and quantities of its own kinds, from its OpenAPI.

    python tests/truth/kubernetes_lists.py  # write the built-in plugins' table anew

It starts the test server (``tests/cluster``), so the table is of the release that this is built of.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from cluster.build import build
from cluster.client import Client
from cluster.server import Cluster

TABLE = Path(__file__).parents[2] / "plugins/k8s_datamodel_plugins/kubernetes_lists.json"

_QUANTITY = "apimachinery.pkg.api.resource.Quantity"
_LIST = ("x-kubernetes-list-type", "x-kubernetes-list-map-keys")
Schema = dict[str, Any]


def table(admin: Client) -> dict[str, Any]:
    """What a server says: of each kind that it stores the definition, and these definitions.

    A definition is an OpenAPI schema with the types and keys of lists, ``format: quantity``, the
    defaults of fields that are keys of lists, ``$ref``, and nothing else.
    """
    schemas = dict(_schemas(admin))
    kinds = dict(_kinds(schemas))
    keys = {key for schema in schemas.values() for key in _list_keys(schema)}
    definitions = _telling({name: _kept(schema, keys) for name, schema in schemas.items()})
    reached = _reached(definitions, [name for name in kinds.values() if name in definitions])
    return {
        "version": admin.get("/version")["gitVersion"],
        "kinds": {kind: name for kind, name in sorted(kinds.items()) if name in reached},
        "definitions": {name: definitions[name] for name in sorted(reached)},
    }


def text(made: Mapping[str, Any]) -> str:
    """A line for each kind and definition, so that differences can be read."""
    parts = [f' "version": {json.dumps(made["version"])}']
    for part in ("kinds", "definitions"):
        lines = [_line(name, value) for name, value in made[part].items()]
        parts.append(f' "{part}": {{\n' + ",\n".join(lines) + "\n }")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _line(name: str, value: Any) -> str:
    return f"  {json.dumps(name)}: {json.dumps(value, sort_keys=True)}"


def _schemas(admin: Client) -> Iterator[tuple[str, Schema]]:
    """All schemas of Kubernetes' own by their names; those of CRDs have other ones."""
    for path in admin.get("/openapi/v3")["paths"].values():
        document = admin.get(path["serverRelativeURL"])
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            if name.startswith("io.k8s."):
                yield name.removeprefix("io.k8s."), schema


def _kinds(schemas: Mapping[str, Schema]) -> Iterator[tuple[str, str]]:
    """``Kind.group`` and definition of the kinds that have lists; the newest version comes last."""
    named = {
        (each["kind"], each["group"], each["version"]): name
        for name, schema in schemas.items()
        for each in schema.get("x-kubernetes-group-version-kind", ())
    }
    stable = sorted(named, key=lambda each: ("alpha" not in each[2], "beta" not in each[2], each))
    for kind, group, version in stable:
        if (f"{kind}List", group, version) in named:
            name = named[kind, group, version]
            yield (f"{kind}.{group}" if group else kind), name


def _list_keys(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get(_LIST[1]) or ()
        for part in schema.values():
            yield from _list_keys(part)


def _kept(schema: Schema, keys: set[str], name: str = "") -> Schema:
    """What comparing needs of a schema, which is the field ``name`` of another one."""
    if referred := _referred(schema):
        return {"format": "quantity"} if referred == _QUANTITY else {"$ref": referred}
    found: Schema = {key: schema[key] for key in _LIST if key in schema}
    if name in keys and schema.get("default"):
        found["default"] = schema["default"]
    parts = {key: _kept(part, keys, key) for key, part in schema.get("properties", {}).items()}
    found["properties"] = {key: part for key, part in parts.items() if part}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            found[key] = _kept(schema[key], keys)
    return {key: value for key, value in found.items() if value}


def _referred(schema: Schema) -> str:
    for each in (schema, *schema.get("allOf", ())):
        if "$ref" in each:
            return str(each["$ref"]).rpartition("/")[2].removeprefix("io.k8s.")
    return ""


def _telling(definitions: dict[str, Schema]) -> dict[str, Schema]:
    """Those that say something, without references to the others."""
    while empty := {name for name, schema in definitions.items() if not schema}:
        definitions = {
            name: _without(schema, empty) for name, schema in definitions.items() if schema
        }
    return definitions


def _without(schema: Schema, empty: set[str]) -> Schema:
    if schema.get("$ref") in empty:
        return {}
    cut = {
        key: _without(value, empty) if isinstance(value, dict) else value
        for key, value in schema.items()
    }
    return {key: value for key, value in cut.items() if value != {}}


def _reached(definitions: Mapping[str, Schema], names: list[str]) -> set[str]:
    found: set[str] = set()
    while names:
        name = names.pop()
        if name not in found:
            found.add(name)
            names += _references(definitions[name])
    return found


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for part in schema.values():
            yield from _references(part)


if __name__ == "__main__":
    with Cluster.start(build(), "lists") as cluster, Client(cluster.kubeconfig) as admin:
        TABLE.write_text(text(table(admin)))
