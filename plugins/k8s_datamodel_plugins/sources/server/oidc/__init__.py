"""Renew and keep the tokens of OpenID Connect users, as client-go does."""
