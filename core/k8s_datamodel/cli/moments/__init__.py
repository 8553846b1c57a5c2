"""Open the moments that a user names: read now, stored now, or stored before."""
