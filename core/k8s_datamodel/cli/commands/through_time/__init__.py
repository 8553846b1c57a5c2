"""The commands on what happened over the snapshots of a database."""
