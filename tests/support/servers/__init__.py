"""Servers that tests start, and certificates for them."""
