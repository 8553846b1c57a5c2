"""What a plugin implements, and what it returns from its hooks."""
