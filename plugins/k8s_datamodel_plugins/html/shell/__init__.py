"""The frame of every document: its head and style, its policy, and how values are printed."""
