"""Rows for a command to show: from a cluster, a dump or a snapshot."""
