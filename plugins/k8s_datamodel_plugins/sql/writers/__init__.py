"""Write one snapshot: encoded, in batches, made visible by one transaction."""
