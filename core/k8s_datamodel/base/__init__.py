"""Foundations without Kubernetes: errors, time, numbers in words, files, threads."""
