-- CRDs that more than one operator manages in the newest snapshot of a cluster.
SELECT s.cluster_context, m.crd, count(*) AS operators
FROM operator_crds m JOIN inventory_snapshots s ON s.id = m.snapshot_id
WHERE m.snapshot_id IN (SELECT snapshot_id FROM latest_operators)
GROUP BY s.id, s.cluster_context, m.crd
HAVING count(*) > 1
ORDER BY s.cluster_context, m.crd
