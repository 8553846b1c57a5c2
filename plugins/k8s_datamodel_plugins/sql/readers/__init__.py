"""Read from a database: snapshots, statistics, reusable objects."""
