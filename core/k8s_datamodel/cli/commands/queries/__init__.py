"""Asking the database in its own language."""
