-- Versions of CRDs that are served and deprecated, in the newest snapshot of each cluster.
SELECT s.cluster_context, v.crd, v.version
FROM crd_versions v JOIN inventory_snapshots s ON s.id = v.snapshot_id
WHERE v.snapshot_id IN (SELECT snapshot_id FROM latest_crds) AND v.deprecated AND v.served
ORDER BY s.cluster_context, v.crd, v.version
