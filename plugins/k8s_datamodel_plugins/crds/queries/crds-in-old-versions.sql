-- CRDs that may have objects in a version other than the one in which new objects are stored.
SELECT s.cluster_context, v.crd, v.version
FROM crd_versions v JOIN latest_crds c ON c.snapshot_id = v.snapshot_id AND c.name = v.crd
JOIN inventory_snapshots s ON s.id = v.snapshot_id
WHERE v.stored AND NOT v.storage
ORDER BY s.cluster_context, v.crd, v.version
