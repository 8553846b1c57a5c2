"""Two CRDs apart from their schemas: names, versions, conversion and subresources."""
