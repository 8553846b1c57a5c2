"""The view ``changes``: how the records of a snapshot differ from those of the one before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from k8s_datamodel.api import ResourceType
from k8s_datamodel_plugins.sql.access.dialects import Dialect, filled
from k8s_datamodel_plugins.sql.access.sql_names import Raw, compose, quote, tables
from k8s_datamodel_plugins.sql.layout.stored_types import StoredType

_READS = """SELECT l.read_id FROM kdm_ledger l JOIN kdm_reads d ON d.id = l.read_id
    WHERE l.snapshot_id = {snapshot} AND d.resource_type = {type}
      AND l.optional = 0 AND l.status IN ('complete', 'absent')"""

_PAIRS = """{pairs} AS (
  SELECT x.*, CASE WHEN NOT EXISTS ({reads} EXCEPT {old_reads})
      AND NOT EXISTS ({old_reads} EXCEPT {reads}) THEN 1 ELSE 0 END AS alike
  FROM (
    SELECT s.id, s.timestamp, s.cluster_context, s.cluster_uid, c.stamp,
      lag(s.id) OVER before AS old, lag(c.stamp) OVER before AS old_stamp,
      c.sum, lag(c.sum) OVER before AS old_sum
    FROM kdm_snapshots s
    JOIN kdm_counts c ON c.snapshot_id = s.id AND c.type_id = {id} AND c.count IS NOT NULL
    WINDOW before AS (
      PARTITION BY coalesce(nullif(s.cluster_uid, ''), s.cluster_context), s.namespace_filter,
        CASE s.source WHEN 'file' THEN 1 ELSE 0 END
      ORDER BY s.sorted_at, s.id
    )
  ) x
  WHERE x.old IS NOT NULL AND CASE WHEN x.sum = x.old_sum THEN 0 ELSE 1 END = 1
)"""
"""Each snapshot that read all of a type, with the one before it of which this is true.

Those whose records have equal sums are left out: there is nothing to compare.
"""

_MINE = """{mine} AS (
  SELECT p.id, r.row_id, coalesce(r.state_id, 0) AS state_id
  FROM {pairs} p JOIN {refs} r ON r.snapshot_id = p.{one}
  EXCEPT SELECT p.id, r.row_id, coalesce(r.state_id, 0)
  FROM {pairs} p JOIN {refs} r ON r.snapshot_id = p.{other}
)"""
"""What a snapshot of a pair has and the other has not."""

_CHANGES = """
SELECT p.old AS from_snapshot_id, p.id AS snapshot_id, {timestamp} AS timestamp,
  p.cluster_context, p.cluster_uid, {type} AS type, {namespace} AS namespace, {name} AS name,
  {key} AS key, CASE WHEN v.kdm_id IS NULL THEN 'added'
    WHEN {uid} <> {old_uid} THEN 'recreated' ELSE 'changed' END AS change
FROM {mine} n
JOIN {pairs} p ON p.id = n.id
JOIN {rows} w ON w.kdm_id = n.row_id
JOIN kdm_objects o ON o.id = w.kdm_object
LEFT JOIN {states} s ON s.kdm_id = n.state_id
LEFT JOIN (
  SELECT m.id AS pair, m.state_id AS old_state, u.* FROM {theirs} m
  JOIN {rows} u ON u.kdm_id = m.row_id
) v ON v.pair = n.id AND {same}
LEFT JOIN kdm_objects q ON q.id = v.kdm_object
LEFT JOIN {states} t ON t.kdm_id = v.old_state
WHERE CASE WHEN v.kdm_id IS NULL THEN p.alike = 1
  ELSE v.kdm_object <> w.kdm_object OR {differ}
    OR (v.kdm_id <> w.kdm_id AND p.stamp = p.old_stamp) END
UNION ALL
SELECT p.old, p.id, {timestamp}, p.cluster_context, p.cluster_uid, {type}, {namespace}, {name},
  {key}, 'removed'
