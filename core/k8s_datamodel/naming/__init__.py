"""What a user means by a name, a time, an age or a size; and which snapshots stay."""
