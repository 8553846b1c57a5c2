-- What a snapshot could not read, and why: --param snapshot=3.
SELECT resource_type, read, status, reason
FROM inventory_ledger
WHERE snapshot_id = :snapshot AND status NOT IN ('complete', 'absent', 'skipped')
ORDER BY resource_type, read
