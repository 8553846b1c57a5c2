"""``crd get NAME --properties``: the properties of a CRD's schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from k8s_datamodel.api import Column, Row, Rows, UsageError
from k8s_datamodel_plugins.crds.schemas import schema_of, versions, walk
from k8s_datamodel_plugins.object_parts import mapping, sequence, text

COLUMNS = (
    Column("path", title="Property", show="table", description="[] for items, {} for values"),
    Column("type", show="table", description="Type, lists and maps as in Go"),
    Column("required", "boolean", show="table", description="Required where its parent is given"),
    Column("nested", "integer", show="table", description="Properties directly beneath"),
    Column("default_value", key="default", show="wide", description="Default as JSON"),
    Column("enum", "list", show="wide", description="The only values there may be, as JSON"),
    Column("description", show="table", description="The schema's words"),
)


def listing(
    row: Row,
    max_depth: int | None = None,
    required_only: bool = False,
    api_version: str | None = None,
) -> Rows:
    """The properties of one CRD, by default of its storage version; see ``rows_of``.

    Raises UsageError if the CRD has no such version.
    """
    crd = mapping(row.get("spec"))
    version = api_version or text(row.get("version"))
    if api_version is not None and api_version not in (names := versions(crd)):
        raise UsageError(f"{row.get('name')} has no version {api_version}: {', '.join(names)}")
    rows = rows_of(crd, version, max_depth, required_only)
    return Rows(COLUMNS, rows, f"Properties of {row.get('name')} {version or ''}".rstrip())


def rows_of(
    crd: Mapping[str, Any], version: str | None, max_depth: int | None, required_only: bool
) -> Iterator[dict[str, Any]]:
    """Rows of ``COLUMNS`` for one version of a CRD, parents before children.

    They end at ``max_depth``, 1 for ``spec``, None for all. ``required_only`` leaves those that are
    required where their parent is given.
    """
    for each in walk(schema_of(crd, version), max_depth):
        if required_only and not each.required:
            continue
        schema = each.schema
        yield {
            "path": each.path,
            "type": each.type,
            "required": each.required,
            "nested": each.nested,
            "default_value": _json(schema["default"]) if "default" in schema else None,
            "enum": [_json(value) for value in sequence(schema.get("enum"))],
            "description": text(schema.get("description")),
        }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
