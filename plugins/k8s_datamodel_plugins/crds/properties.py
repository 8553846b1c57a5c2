"""``crd get NAME --properties``: the properties of a CRD's schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from k8s_datamodel.api import Column, Row, Rows, UsageError
from k8s_datamodel_plugins.crds.schemas import Property, schema_of, versions, walk
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
    *,
    max_depth: int | None = None,
    required_only: bool = False,
    api_version: str | None = None,
) -> Rows:
    """The properties of one CRD, parents before children.

    Args:
        row: of the type ``crds``, with ``spec``.
        max_depth: the last level, 1 for ``spec``; None for all.
        required_only: only what is required where its parent is given.
        api_version: of the CRD; None for the storage version.

    Raises:
        UsageError: the CRD has no such version.
    """
    crd = mapping(row.get("spec"))
    version = chosen_version(row, api_version)
    rows = rows_of(crd, version, max_depth=max_depth, required_only=required_only)
    return Rows(COLUMNS, rows, f"Properties of {row.get('name')} {version or ''}".rstrip())


def chosen_version(row: Row, api_version: str | None) -> str | None:
    """The version whose schema is meant. Raises UsageError."""
    known = versions(mapping(row.get("spec")))
    if api_version is None:
        return text(row.get("version"))
    if api_version not in known:
        raise UsageError(f"{row.get('name')} has no version {api_version}: {', '.join(known)}")
    return api_version


def rows_of(
    crd: Mapping[str, Any],
    version: str | None,
    *,
    max_depth: int | None = None,
    required_only: bool = False,
) -> Iterator[dict[str, Any]]:
    """Rows of ``COLUMNS`` for one version of a CRD."""
    for each in walk(schema_of(crd, version), max_depth):
        if each.required or not required_only:
            yield _row(each)


def _row(each: Property) -> dict[str, Any]:
    schema = each.schema
    return {
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
