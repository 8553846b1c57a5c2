"""What happened over the snapshots of a store: to one thing, and to all."""
