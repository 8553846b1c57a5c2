"""Reads manifests and dumps: bytes become files, files documents, documents objects, an index."""
