"""How one snapshot is written: encoded, in batches, made visible by one transaction."""
