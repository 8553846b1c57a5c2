"""Compares two moments of clusters: which things differ, and in which fields.

Nothing here reads a file, a database or a cluster. ``comparisons.Comparison`` is the way in.
"""
