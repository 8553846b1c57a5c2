"""Read a live API server: a kubeconfig becomes a client, its answers become chunks and counts."""
