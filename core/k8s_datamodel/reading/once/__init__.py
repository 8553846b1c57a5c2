"""What follows from one object alone is made once, and found again; see docs/architecture.md."""
