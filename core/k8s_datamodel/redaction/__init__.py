"""Replace literals that look like credentials before anything is stored."""
