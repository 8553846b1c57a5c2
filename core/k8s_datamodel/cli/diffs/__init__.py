"""What differs between two moments, as people and programs read it."""
