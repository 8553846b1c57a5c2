"""Options and arguments, their meaning and their completion."""
