-- CRDs of which a cluster has no instance in its newest snapshot. Unknown counts are left out.
SELECT s.cluster_context, c.name
FROM latest_crds c JOIN inventory_snapshots s ON s.id = c.snapshot_id
WHERE c.instance_count = 0
ORDER BY s.cluster_context, c.name
