"""Read manifests and dumps: bytes become files, files documents, documents objects in an index."""
