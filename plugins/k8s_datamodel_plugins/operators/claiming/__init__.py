"""Find each workload's reasons to manage CRDs, and how close it is to their products."""
