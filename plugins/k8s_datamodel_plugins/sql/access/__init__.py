"""Where a database is, how it is connected to, and how a statement is spelt."""
