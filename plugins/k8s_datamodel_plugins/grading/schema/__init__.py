"""Two schemas of the same objects, node by node: what differs, and which rule that is."""