FROM {theirs} n
JOIN {pairs} p ON p.id = n.id
JOIN {rows} w ON w.kdm_id = n.row_id
LEFT JOIN (
  SELECT m.id AS pair, u.* FROM {mine} m JOIN {rows} u ON u.kdm_id = m.row_id
) v ON v.pair = n.id AND {same}
WHERE p.alike = 1 AND v.kdm_id IS NULL
"""

_NOTHING = """
SELECT s.id AS from_snapshot_id, s.id AS snapshot_id, {timestamp} AS timestamp, s.cluster_context,
  s.cluster_uid, '' AS type, '' AS namespace, '' AS name, '' AS key, '' AS change
FROM kdm_snapshots s WHERE 1 = 0
"""

_REASON = "_reason"


def select_changes(known: Mapping[str, StoredType], dialect: Dialect) -> str:
    """What the view selects, of all types whose things have a name that does not change."""
    types = [each for each in known.values() if _identity(each)]
    if not types:
        return compose(_NOTHING, timestamp=Raw(dialect.typed("s.timestamp", "time")))
    relations = ",\n".join(part for each in types for part in _relations(each))
    selects = "UNION ALL".join(_changes(each, dialect) for each in types)
    return f"WITH {relations}{selects}"


def _identity(stored: StoredType) -> Sequence[str]:
    names = stored.type.identity
    fixed = {column.name for column in stored.derived}
    return names if fixed.issuperset(names) else ()


def _parts(stored: StoredType) -> dict[str, str]:
    each = tables(stored.type.name)
    number = stored.id
    return {
        "pairs": f"pairs_{number}",
        "mine": f"mine_{number}",
        "theirs": f"theirs_{number}",
        "refs": each.refs,
        "rows": each.rows,
        "states": each.states,
        "type": Raw(_text(stored.type.name)),
        "id": Raw(str(number)),
    }


def _relations(stored: StoredType) -> Iterable[str]:
    parts = _parts(stored)
    reads, old_reads = (
        Raw(compose(_READS, snapshot=Raw(f"x.{name}"), type=Raw(parts["type"])))
        for name in ("id", "old")
    )
    yield compose(_PAIRS, reads=reads, old_reads=old_reads, **parts)
    for name, one, other in (("mine", "id", "old"), ("theirs", "old", "id")):
        yield compose(_MINE, one=one, other=other, **{**parts, "mine": parts[name]})


def _changes(stored: StoredType, dialect: Dialect) -> str:
    names = _identity(stored)
    columns = {column.name for column in stored.derived}
    *first, last = (f"CAST(w.{quote(name)} AS TEXT)" for name in names)
    key = " || ".join(
        [*(f"coalesce({each} || '/', '')" for each in first), f"coalesce({last}, '')"]
    )
    shown = {
        name: Raw(f"w.{quote(name)}" if name in columns else "CAST(NULL AS TEXT)")
        for name in ("namespace", "name")
    }
    same = (
        f"(v.{quote(name)} = w.{quote(name)} OR "
        f"v.{quote(name)} IS NULL AND w.{quote(name)} IS NULL)"
        for name in names
    )
    uid = dialect.items["uid"]
    return compose(
        _CHANGES,
        timestamp=Raw(dialect.typed("p.timestamp", "time")),
        key=Raw(key),
        same=Raw(" AND ".join(same)),
        differ=Raw(f"({' OR '.join(_differ(stored.type)) or '1 = 0'})"),
        uid=Raw(filled(uid, body="o.body")),
        old_uid=Raw(filled(uid, body="q.body")),
        **shown,
        **_parts(stored),
    )


def _differ(resource_type: ResourceType) -> Iterable[str]:
    """How volatile columns differ; one that is null is not known, and differs from nothing."""
    names = {column.name for column in resource_type.columns}
    for column in resource_type.columns:
        explains = column.name.endswith(_REASON) and column.name[: -len(_REASON)] in names
        if column.volatile and not explains:
            yield f"s.{quote(column.name)} <> t.{quote(column.name)}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
