"""What is read from a database: snapshots, statistics, objects known from before."""
