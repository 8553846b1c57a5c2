"""Foundations without Kubernetes: errors, time, files, threads."""
