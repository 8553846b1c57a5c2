"""The data that flows from a source to stdout: objects, records, the ledger, snapshots, pages."""
