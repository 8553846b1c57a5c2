"""What is measured of snapshots, as blocks of rows; ``docs/metrics.md`` explains each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timezone
from functools import partial
from typing import Any

from k8s_datamodel.api import SEVERITIES, Column, ColumnType, Rows
from k8s_datamodel.commands import NewestMoment
from k8s_datamodel_plugins.definitions import in_namespaces

_Found = tuple[str, NewestMoment]
"""A cluster as its label names it, and its newest moment."""

_Measured = Callable[[_Found], Iterator[dict[str, Any]]]


def _label(name: str) -> Column:
    return Column(name, show="table")


def _number(name: str, description: str, kind: ColumnType = "integer") -> Column:
    return Column(name, kind, show="table", description=description)


def blocks(found: Sequence[NewestMoment]) -> list[Rows]:
    """All blocks. Their rows are read here, each type's once."""
    named = _named(found)
    crds, operators, changes = (
        [row for each in named for row in rows(each)] for rows in (_crds, _operators, _changes)
    )
    unknown = [
        *_unknown(named, "crd", "instances", crds),
        *_unknown(named, "operator", "up", operators),
    ]
    cluster, of_type = _label("cluster"), _label("type")
    operator = [cluster, _label("namespace"), _label("operator"), of_type]
    block = partial(_block, named)
    return [
        block("cluster", [cluster, *map(_label, ("uid", "version", "platform"))], _cluster),
        block(
            "snapshot",
            [
                cluster,
                _number("timestamp_seconds", "When the newest snapshot was taken", "real"),
                _number("complete", "Whether all that matters was read", "boolean"),
                _number("unread_lists", "Lists that could not be read to their end"),
            ],
            _snapshot,
        ),
        block(
            "records", [cluster, of_type, _number("value", "Records of a type there are")], _records
        ),
        Rows(
            [
                *(cluster, _label("crd"), _label("group"), _label("version")),
                _number("instances", "Objects of a CRD there are"),
            ],
            crds,
            "CRDs",
            "crd",
        ),
        Rows(
            [
                *operator,
                _number("up", "Whether an operator has pods, and all of them are ready", "boolean"),
                _number("replicas", "Pods that an operator is to have"),
                _number("ready_replicas", "Pods of an operator that are ready"),
            ],
            operators,
            "Operators",
            "operator",
        ),
        Rows(
            [*operator, _label("framework"), _label("version")],
            operators,
            "Versions of operators",
            "operator_version",
        ),
        Rows(
            [cluster, of_type, _label("level"), _number("value", "Changes since the one before")],
            [row for row in changes if row["level"]],
            "Changes",
            "changes",
        ),
        Rows(
            [cluster, of_type, _number("value", "What could not be compared with the one before")],
            [row for row in changes if not row["level"]],
            "Incomparable",
            "incomparable",
        ),
        Rows(
            [cluster, _label("metric"), _number("value", "Numbers that are not known")],
            unknown,
            "Unknown numbers",
            "unknown",
        ),
    ]


def _block(named: Sequence[_Found], key: str, columns: Sequence[Column], rows: _Measured) -> Rows:
    measured = [row for each in named for row in rows(each)]
    return Rows(columns, measured, key.capitalize(), key)


def _named(found: Sequence[NewestMoment]) -> list[_Found]:
    """Each with its context, and with the UID behind it where several have that context."""
    contexts = [each.moment.cluster().context for each in found]
    return [
        (context if contexts.count(context) == 1 else f"{context}/{each.key}", each)
        for context, each in zip(contexts, found, strict=True)
    ]


def _cluster(found: _Found) -> Iterator[dict[str, Any]]:
    name, newest = found
    cluster = newest.moment.cluster()
    yield {
        "cluster": name,
        "uid": cluster.uid,
        "version": cluster.version,
        "platform": cluster.platform,
    }


def _snapshot(found: _Found) -> Iterator[dict[str, Any]]:
    name, newest = found
    taken = datetime.strptime(newest.moment.timestamp, "%Y-%m-%d %H:%M:%S")
    yield {
        "cluster": name,
        "timestamp_seconds": taken.replace(tzinfo=timezone.utc).timestamp(),
        "complete": newest.moment.complete,
        "unread_lists": sum(entry.incomplete for entry in newest.moment.ledger),
    }


def _records(found: _Found) -> Iterator[dict[str, Any]]:
    name, newest = found
    for each in newest.moment.types:
        if newest.moment.asked_for(each):
            in_part = newest.moment.namespace and "namespace" in each.identity
            count = None if in_part else newest.moment.counts.get(each.name)
            yield {"cluster": name, "type": each.name, "value": count}


def _crds(found: _Found) -> Iterator[dict[str, Any]]:
    name, newest = found
    for row in newest.moment.rows("crds"):
        in_part = newest.moment.namespace and in_namespaces(row["scope"])
        yield {
            "cluster": name,
            "crd": row["name"],
            "group": row["group_name"],
            "version": row["storage_version"],
            "instances": None if in_part else row["instance_count"],
        }


def _operators(found: _Found) -> Iterator[dict[str, Any]]:
    name, newest = found
    for row in newest.moment.rows("operators"):
        wanted, ready = row["replicas"], row["ready_replicas"]
        yield {
            "cluster": name,
            "namespace": row["namespace"],
            "operator": row["name"],
            "type": row["operator_type"],
            "framework": row["operator_framework"],
            "version": row["version"],
            "up": None if wanted is None or ready is None else 0 < wanted <= ready,
            "replicas": wanted,
            "ready_replicas": ready,
        }


def _changes(found: _Found) -> Iterator[dict[str, Any]]:
    """A row for each level, which is empty for what could not be compared."""
    name, newest = found
    for each in newest.changes():
        row = {"cluster": name, "type": each.type_name}
        levels = SEVERITIES if each.graded else ("ungraded",)
        if each.whole:
            yield from ({**row, "level": key, "value": each.levels[key]} for key in levels)
        yield {**row, "level": "", "value": each.incomparable}


def _unknown(
    named: Sequence[_Found], block: str, column: str, rows: Sequence[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """How many numbers of a column are null, by cluster; also that none is."""
    for name, _ in named:
        unknown = sum(row["cluster"] == name and row[column] is None for row in rows)
        yield {"cluster": name, "metric": f"k8s_datamodel_{block}_{column}", "value": unknown}
