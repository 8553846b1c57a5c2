-- How many snapshots there are of each cluster, and how old they are.
SELECT cluster_context, cluster_uid, count(*) AS snapshots, min(timestamp) AS first, max(timestamp) AS last
FROM inventory_snapshots
GROUP BY cluster_uid, cluster_context
ORDER BY cluster_context, cluster_uid
