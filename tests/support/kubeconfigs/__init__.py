"""Kubeconfigs, and runs of kubectl with them."""
