-- How many CRDs each cluster has in its newest snapshot, and of how many API groups; null where not all were read.
SELECT s.cluster_context, s.crd_count AS crds,
  CASE WHEN s.crd_count IS NOT NULL THEN count(DISTINCT c.group_name) END AS api_groups
FROM latest_crds c JOIN inventory_snapshots s ON s.id = c.snapshot_id
GROUP BY s.id, s.cluster_context, s.crd_count
ORDER BY s.cluster_context
