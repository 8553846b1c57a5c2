"""Find, load, isolate and register plugins."""
