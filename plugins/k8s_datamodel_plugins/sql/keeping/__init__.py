"""Keep a database sound and small: leases, garbage, backup, restore, verify."""
