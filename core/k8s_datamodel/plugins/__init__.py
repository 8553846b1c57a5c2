"""Finding, loading, isolating and registering plugins."""
