-- Operators with fewer pods ready than there should be, in the newest snapshot of each cluster.
SELECT s.cluster_context, o.namespace, o.name, o.ready_replicas, o.replicas
FROM latest_operators o JOIN inventory_snapshots s ON s.id = o.snapshot_id
WHERE o.ready_replicas < o.replicas
ORDER BY s.cluster_context, o.namespace, o.name
