"""Decide how many requests an API server gets at once, and how many a second."""
