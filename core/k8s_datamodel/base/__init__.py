"""What knows nothing of Kubernetes: errors, time, files, threads."""
