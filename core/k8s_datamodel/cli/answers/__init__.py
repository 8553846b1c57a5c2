"""A command's answer: rows from a cluster, a dump or a snapshot."""
