-- Which clusters run an operator, and at which version: --param name='cert-manager%'.
SELECT s.cluster_context, o.namespace, o.name, o.version
FROM latest_operators o JOIN inventory_snapshots s ON s.id = o.snapshot_id
WHERE o.name LIKE :name
ORDER BY s.cluster_context, o.namespace, o.name
