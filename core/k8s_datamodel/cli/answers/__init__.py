"""What a command answers with: rows from a cluster, a dump or a snapshot."""
