"""A lake: the snapshots of many databases as Parquet files that grow by day, for any engine."""
