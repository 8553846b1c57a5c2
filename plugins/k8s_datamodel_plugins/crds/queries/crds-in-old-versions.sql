-- CRDs that may have objects in a version other than the one in which new objects are stored.
SELECT s.cluster_context, v.crd, v.version
FROM crd_versions v JOIN inventory_snapshots s ON s.id = v.snapshot_id
WHERE v.snapshot_id IN (SELECT snapshot_id FROM latest_crds) AND v.stored AND NOT v.storage
ORDER BY s.cluster_context, v.crd, v.version
