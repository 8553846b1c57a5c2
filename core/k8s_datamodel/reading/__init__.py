"""One run: lists, counts and facts of a source, on their way into a store."""
