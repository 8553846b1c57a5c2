"""Descriptions of the data: resource types, JSONPaths, selectors."""
