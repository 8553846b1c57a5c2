"""Users of OpenID Connect: their tokens are renewed as client-go does it, and kept."""
