"""The protocols that plugins implement, and the descriptions that hooks return."""
