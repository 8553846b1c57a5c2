"""Locate a database, connect to it, and spell statements in its dialect."""
