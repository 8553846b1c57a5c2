"""Find what service accounts may do with custom resources."""
