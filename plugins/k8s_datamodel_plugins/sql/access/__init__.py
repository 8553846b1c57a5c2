"""Locate a database, connect to it, spell statements in its dialect, run users' queries."""
