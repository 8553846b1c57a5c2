"""Records of one type from several clusters, side by side."""
