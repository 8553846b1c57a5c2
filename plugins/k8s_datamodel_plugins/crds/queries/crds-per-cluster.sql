-- How many CRDs each cluster has in its newest snapshot, and of how many API groups.
SELECT s.cluster_context, count(*) AS crds, count(DISTINCT c.group_name) AS api_groups
FROM latest_crds c JOIN inventory_snapshots s ON s.id = c.snapshot_id
GROUP BY s.id, s.cluster_context
ORDER BY s.cluster_context
