"""Ask an API server for lists, counts and what it is."""
