"""Planted secrets and harmless values, made from a grammar: each kind in several places.

No literal here is a credential: secrets are drawn at run time from a random generator that is
seeded with the kind and the place, so that every run has the same ones. Add a kind or a place as
one line in its table.
"""
