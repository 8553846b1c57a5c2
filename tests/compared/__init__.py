"""Measures other programs on the questions that this one answers, for docs/compared.md."""
