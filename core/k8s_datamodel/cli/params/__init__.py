"""Options and arguments, what they mean, and how they complete themselves."""
