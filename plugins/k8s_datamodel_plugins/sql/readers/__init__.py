"""Read from a database: snapshots, one thing in all, statistics, answers, reusable objects."""
