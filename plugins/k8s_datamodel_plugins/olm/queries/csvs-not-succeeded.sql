-- ClusterServiceVersions in another phase than Succeeded, in the newest snapshot of each cluster.
SELECT s.cluster_context, c.namespace, c.name, c.phase, c.reason
FROM latest_csvs c JOIN inventory_snapshots s ON s.id = c.snapshot_id
WHERE c.phase <> 'Succeeded'
ORDER BY s.cluster_context, c.namespace, c.name
