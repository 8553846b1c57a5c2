"""What describes the data: resource types, JSONPaths, selectors."""
