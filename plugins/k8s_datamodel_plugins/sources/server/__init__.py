"""Reads a live API server: a kubeconfig becomes a client, its answers become pages and counts."""
