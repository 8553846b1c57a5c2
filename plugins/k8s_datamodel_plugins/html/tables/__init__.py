"""Tables that are complete as they are; a script makes them searchable, sorted and filtered."""
