"""Which snapshots and moments a user means: by a name, a time or an age."""
