"""JSON Schemas of what `-o json` prints, and of type files.

They are made of the same columns that the output is made of, and of the fields that the reader of
type files checks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, get_args, get_type_hints

from k8s_datamodel.cli.frame.app import App
from k8s_datamodel.cli.histories.timelines import Happening
from k8s_datamodel.comparing.changes import Counts, Op, Place, SideName, What
from k8s_datamodel.data.columns import Column
from k8s_datamodel.data.findings import SEVERITIES
from k8s_datamodel.data.ledger import Status
from k8s_datamodel.data.timings import STAGES, Slowest
from k8s_datamodel.plugins import typefiles
from k8s_datamodel.reading.documents import LEDGER, snapshot_table
from k8s_datamodel.types.resource_types import ResourceType
from k8s_datamodel_plugins.checks.check_settings import ALPHA, LEVELS, PROFILES
from k8s_datamodel_plugins.checks.checked import Change as CrdChange
from k8s_datamodel_plugins.clusters import about
from k8s_datamodel_plugins.grading import RULES
from k8s_datamodel_plugins.rehearsal import OPERATIONS, Verdict

DRAFT = "https://json-schema.org/draft/2020-12/schema"
UTC = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"

Schema = dict[str, Any]

_TYPES = {"text": "string", "integer": "integer", "real": "number", "boolean": "boolean"}
_NUMBER = {"type": "integer", "minimum": 0}
_NUMBERS = {"type": "object", "additionalProperties": _NUMBER}
_TIME = {"type": ["string", "null"], "pattern": UTC}
_CLUSTER = {
    "type": "object",
    "description": "What the cluster is; null what could not be read.",
    "required": ["version", "platform", "nodes"],
    "properties": {
        "version": {"type": ["string", "null"]},
        "platform": {"type": "string"},
        "nodes": {"type": ["integer", "null"], "minimum": 0},
    },
}

_KEY = {
    "type": "object",
    "description": "The values that name the thing among those of its type; null is kept.",
    "minProperties": 1,
}
_PLACE = {"type": "string", "enum": list(get_args(Place))}
_GAPS = [*get_args(Status), "namespace", "uncovered", "no-type"]


def schemas(types: Iterable[ResourceType]) -> Mapping[str, str]:
    """Every schema as text, by its file name."""
    types = tuple(types)
    record = {each.name: _record(each, live=True) for each in types}
    found = {
        **{f"{name}.json": _array(name, schema) for name, schema in record.items()},
        "snapshot.json": _document(types),
        "snapshots.json": _array("`database list`", _head(types)),
        "stats.json": _stats(),
        "summary.json": _summary(types),
        "diff.json": _diff(types),
        "check.json": _check(types),
        "upgrade.json": _upgrade(types),
        "matrix.json": _matrix(),
        "history.json": _history(),
        "log.json": _log(),
        "cluster-info.json": _cluster(about.INFOS),
        "cluster-summary.json": _cluster(about.SUMMARIES),
    }
    return {
        name: json.dumps({"$schema": DRAFT, **schema}, indent=2) + "\n"
        for name, schema in found.items()
    }


def _array(what: str, items: Schema) -> Schema:
    return {"title": what, "type": "array", "items": items}


def _column(column: Column, *, live: bool = True) -> Schema:
    """One value; in documents of snapshots a list is text with commas between."""
    schema: Schema = {}
    if column.type == "list":
        schema = {"type": ["array", "null"], "items": {"type": "string"}}
        if not live:
            schema = {"type": ["string", "null"]}
    elif column.type != "json":
        schema = {"type": [_TYPES[column.type], "null"]}
    if column.description:
        schema["description"] = column.description
    return schema


def _object(columns: Iterable[Column], *, live: bool = True) -> Schema:
    properties = {each.key: _column(each, live=live) for each in columns}
    return {"type": "object", "required": list(properties), "properties": properties}


def _record(resource_type: ResourceType, *, live: bool) -> Schema:
    schema = _object(resource_type.columns, live=live)
    for name in () if resource_type.on_request else resource_type.identity:
        column = next(each for each in resource_type.columns if each.name == name)
        schema["properties"][column.key]["type"] = _TYPES[column.type]
    if live:  # what `--orphans` and its like add
        for derived in resource_type.derived:
            schema["properties"] |= {each.key: _column(each) for each in derived.columns}
    schema["properties"]["spec"] = {
        "type": "object",
        "description": "The complete object; there with --include-specs.",
    }
    return schema


def _head(types: Iterable[ResourceType]) -> Schema:
    schema = _object(snapshot_table((), tuple(types)).columns)
    schema["properties"] |= {
        "id": {"type": ["integer", "null"], "description": "Null when nothing was stored."},
        "timestamp": {**_TIME, "type": "string", "description": "When it was taken, UTC."},
        "cluster_info": _CLUSTER,
        "complete": {"type": "boolean", "description": "Whether nothing was left unread."},
    }
    for each in types:
        text = f"How many {each.plural}; null when skipped or not known."
        schema["properties"][each.count] |= {"description": text, "minimum": 0}
    return schema


def _timings() -> Schema:
    """Where the time went; not required, as only `database store --timings` keeps it."""
    seconds = {"type": "number", "minimum": 0}
    stage = {
        "type": "object",
        "properties": {
            "stage": {"type": "string", "enum": list(STAGES)},
            "resource_type": {"type": ["string", "null"], "description": "Null if for none alone."},
            "seconds": seconds,
            "waiting": {**seconds, "description": "How many of them there was nothing to compute."},
        },
    }
    stage["required"] = list(stage["properties"])
    properties: Schema = {
        "seconds": {**seconds, "description": "All stages."},
        "source_seconds": {**seconds, "description": "Waited for the server, or for files."},
        "database_seconds": {**seconds, "description": "Waited for the database."},
        "tool_seconds": {**seconds, "description": "The rest."},
        "slowest": {"type": "string", "enum": list(get_args(Slowest))},
        "processor_seconds": {**seconds, "description": "Of all threads of the program."},
        "requests": _NUMBER,
        "bytes": _NUMBER,
        "reused": {**_NUMBER, "description": "Objects that were not read again."},
        "stages": {"type": "array", "items": stage},
    }
    return {
        "type": "object",
        "description": "Where the time went; there after database store --timings.",
        "required": list(properties),
        "properties": properties,
    }


def _document(types: tuple[ResourceType, ...]) -> Schema:
    """`database show` and `export`, and `cluster export`."""
    sections = {each.name: {"type": "array", "items": _record(each, live=False)} for each in types}
    head = _head(types)
    head["properties"]["timings"] = _timings()
    entry = _object(LEDGER)
    entry["properties"]["status"] = {"type": "string", "enum": list(get_args(Status))}
    ledger = {"type": "array", "items": entry, "description": "There with --ledger."}
    return {
        "title": "`database show`, `database export`, `cluster export`",
        "type": "object",
        "required": ["snapshot"],
        "properties": {"snapshot": head, **sections, "ledger": ledger},
    }


def _stats() -> Schema:
    properties: Schema = {
        "database_path": {"type": "string"},
        "database_size": {**_NUMBER, "description": "Bytes."},
        "total_snapshots": _NUMBER,
        "date_range": {
            "type": "object",
            "required": ["first", "last"],
            "properties": {"first": _TIME, "last": _TIME},
        },
        "unique_clusters": _NUMBER,
        "clusters": {**_NUMBERS, "description": "Snapshots by context."},
        "records": {**_NUMBERS, "description": "Stored records by resource type."},
        "storage": {**_NUMBERS, "description": "Bytes by what they hold; add up to the file."},
    }
    title = "`database stats`"
    return {
        "title": title,
        "type": "object",
        "required": list(properties),
        "properties": properties,
    }


def _summary(types: tuple[ResourceType, ...]) -> Schema:
    """`database summary`."""
    number = {"type": ["integer", "null"], "minimum": 0}
    unread = _texts("resource_type", "read", "status", "reason")
    unread["properties"]["status"] = {"type": "string", "enum": list(get_args(Status))}
    amount = _texts("count", "before", "new", "gone")
    amount["properties"] = dict.fromkeys(amount["properties"], number)
    breakdown = _texts("resource_type", "key", "title", "numbers")
    breakdown["properties"]["numbers"] = {**_NUMBERS, "description": "The largest first."}
    concern = _texts("resource_type", "key", "title", "names", "unknown")
    concern["properties"]["names"] = {"type": "array", "items": {"type": "string"}}
    why = "Why some records may belong here of which it is not known; null if none may."
    concern["properties"]["unknown"] = {"type": ["string", "null"], "description": why}
    before = _texts("id", "timestamp")
    before["properties"] = {"id": _NUMBER, "timestamp": {**_TIME, "type": "string"}}
    before["type"] = ["object", "null"]
    before["description"] = "The newest of the same cluster and namespace before it; null for none."
    properties: Schema = {
        "snapshot": _head(types),
        "unread": {"type": "array", "items": unread},
        "before": before,
        "amounts": {
            "type": "object",
            "additionalProperties": amount,
            "description": "By resource type: records, and those that are new or gone since the "
            "one before; null when not known.",
        },
        "breakdowns": {"type": "array", "items": breakdown},
        "attention": {"type": "array", "items": concern},
    }
    return {
        "title": "`database summary`",
        "type": "object",
        "required": list(properties),
        "properties": properties,
    }


def _diff(types: tuple[ResourceType, ...]) -> Schema:
    """`diff`."""
    number = {"type": ["integer", "null"], "minimum": 0}
    side = {"type": "string", "enum": list(get_args(SideName))}
    counts = _texts(*Counts().document())
    counts["properties"] = dict.fromkeys(counts["properties"], number)
    gap = _texts("type", "side", "status", "reason", "namespace")
    gap["properties"] |= {
        "side": side,
        "status": {"type": "string", "enum": _GAPS},
        "namespace": {"type": ["string", "null"]},
    }
    unknown = _texts("type", "key", "in", "path", "side", "reason")
    unknown["properties"] |= {"key": _KEY, "in": _PLACE, "side": side}
    change = _texts("type", "key", "change", "fields")
    change["properties"] |= _change()
    head = _head(types)
    properties: Schema = {
        "from": head,
        "to": head,
        "complete": {
            "type": "boolean",
            "description": "Whether everything could be compared, and of nothing it is unknown.",
        },
        "incomparable": {"type": "array", "items": gap},
        "unknown": {"type": "array", "items": unknown},
        "summary": {
            "type": "object",
            "additionalProperties": counts,
            "description": "By resource type; null when not known.",
        },
        "changes": {"type": "array", "items": change},
    }
    return {
        "title": "`diff`",
        "type": "object",
        "required": list(properties),
        "properties": properties,
    }


def _change() -> Schema:
    """What is said of a thing that differs."""
    return {
        **_grade(),
        "key": _KEY,
        "change": {"type": "string", "enum": list(get_args(What))},
        "fields": {"type": "array", "items": _field()},
    }


def _grade() -> Schema:
    return {
        "level": {
            "enum": list(SEVERITIES),
            "description": "Missing where the type does not grade its changes.",
        },
        "findings": {"type": "array", "items": finding()},
    }


def _field() -> Schema:
    field = _texts("in", "path", "op")
    field["properties"] |= {
        "in": _PLACE,
        "op": {"type": "string", "enum": list(get_args(Op))},
        "from": {"description": "Missing where the field was added."},
        "to": {"description": "Missing where the field was removed."},
    }
    return field


def _point(*, null: str = "") -> Schema:
    """A snapshot by its number; null where a text says what that means."""
    point = _texts("id", "timestamp")
    point["properties"] |= {"id": _NUMBER, "timestamp": {**_TIME, "type": "string"}}
    return {**point, "type": ["object", "null"], "description": null} if null else point


def _history() -> Schema:
    """`history` of a type."""
    gap = _texts("from", "to", "change", "status", "reason")
    gap["properties"] |= {
        "from": {**_point(), "description": "The first snapshot in a row that lacks the thing."},
        "to": {**_point(), "description": "The last snapshot in that row."},
        "change": {"const": "gap"},
        "status": {"type": "string", "enum": _GAPS},
    }
    unknown = _texts("in", "path", "side", "reason")
    unknown["properties"] |= {"in": _PLACE, "side": {"enum": list(get_args(SideName))}}
    step = _texts("from", "to", "change", "fields")
    step["properties"] |= {
        **_grade(),
        "from": _point(null="The last snapshot that shows how it was; null if none does."),
        "to": {**_point(), "description": "The first snapshot that shows how it is."},
        "change": {"enum": [each for each in get_args(Happening) if each != "gap"]},
        "fields": {"type": "array", "items": _field()},
        "unknown": {"type": "array", "items": unknown},
        "absent": _point(null="Of the first step, the last snapshot before that has it not."),
    }
    return _array("`history`, the newest change first", {"oneOf": [step, gap]})


def _log() -> Schema:
    """A line of `log -o json`."""
    line = _texts("from", "to", "cluster", "type", "key", "change", "fields")
    cluster = _texts("context", "uid")
    cluster["properties"]["uid"] = {"type": ["string", "null"]}
    moments = {"from": _point(), "to": _point(), "cluster": cluster}
    line["properties"] |= {**moments, **_change()}
    return {"title": "A line of `log`", **line}


def _check(types: tuple[ResourceType, ...]) -> Schema:
    """`check compat`."""
    level = {"enum": list(SEVERITIES)}
    found = finding()
    objects = {"type": ["integer", "null"], "minimum": 0}
    found["properties"]["objects"] = {**objects, "description": "How many it hurts, if known."}
    found["required"].append("objects")
    crd = _texts("name", "change", "level", "schema_level", "findings")
    crd["properties"] |= {
        "change": {"enum": list(get_args(CrdChange))},
        "level": level,
        "schema_level": {**level, "description": "By the schemas alone, whatever objects say."},
        "findings": {
            "type": "array",
            "description": "By version, path and rule.",
            "items": found,
        },
    }
    side = _head(types)
    properties = {
        "from": side,
        "to": side,
        "level": {**level, "description": "The worst of all findings."},
        "complete": {"type": "boolean", "description": "Whether all was read and judged."},
        "crds": {
            "type": "array",
            "description": "All CRDs of either side, by name.",
            "items": crd,
        },
    }
    return {
        "title": "`check compat`",
        "type": "object",
        "required": list(properties),
        "properties": properties,
    }


def _upgrade(types: tuple[ResourceType, ...]) -> Schema:
    """`check upgrade` and `check objects`: as `check compat`, with the objects."""
    made = _check(types)
    properties = made["properties"]
    number = {"type": ["integer", "null"], "minimum": 0, "description": "Null if not known."}
    objects = _texts("known", "checked", "hurt", "defaulted", "affected")
    objects["properties"] = {
        "known": {"type": "boolean", "description": "Whether all objects of the CRD were read."},
        "checked": number,
        "hurt": {**number, "description": "Refused, pruned, gone, or unknown; null if not known."},
        "defaulted": {**number, "description": "Only get defaults; null if not known."},
        "affected": {
            "type": "array",
            "description": "By namespace and name; only defaulted ones with `--all`.",
            "items": _affected(),
        },
    }
    crd = properties["crds"]["items"]
    crd["required"].append("objects")
    crd["properties"]["objects"] = objects
    made["properties"] = {
        "from": properties["from"],
        "against": properties["from"],
        "to": properties["to"],
        "level": properties["level"],
        "complete": properties["complete"],
        "unknown": {**_NUMBER, "description": "Pairs of an object and an operation not known."},
        "crds": properties["crds"],
    }
    return {
        **made,
        "title": "`check upgrade` and `check objects`",
        "required": [*made["properties"]],
    }


def _affected() -> Schema:
    """An object to which something happens."""
    verdict = {"enum": list(get_args(Verdict))}
    reason = _texts("operation", "rule", "path", "message")
    reason["properties"]["operation"] = {"enum": list(OPERATIONS)}
    affected = _texts("namespace", "name", "version", "reads", "read_changes", "operations")
    affected["required"].append("reasons")
    affected["properties"] |= {
        "namespace": {"type": ["string", "null"], "description": "Null for one of the cluster."},
        "version": {"type": "string", "description": "That the snapshot shows."},
        "reads": {
            "type": "object",
            "description": "By version that either side serves.",
            "additionalProperties": verdict,
        },
        "read_changes": {"type": "array", "items": _field()},
        "operations": {
            "type": "object",
            "required": list(OPERATIONS),
            "properties": dict.fromkeys(OPERATIONS, verdict),
        },
        "reasons": {"type": "array", "items": reason},
    }
    return affected


def finding() -> Schema:
    """What a change means, see ``Finding``."""
    found = _texts("rule", "level", "version", "path", "from", "to", "message")
    text = {"type": ["string", "null"]}
    found["properties"] |= {
        "level": {"enum": list(SEVERITIES)},
        "version": {**text, "description": "Of the API; null for the whole thing."},
        "path": {**text, "description": "As in `fields`; null for what is no field."},
        "from": {"description": "The value before; null if there was none."},
        "to": {"description": "The value after; null if there is none."},
    }
    return found


def _matrix() -> Schema:
    """`crd matrix`, and that of any other type."""
    text, number = {"type": ["string", "null"]}, {"type": ["integer", "null"], "minimum": 0}
    cluster = _texts("key", "cluster_uid", "cluster_context", "id", "timestamp", "complete")
    cluster["properties"] |= {
        "key": {"type": "string", "description": "The UID; the context where that is not known."},
        "cluster_uid": text,
        "id": {**number, "description": "The snapshot; null for what was read now."},
        "timestamp": {**_TIME, "description": "When it was read, UTC; null where that failed."},
        "complete": {"type": "boolean", "description": "Whether nothing was left unread."},
        "unknown": {
            **text,
            "description": "Why there may be more than was found; null where there is no more.",
        },
    }
    cluster["required"] = list(cluster["properties"])
    known = _texts("version", "count")
    known["properties"] = {
        "version": {**text, "description": "Several with commas between; null if none is stated."},
        "count": {**number, "description": "Null when not known."},
    }
    unread = {**_texts("unknown"), "description": "Why it is not known."}
    row = _texts("key", "cells")
    row["properties"] = {
        "key": {"type": "object", "description": "What names the row.", "minProperties": 1},
        "cells": {
            "type": "object",
            "description": "By the key of the cluster; null where it has none.",
            "additionalProperties": {"anyOf": [{"type": "null"}, known, unread]},
        },
    }
    properties: Schema = {
        "clusters": {"type": "array", "items": cluster},
        "rows": {"type": "array", "items": row},
    }
    return {
        "title": "`crd matrix`, `operators matrix`, `olm matrix`",
        "type": "object",
        "required": list(properties),
        "properties": properties,
    }


def _texts(*names: str) -> Schema:
    """An object with these keys, texts unless said otherwise."""
    properties = {name: {"type": "string"} for name in names}
    return {"type": "object", "required": list(names), "properties": properties}


def _cluster(columns: Iterable[Column]) -> Schema:
    return {"title": "`cluster info`, `cluster summary`", **_object(columns)}


def registered() -> Mapping[str, str]:
    """The schemas of the resource types that are built in."""
    return schemas(App(["--no-external-plugins"]).registry.types)


def type_file() -> str:
    """The schema of a type file, for editors."""
    hints = get_type_hints(Column)
    choices: Schema = {"type": {"enum": list(typefiles.TYPES)}}
    choices |= {name: {"enum": list(get_args(hints[name]))} for name in ("show", "align")}
    column = _fields(typefiles.COLUMN, typefiles.COLUMN_NEEDED)
    column["properties"] |= choices
    column["properties"]["importance"] |= {"minimum": 0, "maximum": 100}
    spec = _fields(typefiles.SPEC, typefiles.NEEDED)
    spec["properties"] |= {
        "columns": {"type": "array", "minItems": 1, "items": column},
        "matrix": _fields(typefiles.MATRIX, ()),
    }
    head = {"apiVersion": {"const": typefiles.API_VERSION}, "kind": {"const": "ResourceType"}}
    schema = {
        "$schema": DRAFT,
        "title": "A resource type in `types/*.yaml`",
        "type": "object",
        "required": [*head, "spec"],
        "additionalProperties": False,
        "properties": {**head, "spec": spec},
    }
    return json.dumps(schema, indent=2) + "\n"


def configuration_file() -> str:
    """The schema of ``.k8s-datamodel.yaml``, for editors."""
    text = {"type": "string"}
    texts = {"type": "array", "items": text}
    noise = _closed(path=text, kinds=texts)
    keys = {"type": "array", "minItems": 1, "items": text}
    lists = {"type": "object", "additionalProperties": keys}
    diff = _closed(
        noise={"type": "array", "items": {"anyOf": [text, {**noise, "required": ["path"]}]}},
        keys={"type": "object", "additionalProperties": lists},
    )
    level = {"enum": [*LEVELS, "off", False], "description": "YAML reads off as false."}
    ignore = _closed(
        **dict.fromkeys(("crd", "path", "by"), text),
        rule={"enum": list(RULES)},
        reason={"type": "string", "pattern": r"\S"},
        until={"type": "string", "format": "date"},
    )
    named = {"anyOf": [{"required": [name]} for name in ("rule", "crd", "path")]}
    check = _closed(
        profile={"enum": list(PROFILES)},
        alpha={"enum": list(ALPHA)},
        severity=_closed(**dict.fromkeys(RULES, level)),
        ignore={"type": "array", "items": {**ignore, **named, "required": ["reason"]}},
    )
    report = _closed(title=text, snapshots={"type": "integer", "minimum": 1})
    schema = {
        "$schema": DRAFT,
        "title": "The configuration, `.k8s-datamodel.yaml`",
        **_closed(diff=diff, check=check, report=report),
    }
    return json.dumps(schema, indent=2) + "\n"


def _closed(**properties: Schema) -> Schema:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _fields(fields: Mapping[str, type], needed: Iterable[str]) -> Schema:
    texts = {"type": "array", "items": {"type": "string"}}
    kinds: dict[type, Schema] = {
        str: {"type": "string"},
        int: {"type": "integer"},
        bool: {"type": "boolean"},
        dict: {"type": "object"},
        list: texts,
    }
    return {
        "type": "object",
        "required": list(needed),
        "additionalProperties": False,
        "properties": {name: dict(kinds[kind]) for name, kind in fields.items()},
    }
