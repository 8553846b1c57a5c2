"""Questions in SQL that SQLite, DuckDB and Spark take as they are, but for one word on lists."""

NEWEST_OF_A_DAY = """
WITH taken AS (
  SELECT id, cluster_context, substr(CAST(timestamp AS VARCHAR(19)), 1, 10) AS day,
    row_number() OVER (
      PARTITION BY cluster_context, substr(CAST(timestamp AS VARCHAR(19)), 1, 10)
      ORDER BY timestamp DESC
    ) AS place
  FROM inventory_snapshots
)
"""

NEWEST = """
WITH taken AS (
  SELECT id, cluster_context,
    row_number() OVER (PARTITION BY cluster_context ORDER BY timestamp DESC) AS place
  FROM inventory_snapshots
)
"""

QUESTIONS = {
    "instances of each CRD, by cluster and day": f"""
{NEWEST_OF_A_DAY}
SELECT t.cluster_context, t.day, c.name, c.instance_count
FROM crds c JOIN taken t ON t.id = c.snapshot_id
WHERE t.place = 1
ORDER BY 1, 2, 3
""",
    "since when each CRD is an orphan": """
WITH seen AS (
  SELECT s.cluster_context, s.timestamp, c.name,
    CASE WHEN c.managed_by IS NULL THEN NULL WHEN {empty} THEN 0 ELSE 1 END AS managed,
    row_number() OVER (PARTITION BY s.cluster_context, c.name ORDER BY s.timestamp DESC) AS place
  FROM crds c JOIN inventory_snapshots s ON s.id = c.snapshot_id
), managed AS (
  SELECT cluster_context, name, max(timestamp) AS last FROM seen WHERE managed = 1
  GROUP BY cluster_context, name
)
SELECT n.cluster_context, n.name, CAST(min(e.timestamp) AS VARCHAR(19)) AS since
FROM seen n
JOIN seen e ON e.cluster_context = n.cluster_context AND e.name = n.name
LEFT JOIN managed m ON m.cluster_context = n.cluster_context AND m.name = n.name
WHERE n.place = 1 AND n.managed = 0 AND e.managed = 0 AND (m.last IS NULL OR e.timestamp > m.last)
GROUP BY n.cluster_context, n.name
ORDER BY 1, 2
""",
    "how many clusters run an operator, by version": f"""
{NEWEST}
SELECT o.name, o.version, count(DISTINCT t.cluster_context) AS clusters
FROM operators o JOIN taken t ON t.id = o.snapshot_id
WHERE t.place = 1
GROUP BY o.name, o.version
ORDER BY 1, 2
""",
    "what is unknown is no zero": """
SELECT s.cluster_context, CAST(s.timestamp AS VARCHAR(19)), s.crd_count, s.operator_count,
  count(c.name), count(c.instance_count), count(c.managed_by),
  CASE WHEN count(c.name) = count(c.instance_count) THEN sum(c.instance_count) END
FROM inventory_snapshots s LEFT JOIN crds c ON c.snapshot_id = s.id
GROUP BY s.id, s.cluster_context, s.timestamp, s.crd_count, s.operator_count
ORDER BY 1, 2
""",
    "what could not be read, and where": """
SELECT s.cluster_context, CAST(s.timestamp AS VARCHAR(19)),
  CASE WHEN s.complete THEN 'complete' ELSE 'incomplete' END,
  l.resource_type, l.read, l.status, l.objects
FROM inventory_ledger l JOIN inventory_snapshots s ON s.id = l.snapshot_id
ORDER BY 1, 2, 4, 5, 6, 7
""",
}

EMPTY = {
    "sqlite": "c.managed_by = ''",
    "duckdb": "len(c.managed_by) = 0",
    "spark": "size(c.managed_by) = 0",
}
"""How each says that a list is empty."""
