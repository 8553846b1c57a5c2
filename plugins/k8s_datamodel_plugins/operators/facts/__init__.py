"""Reduce objects to the small facts that the rules judge by."""
