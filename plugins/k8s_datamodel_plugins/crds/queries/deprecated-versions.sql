-- Versions of CRDs that are served and deprecated, in the newest snapshot of each cluster.
SELECT s.cluster_context, v.crd, v.version
FROM crd_versions v JOIN latest_crds c ON c.snapshot_id = v.snapshot_id AND c.name = v.crd
JOIN inventory_snapshots s ON s.id = v.snapshot_id
WHERE v.deprecated AND v.served
ORDER BY s.cluster_context, v.crd, v.version
