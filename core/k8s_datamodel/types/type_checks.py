"""Checks of resource types and their columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from k8s_datamodel.data.columns import Column
from k8s_datamodel.types.field_checks import misfits, no_target, repeated, unlike
from k8s_datamodel.types.foreign_texts import shown
from k8s_datamodel.types.jsonpaths import parse
from k8s_datamodel.types.resource_types import ItemColumn, ItemRelation, ResourceType
from k8s_datamodel.types.selectors import selector_fault

_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")  # PostgreSQL cuts names at 63 bytes
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_PATH = re.compile(r"(\.[A-Za-z][A-Za-z0-9]*)+")
_ITEM_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_COUNT = re.compile(r"[a-z][a-z0-9_]{0,39}_count")

_MOST_IMPORTANT = 100
_DOCUMENT_KEYS = frozenset({"ledger", "snapshot", "snapshots"})
_OPTIONS_OF_LIST = frozenset(
    {"columns", "no-headers", "selector", "snapshot", "sort-by", "store-db", "wide"}
)
_OPTIONS_OF_MATRIX = frozenset({"fold", "no-fold", "no-pager", "skew"})


def type_faults(spec: ResourceType, reserved: Iterable[str] = ()) -> Iterator[str]:
    """Everything that is wrong with a type whose fields are of the right types."""
    yield from unlike("name", spec.name, _PLAIN_NAME)
    if spec.name in _DOCUMENT_KEYS:
        yield f"name {spec.name!r} is taken by documents"
    yield from unlike("command", spec.command)
    yield from unlike("skip", spec.skip)
    yield from unlike("count", spec.count, _COUNT)
    if spec.on_request:
        yield from unlike("on_request", spec.on_request)
    for what in ("singular", "plural", "tells"):
        if not (text := getattr(spec, what)).strip() or not text.isprintable():
            yield f"{what} must be a printable text, not {text!r}"
    for what, target in spec.targets():
        yield from no_target(what, target)
    for what in ("summary", "comparison", "grading", "queries"):
        if target := getattr(spec, what):
            yield from no_target(what, target)
    yield from _reads(spec)
    yield from _collecting(spec)
    yield from _columns(spec, reserved)
    yield from _derived(spec)
    yield from _deferred(spec)
    yield from _identity(spec)
    yield from _matrix(spec)
    yield from _relations(spec)
    types = {column.name: column.type for column in spec.columns}
    for name in spec.found_by:
        if types.get(name) not in ("text", "list"):
            yield f"found_by {name!r} is no column of type text or list"


def column_faults(column: Column) -> list[str]:
    """What is wrong with one column, whatever the others are."""
    return list(misfits(column, "column")) or list(_column(column))


def _collecting(spec: ResourceType) -> Iterator[str]:
    if spec.collector:
        return
    if len(spec.reads) != 1 or spec.reads[0].fact:
        yield "needs a collector, as it has not one read without a fact"
    for column in spec.columns:
        if not (column.path or column.value):
            yield f"column {column.name} needs a path or a value, as there is no collector"


def _reads(spec: ResourceType) -> Iterator[str]:
    for read in spec.reads:
        if not (read.resource.version and read.resource.plural and read.resource.kind):
            yield f"read of {shown(read.resource.name)} needs version, plural and kind"
        if wrong := selector_fault(read.label_selector, read.field_selector):
            yield f"read of {read.resource.name}: {wrong}"
    yield from repeated("read", (read.resource.path for read in spec.reads))


def _derived(spec: ResourceType) -> Iterator[str]:
    for each in spec.derived:
        where = f"derived {each.flag}"
        yield from no_target(f"target of {where}", each.target)
        yield from unlike(f"flag of {where}", each.flag)
        types = {column.name: column.type for column in each.columns}
        if types.get(each.keeps) != "boolean":
            yield f"{where}: keeps must name a boolean column of it"
        own = {column.name: column.type for column in spec.columns}
        if {**own, **types}.get(each.why) != "text":
            yield f"{where}: why must name a text column of it, or of the type"


def _deferred(spec: ResourceType) -> Iterator[str]:
    columns = {column.name: column for column in spec.columns}
    for each in spec.deferred:
        where = f"deferred {', '.join(map(str, each.columns))}"
        yield from no_target(f"target of {where}", each.target)
        if not all(name in columns and columns[name].volatile for name in each.columns):
            yield f"{where}: must name volatile columns of the type"
        elif each.why not in each.columns or columns[each.why].type != "text":
            yield f"{where}: why must name a text column of these"


def _columns(spec: ResourceType, reserved: Iterable[str]) -> Iterator[str]:
    if not any(column.show == "table" for column in spec.columns):
        yield "no column has show='table', so its tables would be empty"
    columns = (*spec.columns, *(column for each in spec.derived for column in each.columns))
    for column in columns:
        yield from _column(column)
    for what in ("name", "key"):
        yield from repeated(f"column {what}", (getattr(column, what) for column in columns))
    options = [o for column in spec.columns for o in (column.filter, column.at_least) if o]
    options += [each.flag for each in spec.derived]
    yield from repeated("option", options)
    taken = {*reserved, *_OPTIONS_OF_LIST}.intersection(options)
    yield from (f"option {each!r} is one of list already" for each in sorted(taken))
    of_matrix = sorted(_OPTIONS_OF_MATRIX.intersection(options))
    yield from (f"option {each!r} is one of matrix already" for each in of_matrix)


def _column(column: Column) -> Iterator[str]:
    yield from unlike("column name", column.name, _PLAIN_NAME)
    yield from unlike(f"key of column {column.name}", column.key, _KEY)
    if "spec" in (column.name, column.key):
        yield f"column {column.name}: spec is the complete object, in rows and in documents"
    if column.filter:
        yield from unlike(f"filter of column {column.name}", column.filter)
    if not 0 <= column.importance <= _MOST_IMPORTANT:
        yield f"importance of column {column.name} must be from 0 to {_MOST_IMPORTANT}"
    try:
        parse(column.path or ".metadata")
    except ValueError as error:
        yield f"path {column.path!r}: {error}"
    yield from _order(column)


def _order(column: Column) -> Iterator[str]:
    """What is wrong with the ways in which a column orders its values."""
    if column.at_least:
        yield from unlike(f"at_least of column {column.name}", column.at_least)
    if (column.at_least or column.levels) and column.type not in ("integer", "real"):
        yield f"at_least and levels of column {column.name} are for numbers, not {column.type}"
    for level in column.levels:
        yield from unlike(f"level of column {column.name}", level.name)
    least = [each.least for each in column.levels]
    if least != sorted(set(least), reverse=True):
        yield f"levels of column {column.name} must fall, the highest first"


def _relations(spec: ResourceType) -> Iterator[str]:
    columns = {column.name: column.type for column in spec.columns}
    yield from repeated("relation", [spec.name, *(each.name for each in spec.relations)])
    for relation in spec.relations:
        where = f"relation {relation.name}"
        yield from unlike("name of a relation", relation.name, _PLAIN_NAME)
        if not _PATH.fullmatch(relation.items) and columns.get(relation.items) != "list":
            yield f"{where}: items must be a path such as .spec.versions, or a list column"
        yield from repeated(
            f"{where}: column", ["snapshot_id", *(c.name for c in relation.columns)]
        )
        for column in relation.columns:
            yield from (f"{where}: {fault}" for fault in _item_column(relation, column, columns))


def _item_column(
    relation: ItemRelation, column: ItemColumn, columns: Mapping[str, str]
) -> Iterator[str]:
    yield from unlike("column name", column.name, _PLAIN_NAME)
    if column.column and (column.key or column.within or column.default is not None):
        yield f"column {column.name} repeats a column, so it has neither key, within nor default"
    elif column.column and column.column not in columns:
        yield f"column {column.name}: {column.column!r} is no column of the type"
    elif not column.column and bool(column.key) != bool(relation.keys):
        yield f"column {column.name} needs a key if the items are objects, and only then"
    if column.key and not _ITEM_KEY.fullmatch(column.key):
        yield f"column {column.name}: {column.key!r} is no plain key"
    if column.within and columns.get(column.within) != "list":
        yield f"column {column.name}: {column.within!r} is no list column of the type"
    if (column.within or column.default is not None) and column.type != "boolean":
        yield f"column {column.name}: with within or default its type is boolean"


def _identity(spec: ResourceType) -> Iterator[str]:
    columns = {column.name: column for column in spec.columns}
    if not spec.identity:
        yield "identity names no column"
    yield from repeated("identity", spec.identity)
    for name in spec.identity:
        if name not in columns:
            yield f"identity {name!r} is no column"
        elif columns[name].volatile or columns[name].type in ("list", "json"):
            yield f"identity {name!r} must be a plain column that is not volatile"


def _matrix(spec: ResourceType) -> Iterator[str]:
    matrix = spec.matrix
    types = {column.name: column.type for column in spec.columns}
    yield from repeated("matrix key", matrix.key)
    for name in matrix.key:
        if types.get(name) in (None, "list", "json"):
            yield f"matrix key {name!r} is no plain column"
    if matrix.product:
        yield from no_target("matrix product", matrix.product)
        if matrix.key:
            yield "matrix has a key or a product, not both"
    columns = (("version", matrix.version, "text"), ("count", matrix.count, "integer"))
    for what, name, kind in columns:
        if name and types.get(name) != kind:
            yield f"matrix {what} {name!r} is no column of type {kind}"
